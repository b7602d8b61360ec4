import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import { isTerminal, type Run } from '@shared/domain/run'
import type { HostEvent } from '@shared/rpc/contract'
import { openDataFolder } from '../files/data-folder'
import { sampleRun } from '../store/sample-run'
import { openStore, type Store } from '../store/store'
import { findNodeCommand } from './node-command'
import { createRunRecorder } from './run-recorder'
import { createSupervisor, type Supervisor } from './supervisor'

const limits = { answerMs: 1200, stopMs: 400, terminateMs: 300 }
let home: string
let store: Store
let supervisor: Supervisor
let events: HostEvent[]
let waiters: (() => void)[]

function open(parallelRuns = 1): void {
  const folder = openDataFolder(home)
  store = openStore(folder.database, home)
  events = []
  waiters = []
  const recorder = createRunRecorder(store, (event) => {
    events.push(event)
    for (const waiter of waiters) waiter()
  })
  const workerPath = resolve('src-main/jobs/fixture-worker.mjs')
  supervisor = createSupervisor({ store, folder, recorder, command: findNodeCommand(null), workerPath, cores: 2, parallelRuns, limits })
}
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'latent-jobs-'))
  open()
  store.datasets.insert({ id: 'd1', name: 'faithful', sha256: 'ab12', createdAt: 'now' } as Dataset)
})
afterEach(async () => {
  await supervisor.close()
  store.close()
  rmSync(home, { recursive: true })
})

const get = (id: string): Run => store.runs.get(id) as Run
function begin(id: string, behaviour: string): void {
  const run = sampleRun(id)
  store.runs.insert({ ...run, spec: { ...run.spec, name: behaviour } })
  supervisor.enqueue(id)
}
/** Resolves when the condition holds for what is stored; looks after every event. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((done) => {
    const look = (): void => {
      if (!condition()) return
      waiters = waiters.filter((waiter) => waiter !== look)
      done()
    }
    waiters.push(look)
    look()
  })
}
const untilEnded = (id: string): Promise<void> => until(() => isTerminal(get(id).status))
const working = (id: string) => until(() => get(id).status === 'running' && Object.keys(store.metrics.read(id)).length > 0)

test('a run that finishes leaves its figures, points, warnings, artifacts and checkpoint behind', async () => {
  begin('r1', 'finish')
  await untilEnded('r1')
  expect(get('r1')).toMatchObject({
    status: 'completed',
    converged: true,
    iterations: 3,
    device: 'cpu',
    runtime: 'onnx',
    metrics: { 'train/logLikelihood': -1.5 },
    warnings: [{ code: 'em/best-hit-once' }],
    progress: { fraction: 1, phase: 'iterations', etaMs: null },
    resumable: true,
    error: null,
  })
  expect(get('r1').environment['node']).toMatch(/^v2\d/)
  expect(get('r1').durationMs).toBeGreaterThan(0)
  expect(store.metrics.read('r1')).toEqual({ 'train/logLikelihood': { step: [0, 1, 2], value: [-10, -9, -8] } })
  expect(store.runs.artifacts('r1')).toHaveLength(1)
})

test('what is told is stored already, batch by batch', async () => {
  const seen: boolean[] = []
  waiters.push(() => {
    const event = events.at(-1)
    if (event?.name === 'run.metrics') seen.push(store.metrics.sequence(event.payload.id) >= event.payload.sequence)
  })
  begin('r1', 'finish')
  await untilEnded('r1')
  expect(seen).toEqual([true, true, true])
})

test('none of 100,000 points sent as fast as possible before the end is lost', async () => {
  begin('r1', 'flood')
  await untilEnded('r1')
  const series = store.metrics.read('r1')['train/logLikelihood']
  expect(series?.step).toEqual(Array.from({ length: 100_000 }, (_, step) => step))
  expect(get('r1').status).toBe('completed')
})

test('an error that the worker reports is the error of the run', async () => {
  begin('r1', 'fail')
  await untilEnded('r1')
  expect(get('r1')).toMatchObject({ status: 'failed', error: { code: 'em/component-collapsed', details: { component: 2 } } })
})

test('a crash fails the run with signal and the end of stderr, and the next run starts', async () => {
  begin('r1', 'crash')
  begin('r2', 'finish')
  await untilEnded('r1')
  const { status, error } = get('r1')
  expect(status).toBe('failed')
  expect(error).toMatchObject({ code: 'run/crashed', details: { signal: 'SIGABRT' } })
  const stderr = error?.details['stderr'] as string
  expect(stderr).toContain('fatal: out of luck')
  expect(Buffer.byteLength(stderr)).toBeLessThanOrEqual(4096)
  expect(store.metrics.read('r1')['train/logLikelihood']?.step).toEqual([0, 1])
  await untilEnded('r2')
  expect(get('r2').status).toBe('completed')
})

test('a worker that leaves without a word has crashed', async () => {
  begin('r1', 'leave')
  await untilEnded('r1')
  expect(get('r1')).toMatchObject({ status: 'failed', error: { code: 'run/crashed', details: { code: 0, signal: null } } })
})

test('a worker killed from outside fails its run and names the signal', async () => {
  begin('r1', 'work')
  await until(() => get('r1').resumable)
  process.kill(Number(get('r1').environment['pid']), 'SIGKILL')
  await untilEnded('r1')
  expect(get('r1')).toMatchObject({ status: 'failed', error: { code: 'run/crashed', details: { signal: 'SIGKILL' } }, resumable: true })
})

test('a worker that hangs is ended after its time without an answer', async () => {
  begin('r1', 'hang')
  await untilEnded('r1')
  expect(get('r1')).toMatchObject({ status: 'failed', error: { code: 'run/stopped-answering' } })
})

test('cancel lets the worker save and report, and leaves the run cancelled', async () => {
  begin('r1', 'work')
  await working('r1')
  supervisor.cancel(get('r1'))
  await untilEnded('r1')
  expect(get('r1')).toMatchObject({ status: 'cancelled', warnings: [], error: null, iterations: 3 })
})

test('a worker that ignores both the message and SIGTERM is killed, and the run says so', async () => {
  begin('r1', 'stubborn')
  await until(() => get('r1').device === 'cpu')
  const asked = performance.now()
  supervisor.cancel(get('r1'))
  await untilEnded('r1')
  expect(performance.now() - asked).toBeGreaterThan(limits.stopMs + limits.terminateMs - 50)
  expect(get('r1')).toMatchObject({ status: 'cancelled', warnings: [{ code: 'run/ended-hard' }] })
})

test('kill ends a run at once', async () => {
  begin('r1', 'stubborn')
  await until(() => get('r1').device === 'cpu')
  supervisor.kill(get('r1'))
  await untilEnded('r1')
  expect(get('r1')).toMatchObject({ status: 'cancelled', warnings: [{ code: 'run/killed' }] })
  expect(() => supervisor.kill(get('r1'))).toThrow(expect.objectContaining({ code: 'run/ended' }))
})

test('a paused run reports nothing until it goes on', async () => {
  begin('r1', 'work')
  await working('r1')
  supervisor.pause(get('r1'))
  await until(() => get('r1').status === 'paused')
  const paused = store.metrics.sequence('r1')
  await new Promise((done) => setTimeout(done, 100))
  expect(store.metrics.sequence('r1')).toBeLessThanOrEqual(paused + 1)
  expect(() => supervisor.pause(get('r1'))).toThrow(expect.objectContaining({ code: 'run/not-going-on' }))
  supervisor.unpause(get('r1'))
  await until(() => get('r1').status === 'running' && store.metrics.sequence('r1') > paused + 3)
})

test('runs wait their turn, and a waiting one can be cancelled', async () => {
  begin('r1', 'work')
  begin('r2', 'finish')
  begin('r3', 'finish')
  await working('r1')
  expect([get('r2').status, get('r3').status]).toEqual(['queued', 'queued'])
  supervisor.cancel(get('r2'))
  expect(get('r2').status).toBe('cancelled')
  supervisor.cancel(get('r1'))
  await untilEnded('r3')
  expect(get('r3').status).toBe('completed')
})

test('closing the host interrupts what goes on; the next host starts what was waiting and resumes from the checkpoint', async () => {
  begin('r1', 'work')
  begin('r2', 'finish')
  await working('r1')
  await until(() => store.metrics.sequence('r1') > 5)
  await supervisor.close()
  expect(get('r1')).toMatchObject({ status: 'interrupted', error: { code: 'run/interrupted' }, resumable: true })
  expect(get('r2').status).toBe('queued')
  store.close()
  open()
  supervisor.recover({ startQueued: true })
  await untilEnded('r2')
  store.runs.update('r1', { status: 'queued', error: null })
  supervisor.enqueue('r1')
  await until(() => events.some((event) => event.name === 'run.metrics' && event.payload.id === 'r1'))
  expect(events.find((event) => event.name === 'run.rewound')?.payload).toMatchObject({ id: 'r1', afterStep: 1 })
  expect(store.metrics.read('r1')['train/logLikelihood']?.step.slice(0, 3)).toEqual([0, 1, 2])
})

test('a run found running without an owner is interrupted', () => {
  store.runs.insert(sampleRun('r1', { status: 'running' }))
  store.runs.insert(sampleRun('r2', { status: 'paused' }))
  supervisor.recover({ startQueued: true })
  expect([get('r1'), get('r2')]).toMatchObject([{ status: 'interrupted', error: { code: 'run/interrupted' } }, { status: 'interrupted' }])
})

test('a host for one command leaves queued runs to the next one that stays', async () => {
  store.runs.insert(sampleRun('r1'))
  supervisor.recover({ startQueued: false })
  await new Promise((done) => setTimeout(done, 50))
  expect(get('r1').status).toBe('queued')
  expect(supervisor.isIdle()).toBe(true)
})

test('a run whose dataset is gone fails with its name', async () => {
  store.datasets.remove('d1')
  begin('r1', 'finish')
  await untilEnded('r1')
  expect(get('r1')).toMatchObject({ status: 'failed', error: { code: 'dataset/not-found', details: { name: 'faithful' } } })
})

test('a disk that is full fails the run with its folder named, and the host goes on', async () => {
  const folder = openDataFolder(home)
  let isFull = false
  const full: Store = {
    ...store,
    metrics: {
      ...store.metrics,
      append: (id, points) => {
        if (isFull) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
        return store.metrics.append(id, points)
      },
    },
  }
  const recorder = createRunRecorder(full, () => waiters.forEach((waiter) => waiter()))
  const workerPath = resolve('src-main/jobs/fixture-worker.mjs')
  const own = createSupervisor({ store: full, folder, recorder, command: findNodeCommand(null), workerPath, cores: 2, limits })
  const run = sampleRun('r1')
  store.runs.insert({ ...run, spec: { ...run.spec, name: 'work' } })
  own.enqueue('r1')
  await working('r1')
  isFull = true
  await untilEnded('r1')
  expect(get('r1')).toMatchObject({ status: 'failed', error: { code: 'system/disk-full', details: { home } } })
  await own.close()
})

test('a Node that cannot be started fails the run with the path', async () => {
  const folder = openDataFolder(home)
  const recorder = createRunRecorder(store, () => waiters.forEach((waiter) => waiter()))
  const command = { path: join(home, 'no-node'), environment: {} }
  const broken = createSupervisor({ store, folder, recorder, command, workerPath: 'none', cores: 2, limits })
  store.runs.insert(sampleRun('r1'))
  broken.enqueue('r1')
  await untilEnded('r1')
  expect(get('r1')).toMatchObject({ status: 'failed', error: { code: 'run/worker-missing' } })
})

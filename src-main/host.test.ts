import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isTerminal } from '@shared/domain/run'
import { type Client, createClient, type Transport } from '@shared/rpc/client'
import { AppError } from '@shared/rpc/errors'
import { readHostLock } from './files/host-lock'
import { createHost, type Host } from './host'
import { connectHttp } from './rpc/http-client'

let home: string
let host: Host
let client: Client
const over = (transport: Host): Transport => ({ request: transport.dispatch, subscribe: transport.subscribe })
function open(): void {
  host = createHost({
    home,
    resourcesFolder: resolve('resources'),
    workerPath: resolve('src-main/jobs/fixture-worker.mjs'),
    hostKind: 'server',
    version: '0.0.0',
    parallelRuns: 1,
    limits: { answerMs: 5000, stopMs: 400, terminateMs: 300 },
    checkOutputs: true,
  })
  client = createClient(over(host))
}
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'latent-host-'))
  open()
})
afterEach(async () => {
  await host.close()
  rmSync(home, { recursive: true })
})

const spec = (name: string) => ({ name, dataset: 'faithful', model: { kind: 'gaussian-mixture', components: 2 } })
async function ended(id: string): Promise<void> {
  while (!isTerminal((await client.call('runs.get', { id })).status)) await new Promise((done) => setTimeout(done, 10))
}

test('from a name and a model to a finished run: dataset added, defaults filled in, figures stored', async () => {
  const changes: string[] = []
  client.on('run.changed', ({ run }) => changes.push(run.status))
  const started = await client.call('runs.start', { spec: spec('finish') })
  expect(started).toMatchObject({ name: 'finish', datasetName: 'faithful', spec: { inference: { kind: 'em', restarts: 10 } } })
  expect(started.id).toMatch(/^\d{8}-[2-9a-z]{6}$/)
  await ended(started.id)
  const opened = await client.call('runs.open', { id: started.id })
  expect(opened).toMatchObject({ run: { status: 'completed' }, sequence: 3, artifacts: [{ kind: 'em-trace' }] })
  expect(opened.series['train/logLikelihood']?.step).toEqual([0, 1, 2])
  expect(await client.call('runs.metrics', { id: 'latest', key: 'train/logLikelihood' })).toEqual(opened.series)
  expect(changes[0]).toBe('queued')
  expect(changes.at(-1)).toBe('completed')
  expect(await client.call('runs.list', { query: 'finish' })).toMatchObject({ total: 1, matching: 1 })
  while (!host.idle()) await new Promise((done) => setTimeout(done, 5))
})

test('a run without a name is called by what it does', async () => {
  const run = await client.call('runs.start', { spec: { ...spec(''), dataset: 'iris' } })
  expect(run.name).toBe('iris · gaussian-mixture K=2 full')
  await client.call('runs.kill', { id: run.id })
})

test.each([
  ['an unknown dataset', { ...spec('x'), dataset: 'nothing' }, 'dataset/not-found'],
  ['a misspelt field', { ...spec('x'), sede: 1 }, 'spec/unknown-key-near'],
  ['two faults', { ...spec('x'), seed: 'one', threads: -1 }, 'spec/invalid'],
  ['more components than rows', { ...spec('x'), model: { kind: 'gaussian-mixture', components: 500 } }, 'spec/too-few-rows'],
  ['a device that is not there', { ...spec('x'), device: 'abacus' }, 'spec/not-one-of'],
  ['a device without float64', { ...spec('x'), device: 'cuda' }, 'device/float32-only'],
  ['a runtime without float64', { ...spec('x'), runtime: 'tensorflow' }, 'device/float32-only'],
  ['nothing at all', undefined, 'spec/no-specification'],
])('%s starts nothing and says why; validation says the same', async (_name, input, code) => {
  await expect(client.call('runs.start', { spec: input })).rejects.toMatchObject({ code })
  expect((await client.call('runs.list', {})).total).toBe(0)
  const { issues } = await client.call('runs.validate', { spec: input })
  expect(issues.length).toBeGreaterThan(0)
  if (code !== 'spec/invalid') expect(issues[0]?.code).toBe(code)
})

test('a run is found by the beginning of its id, and an ambiguous or unknown one is an error', async () => {
  const first = await client.call('runs.start', { spec: spec('finish') })
  const second = await client.call('runs.start', { spec: spec('finish') })
  await ended(second.id)
  expect((await client.call('runs.get', { id: first.id.slice(0, -1) })).id).toBe(first.id)
  expect((await client.call('runs.get', { id: 'latest' })).id).toBe(second.id)
  await expect(client.call('runs.get', { id: first.id.slice(0, 8) })).rejects.toMatchObject({ code: 'run/ambiguous' })
  for (const id of ['nothing', '', '%', '../x']) await expect(client.call('runs.get', { id })).rejects.toMatchObject({ code: 'run/not-found' })
})

test('a run that goes on cannot be removed; one that ended goes with its folder', async () => {
  const { id } = await client.call('runs.start', { spec: spec('work') })
  await expect(client.call('runs.remove', { id })).rejects.toMatchObject({ code: 'run/active' })
  await client.call('runs.cancel', { id })
  await ended(id)
  const removed: string[] = []
  client.on('run.removed', (payload) => removed.push(payload.id))
  await client.call('runs.remove', { id })
  expect(removed).toEqual([id])
  expect(existsSync(join(home, 'runs', id))).toBe(false)
  await expect(client.call('runs.get', { id })).rejects.toMatchObject({ code: 'run/not-found' })
})

test('an interrupted run resumes after the host was closed and opened, a completed one does not', async () => {
  const { id } = await client.call('runs.start', { spec: spec('work') })
  while (!(await client.call('runs.get', { id })).resumable) await new Promise((done) => setTimeout(done, 5))
  await host.close()
  expect(await host.dispatch('runs.get', { id })).toMatchObject({ ok: false, error: { code: 'system/unreachable' } })
  open()
  expect((await client.call('runs.get', { id })).status).toBe('interrupted')
  await client.call('runs.resume', { id })
  while ((await client.call('runs.get', { id })).status !== 'running') await new Promise((done) => setTimeout(done, 5))
  await client.call('runs.kill', { id })
  await ended(id)
  const done = await client.call('runs.start', { spec: spec('finish') })
  await ended(done.id)
  await expect(client.call('runs.resume', { id: done.id })).rejects.toMatchObject({ code: 'run/not-resumable' })
})

test('a failed run without a checkpoint starts over: no point of the first attempt stays', async () => {
  const { id } = await client.call('runs.start', { spec: spec('crash') })
  await ended(id)
  expect((await client.call('runs.metrics', { id }))['train/logLikelihood']?.step).toEqual([0, 1])
  await client.call('runs.resume', { id })
  while ((await client.call('runs.get', { id })).status !== 'failed') await new Promise((done) => setTimeout(done, 5))
  const { series, sequence } = await client.call('runs.open', { id })
  expect(series['train/logLikelihood']?.step).toEqual([0, 1])
  expect(sequence).toBe(3)
})

test('name, tags and notes can be changed, each alone', async () => {
  const { id } = await client.call('runs.start', { spec: spec('finish') })
  await client.call('runs.update', { id, tags: ['keep', ' keep ', '', '二'] })
  await client.call('runs.update', { id, notes: 'why' })
  expect(await client.call('runs.update', { id, name: 'new' })).toMatchObject({ name: 'new', tags: ['keep', '二'], notes: 'why' })
})

test('questions about a run go to the warm process, and its errors come back', async () => {
  const { id } = await client.call('runs.start', { spec: spec('finish') })
  await ended(id)
  expect(await client.call('inspect.params', { id: 'latest' })).toMatchObject({ run: id })
  await expect(client.call('inspect.restarts', { id })).rejects.toMatchObject({ code: 'run/not-for-this-model' })
  await expect(client.call('inspect.params', { id: 'nothing' })).rejects.toMatchObject({ code: 'run/not-found' })
})

test('a second host on the same folder is refused, until the first is closed', async () => {
  expect(open).toThrow(AppError)
  await host.close()
  open()
})

test('another process joins through the lock', async () => {
  const server = await host.listen({ rendererFolder: null })
  const address = readHostLock({ lock: join(home, 'host.lock') })
  expect(address).toMatchObject({ port: server.port, token: server.token, pid: process.pid })
  const joined = connectHttp({ port: server.port, token: server.token })
  const remote = createClient(joined)
  const seen: string[] = []
  remote.on('run.changed', ({ run }) => seen.push(run.status))
  const { id } = await remote.call('runs.start', { spec: spec('finish') })
  await ended(id)
  while (seen.at(-1) !== 'completed') await new Promise((done) => setTimeout(done, 5))
  expect(await remote.call('system.info', {})).toMatchObject({ host: 'server', home, version: '0.0.0' })
  joined.close()
  await host.close()
  expect(readHostLock({ lock: join(home, 'host.lock') })).toBeNull()
})

test('what is no method, and what the contract does not allow, is an error with its name', async () => {
  expect(await host.dispatch('toString', {})).toMatchObject({ ok: false, error: { code: 'system/unknown-method', details: { method: 'toString' } } })
  expect(await host.dispatch('runs.get', { id: 5 })).toMatchObject({ ok: false, error: { code: 'system/bad-request' } })
  expect(await host.dispatch('runs.get', { id: 'x', more: 1 })).toMatchObject({ ok: false, error: { code: 'system/bad-request' } })
})

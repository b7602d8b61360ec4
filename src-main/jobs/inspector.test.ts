import { resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import type { InspectOperation } from '@shared/domain/worker-protocol'
import { sampleRun } from '../store/sample-run'
import { createInspector, type Inspector } from './inspector'
import { findNodeCommand } from './node-command'
import { workerLimits } from './worker-process'

const workerPath = resolve('src-main/jobs/fixture-worker.mjs')
const create = (idleMs = 60_000): Inspector => createInspector({ command: findNodeCommand(null), workerPath, limits: workerLimits, idleMs })
let inspector: Inspector
afterEach(() => inspector.close())

const ask = (operation: InspectOperation, runId = 'r1'): Promise<unknown> =>
  inspector.ask({ runId, spec: sampleRun(runId).spec, dataset: {} as Dataset, datasetFolder: '', runFolder: '', operation })
const pidOf = async (): Promise<number> => ((await ask({ kind: 'params' })) as { pid: number }).pid

test('one process answers question after question, typed arrays and all', async () => {
  inspector = create()
  expect(await ask({ kind: 'params' })).toMatchObject({ run: 'r1', values: Float64Array.of(1, Number.NaN) })
  expect(await pidOf()).toBe(await pidOf())
})

test('of many slider positions the first and the newest are decoded, and those between are superseded', async () => {
  inspector = create()
  await pidOf()
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map((position) => ask({ kind: 'decode', latent: [[position]] })))
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled'])
  expect(results[4]).toMatchObject({ value: [[4]] })
  expect(results[2]).toMatchObject({ reason: { code: 'run/superseded' } })
})

test('a question about another run is not superseded', async () => {
  inspector = create()
  const results = await Promise.all([
    ask({ kind: 'decode', latent: [[1]] }),
    ask({ kind: 'decode', latent: [[2]] }, 'a'),
    ask({ kind: 'decode', latent: [[3]] }, 'b'),
  ])
  expect(results).toEqual([[[1]], [[2]], [[3]]])
})

test('an error keeps its code, and the process goes on', async () => {
  inspector = create()
  const before = await pidOf()
  await expect(ask({ kind: 'restarts' })).rejects.toMatchObject({ code: 'run/not-for-this-model' })
  expect(await pidOf()).toBe(before)
})

test('a crash fails the open questions in words, and the next one gets a fresh process', async () => {
  inspector = create()
  const before = await pidOf()
  await expect(ask({ kind: 'latents' })).rejects.toMatchObject({ code: 'run/inspector-crashed', details: { signal: 'SIGABRT' } })
  expect(await pidOf()).not.toBe(before)
})

test('without questions the process ends', async () => {
  inspector = create(50)
  const before = await pidOf()
  await new Promise((done) => setTimeout(done, 300))
  expect(() => process.kill(before, 0)).toThrow(/ESRCH/)
  expect(await pidOf()).not.toBe(before)
})

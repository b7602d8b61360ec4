import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sweepSchema, type Trial, trialSchema } from '@shared/domain/sweep'
import { resolveSweep } from '@shared/domain/resolve-sweep'
import { migrations } from './migrations/migrations'
import { openDatabase } from './open-database'
import { sampleRun } from './sample-run'
import { openStore, type Store } from './store'
import type { StoredSweep } from './sweep-store'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-store-'))
  store = openStore(join(folder, 'latent.db'), folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const { plan, base } = resolveSweep({
  ...{ dataset: 'digits', model: { kind: 'vae' } },
  sweep: { parameters: { 'model.latent': { integer: [2, 16] } }, objective: { metric: 'validation/elbo' } },
})
const sweepOf = (id: string, change: Partial<StoredSweep> = {}): StoredSweep => ({
  ...{ id, name: id, status: 'running', spec: base, plan: plan!, datasetName: 'digits' },
  ...{ createdAt: '2026-11-20T00:00:00.000Z', endedAt: null, error: null, enqueued: [], ...change },
})
const trialOf = (index: number, change: Partial<Trial> = {}): Trial => ({
  ...{ index, parameters: { 'model.latent': index }, status: 'running', values: [null], reason: null, source: 'sampler', runs: [] },
  ...{ epochs: null, startedAt: '2026-11-20T00:00:00.000Z', endedAt: null, ...change },
})

test('a sweep and its trials come back as they were stored, with the runs of each trial', () => {
  const sweep = sweepOf('s1', { enqueued: [{ 'model.latent': 3 }] })
  store.sweeps.insert(sweep)
  expect(store.sweeps.get('s1')).toEqual(sweep)
  const trial = trialOf(0, { runs: [{ seed: 1, id: 'r1' }] })
  store.sweeps.insertTrial('s1', trial)
  expect(store.sweeps.addRun('s1', 0, { seed: 2, id: 'r2' }).runs).toEqual([{ seed: 1, id: 'r1' }, { seed: 2, id: 'r2' }])
  const changed = store.sweeps.updateTrial('s1', 0, { status: 'pruned', values: [-3], reason: { code: 'x', message: 'm', details: { n: 1 } }, endedAt: '2026-11-20T00:00:03.000Z' })
  expect(store.sweeps.trials('s1')).toEqual([changed])
  expect(trialSchema.parse(changed)).toEqual(changed)
  expect(store.sweeps.meanTrialMs('s1')).toBeCloseTo(3000, -1)
  expect(sweepSchema.parse({ ...sweep, ...store.sweeps.summary('s1'), etaMs: null })).toMatchObject({ counts: { pruned: 1 }, best: null })
})

test.each([
  ['maximize', 2, -1],
  ['minimize', 1, -9],
] as const)('the best of %s is among the completed trials, the earlier of equals', (direction, best, bestValue) => {
  store.sweeps.insert(sweepOf('s1', { plan: { ...plan!, objective: [{ metric: 'validation/elbo', direction }] } }))
  const values = [-5, -9, -1, -1, -9]
  values.forEach((value, index) => store.sweeps.insertTrial('s1', trialOf(index, { status: 'completed', values: [value] })))
  store.sweeps.insertTrial('s1', trialOf(5, { status: 'pruned', values: [direction === 'maximize' ? 7 : -70] }))
  expect(store.sweeps.summary('s1')).toMatchObject({ best, bestValue, counts: { completed: 5, pruned: 1 } })
})

test('removing a sweep removes its trials and leaves the runs', () => {
  store.runs.insert(sampleRun('r1'))
  store.sweeps.insert(sweepOf('s1'))
  store.sweeps.insertTrial('s1', trialOf(0, { runs: [{ seed: 1, id: 'r1' }] }))
  store.sweeps.remove('s1')
  expect(store.sweeps.get('s1')).toBeNull()
  expect(store.sweeps.trials('s1')).toEqual([])
  expect(store.runs.get('r1')).not.toBeNull()
})

test('ten thousand trials of ten parameters are read in less than half a second', () => {
  store.sweeps.insert(sweepOf('s1'))
  const parameters = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`p${index}`, Math.PI * index]))
  for (let index = 0; index < 10_000; index += 1) store.sweeps.insertTrial('s1', trialOf(index, { parameters, status: 'completed', values: [index], runs: [{ seed: 1, id: `r${index}` }] }))
  const started = performance.now()
  expect(store.sweeps.trials('s1')).toHaveLength(10_000)
  // 500 ms on an idle machine; tests share theirs
  expect(performance.now() - started).toBeLessThan(2000)
}, 120_000)

test('a database of the version before keeps its runs and takes sweeps', () => {
  const path = join(folder, 'older.db')
  const before = migrations.findIndex(({ name }) => name === 'sweeps and trials')
  openDatabase(path, folder, migrations.slice(0, before)).close()
  const older = openDatabase(path, folder, migrations.slice(0, before))
  older.exec(`INSERT INTO datasets (id, name, sha256, createdAt, document) VALUES ('d1', 'faithful', 'ab', 'now', '{}')`)
  older.close()
  const newer = openStore(path, folder)
  newer.sweeps.insert(sweepOf('s1'))
  expect(newer.sweeps.list().map(({ id }) => id)).toEqual(['s1'])
  expect(newer.datasets.get('d1')).toBeTruthy()
  newer.close()
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parametersOf } from '@shared/domain/flat-spec'
import type { Run } from '@shared/domain/run'
import { columnValue, summaryOf } from '@shared/domain/run-table'
import { runSpecSchema } from '@shared/domain/spec'
import { encodeChunk } from './metric-chunks'
import { migrations } from './migrations/migrations'
import { openDatabase } from './open-database'
import { toRow } from './run-rows'
import { sampleRun } from './sample-run'
import { openStore, type Store } from './store'

let folder: string
let store: Store
const path = (): string => join(folder, 'latent.db')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-table-'))
  store = openStore(path(), folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const vae = runSpecSchema.parse({ dataset: 'digits', model: { kind: 'vae', latent: 16, encoder: { mlp: [64, 32] } }, inference: { kind: 'gradient' }, seed: 7 })
const end = (name: string) => ({ kind: 'metric', name, of: 'end' }) as const
const best = (name: string) => ({ kind: 'metric', name, of: 'best' }) as const
const field = (name: string) => ({ kind: 'parameter', name, of: 'end' }) as const

/** A column holds what the runs' own rows say, whatever happened to them. */
function columnsAgree(): void {
  const runs = store.runs.list('', 0, 1000).runs.toReversed()
  const { metrics, parameters } = store.table.names()
  const { ids, columns } = store.table.columns([...metrics.map(end), ...parameters.map(field)])
  expect(ids).toEqual(runs.map(({ id }) => id))
  for (const [index, key] of metrics.entries()) expect([...columns[index]!]).toEqual(runs.map((run) => run.metrics[key] ?? Number.NaN))
  for (const [index, name] of parameters.entries()) {
    expect(columns[metrics.length + index]).toEqual(runs.map((run) => (parametersOf(run)[name] === undefined ? null : columnValue(parametersOf(run)[name]))))
  }
  expect(metrics).toEqual([...new Set(runs.flatMap((run: Run) => Object.keys(run.metrics)))].sort())
  expect(store.table.summaries()).toEqual(runs.toReversed().map(summaryOf))
}

test('columns and summaries agree with the runs through points, ends, rewinds and removals', () => {
  store.runs.insert(sampleRun('a', { metrics: { 'train/logLikelihood': -3 } }))
  store.runs.insert(sampleRun('b', { spec: vae, datasetName: 'digits', progress: { fraction: 0.5, phase: 'epochs', done: 1, total: 2, etaMs: null, etaLowMs: null, etaHighMs: null } }))
  store.runs.insert(sampleRun('c', { tags: ['x'], converged: true }))
  columnsAgree()
  store.metrics.append('b', [{ key: 'train/elbo', step: 1, value: -9 }, { key: 'train/elbo', step: 2, value: -7 }, { key: 'train/kl', step: 2, value: Number.NaN }])
  store.metrics.append('b', [{ key: 'train/elbo', step: 3, value: -8 }])
  columnsAgree()
  expect(store.table.columns([best('train/elbo'), end('train/elbo')]).columns.map((column) => column[1])).toEqual([-7, -8])
  store.metrics.rewind('b', ['train/elbo'], 1)
  columnsAgree()
  expect(store.table.columns([best('train/elbo')]).columns[0]![1]).toBe(-9)
  store.metrics.rewind('b', ['train/elbo'], 0)
  columnsAgree()
  store.runs.update('b', { metrics: { 'test/elbo': -1, 'test/kl': null }, status: 'completed' })
  columnsAgree()
  store.runs.remove('a')
  columnsAgree()
})

test('where lower is better, the best of the points is the lowest', () => {
  store.runs.insert(sampleRun('a'))
  store.metrics.append('a', [5, 2, 4].map((value, step) => ({ key: 'train/inertia', step, value })))
  expect(store.table.columns([best('train/inertia')]).columns[0]![0]).toBe(2)
})

test('what varies is what is not the same in all that match; one that only some have varies', () => {
  for (const [index, value] of [1, 1, 2].entries()) {
    store.runs.insert(sampleRun(`r${index}`, { tags: index < 2 ? ['same'] : [], metrics: { 'a/constant': 3, 'a/varies': value, ...(index === 0 && { 'a/rare': 1 }) } }))
  }
  expect(store.table.varying('', 'all').metrics).toEqual(['a/rare', 'a/varies'])
  expect(store.table.varying('tag:same', 'all').metrics).toEqual(['a/rare'])
  store.runs.insert(sampleRun('v', { spec: vae, metrics: { 'a/constant': 3 } }))
  expect(store.table.varying('', 'current').parameters).toContain('model.latent')
  expect(store.table.varying('', 'current').parameters).not.toContain('dataset.sha256')
})

test('runs move between shelves and back, lists and counts follow', () => {
  for (const id of ['a', 'b', 'c']) store.runs.insert(sampleRun(id))
  expect(store.table.shelve(['a', 'b', 'nobody'], 'archive')).toEqual([{ id: 'a', from: 'current' }, { id: 'b', from: 'current' }])
  expect(store.table.shelve(['b', 'c'], 'trash')).toEqual([{ id: 'b', from: 'archive' }, { id: 'c', from: 'current' }])
  expect(store.table.members('', 'trash').map(({ id }) => id)).toEqual(['c', 'b'])
  expect(store.runs.list('', 0, 10, 'archive')).toMatchObject({ total: 3, matching: 1, runs: [{ id: 'a', shelf: 'archive' }] })
})

test('runs that differ in nothing but seed and name have the same variant', () => {
  store.runs.insert(sampleRun('a', { spec: vae }))
  store.runs.insert(sampleRun('b', { spec: { ...vae, seed: 8, name: 'again' } }))
  store.runs.insert(sampleRun('c', { spec: { ...vae, threads: 2 } }))
  const [c, b, a] = store.table.members('', 'all')
  expect(a!.variant).toBe(b!.variant)
  expect(c!.variant).not.toBe(a!.variant)
})

test('a folder of an earlier version gets its columns, with the best of all points', () => {
  store.close()
  rmSync(path())
  const version = migrations.find(({ name }) => name.startsWith('columns of the table'))!.version
  const former = openDatabase(path(), folder, migrations.filter((migration) => migration.version < version))
  const columns = former.prepare('SELECT * FROM runs').columns().flatMap(({ name }) => (name === 'number' || name === 'sequence' ? [] : [name]))
  const insert = former.prepare(`INSERT INTO runs (${columns.join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})`)
  insert.run(toRow(sampleRun('a', { metrics: { 'train/logLikelihood': -3 } })))
  insert.run(toRow(sampleRun('b', { spec: vae, metrics: { 'train/elbo': -4 } })))
  former.prepare("INSERT INTO metricKeys (number, name) VALUES (1, 'train/elbo')").run()
  const points = former.prepare('INSERT INTO metricChunks (run, key, sequence, steps, "values") VALUES (2, 1, 1, @steps, @values)')
  points.run(encodeChunk({ step: [0, 1, 2, 3], value: [-5, -2, null, -4] }))
  former.close()
  store = openStore(path(), folder)
  columnsAgree()
  expect(store.table.columns([best('train/elbo')]).columns[0]![1]).toBe(-2)
  expect(store.table.members('', 'current').map(({ id, seed }) => [id, seed])).toEqual([['b', 7], ['a', 1]])
  expect(store.metrics.read('b')['train/elbo']?.value).toEqual([-5, -2, null, -4])
})

test('what is known of a figure of held-out rows stands in a column, and goes with the figure', () => {
  const known = { estimator: 'exact', samples: null, rows: 30, standardError: 0, rowStandardError: 0.2, effectiveSampleSize: null } as const
  const column = () => store.table.columns([{ kind: 'metric', name: 'test/logLikelihood', of: 'heldOut' }]).columns[0]
  store.runs.insert(sampleRun('a', { metrics: { 'test/logLikelihood': -3 }, heldOut: { 'test/logLikelihood': known } }))
  store.runs.insert(sampleRun('b'))
  expect(column()).toEqual([JSON.stringify(known), null])
  store.runs.update('b', { metrics: { 'test/logLikelihood': -4 }, heldOut: { 'test/logLikelihood': { ...known, rows: 31 } } })
  expect(column()).toEqual([JSON.stringify(known), JSON.stringify({ ...known, rows: 31 })])
  expect(store.runs.get('b')!.heldOut['test/logLikelihood']!.rows).toBe(31)
  store.runs.update('a', { metrics: {}, heldOut: {} })
  expect(column()).toEqual([null, JSON.stringify({ ...known, rows: 31 })])
})

test('a saved view comes back as it was saved, the last of a name stays', () => {
  const view = { query: 'tag:x', shelf: 'archive', columns: ['name', 'metric:train/elbo'], hideConstant: false, sort: { column: 'name', descending: true }, grouping: { kind: 'none' }, selected: [] } as const
  store.views.save({ name: '我的', view: { ...view, columns: [...view.columns], selected: [] } })
  store.views.save({ name: '我的', view: { ...view, query: 'new', columns: [...view.columns], selected: [] } })
  expect(store.views.list()).toEqual([{ name: '我的', view: { ...view, query: 'new' } }])
  expect(store.views.remove('我的')).toBe(true)
  expect(store.views.remove('我的')).toBe(false)
})

test('of an empty store nothing is known: a field that no run has yet may hold text, and one that holds a number by its name still asks for one', () => {
  expect(store.table.members('model.kind = vae and inference.optimizer = adam or my/own > 3', 'all')).toEqual([])
  expect(() => store.table.members('train/elbo = vae', 'all')).toThrow(expect.objectContaining({ code: 'query/not-a-number' }))
  store.runs.insert(sampleRun('a', { spec: vae }))
  expect(store.table.members('model.kind = vae', 'all').map(({ id }) => id)).toEqual(['a'])
  expect(() => store.table.members('inference.optimzer = adam', 'all')).toThrow(expect.objectContaining({ code: 'query/unknown-field' }))
})

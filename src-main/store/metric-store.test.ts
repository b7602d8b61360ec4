import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { MetricPoint } from '@shared/rpc/contract'
import { sampleRun } from './sample-run'
import { openStore, type Store } from './store'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-store-'))
  store = openStore(join(folder, 'latent.db'), folder)
  store.runs.insert(sampleRun('r1'))
  store.runs.insert(sampleRun('r2'))
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const points = (key: string, from: number, count: number): MetricPoint[] =>
  Array.from({ length: count }, (_, index) => ({ key, step: from + index, value: Math.sin(from + index) }))

test('every point comes back in the order it was reported, over many merges', () => {
  const expected: number[] = []
  for (let batch = 0; batch < 300; batch++) {
    const added = points('train/elbo', batch * 3, 3)
    expected.push(...added.map((point) => point.step))
    expect(store.metrics.append('r1', [...added, { key: 'train/kl', step: batch, value: batch }])).toBe(batch + 1)
  }
  store.metrics.append('r2', points('train/elbo', 0, 5))
  const before = store.metrics.read('r1')
  expect(before['train/elbo']?.step).toEqual(expected)
  expect(before['train/elbo']?.value).toEqual(expected.map(Math.sin))
  expect(before['train/kl']?.step).toHaveLength(300)
  store.metrics.settle('r1')
  expect(store.metrics.read('r1')).toEqual(before)
  expect(store.metrics.read('r2')['train/elbo']?.step).toEqual([0, 1, 2, 3, 4])
})

test('values that are not finite are kept as points without a value', () => {
  store.metrics.append('r1', [
    { key: 'train/elbo', step: 1, value: Number.NaN },
    { key: 'train/elbo', step: 2, value: Number.NEGATIVE_INFINITY },
    { key: 'train/elbo', step: 3, value: -1e308 },
    { key: 'train/elbo', step: 4, value: null },
  ])
  expect(store.metrics.read('r1')['train/elbo']).toEqual({ step: [1, 2, 3, 4], value: [null, null, -1e308, null] })
  expect(store.runs.get('r1')?.metrics).toEqual({ 'train/elbo': null })
})

test('the summary holds the last value of each key', () => {
  store.metrics.append('r1', points('train/elbo', 0, 4))
  store.metrics.append('r1', [{ key: 'train/kl', step: 0, value: 7 }])
  expect(store.runs.get('r1')?.metrics).toEqual({ 'train/elbo': Math.sin(3), 'train/kl': 7 })
})

test('a rewind drops the later points of the named keys only, and counts as a batch', () => {
  for (let batch = 0; batch < 10; batch++) store.metrics.append('r1', [...points('a/x', batch * 10, 10), { key: 'a/y', step: batch, value: batch }])
  expect(store.metrics.rewind('r1', ['a/x'], 42)).toBe(11)
  const { series, sequence } = store.metrics.snapshot('r1')
  expect(sequence).toBe(11)
  expect(series['a/x']?.step).toEqual(Array.from({ length: 43 }, (_, step) => step))
  expect(series['a/y']?.step).toHaveLength(10)
  expect(store.runs.get('r1')?.metrics['a/x']).toBe(Math.sin(42))
  store.metrics.append('r1', points('a/x', 43, 2))
  expect(store.metrics.read('r1', 'a/x')['a/x']?.step.slice(-3)).toEqual([42, 43, 44])
  store.metrics.rewind('r1', ['a/x', 'a/y'], -1)
  expect(store.metrics.read('r1')).toEqual({})
  expect(store.runs.get('r1')?.metrics).toEqual({})
})

test('points outlive the process that wrote them without closing', () => {
  store.metrics.append('r1', points('train/elbo', 0, 100))
  const other = openStore(join(folder, 'latent.db'), folder)
  expect(other.metrics.read('r1')['train/elbo']?.step).toHaveLength(100)
  other.close()
})

test('a run takes at least 100,000 points per second in batches of 500 over 20 keys', () => {
  const batches = Array.from({ length: 1000 }, (_, batch) =>
    Array.from({ length: 500 }, (_, index) => ({ key: `train/metric${index % 20}`, step: batch * 25 + Math.floor(index / 20), value: index })),
  )
  const start = performance.now()
  for (const batch of batches) store.metrics.append('r1', batch)
  const perSecond = 500_000 / ((performance.now() - start) / 1000)
  const reading = performance.now()
  const read = store.metrics.read('r1')
  console.info(`ingest ${Math.round(perSecond).toLocaleString('en')} points/s; 500,000 points read in ${Math.round(performance.now() - reading)} ms`)
  expect(Object.values(read).reduce((sum, series) => sum + series.step.length, 0)).toBe(500_000)
  expect(perSecond).toBeGreaterThan(100_000)
})

test('a curve of many points is told by the extremes of its pyramid, and these are those of all points', () => {
  const total = 150_000
  for (let from = 0; from < total; from += 500) store.metrics.append('r1', points('train/elbo', from, 500))
  const live = store.metrics.curve('r1', 'train/elbo', 1000)!
  store.metrics.settle('r1')
  const whole = store.metrics.curve('r1', 'train/elbo')!
  const began = performance.now()
  const thin = store.metrics.curve('r1', 'train/elbo', 1000)!
  console.info(`150,000 points by their pyramid in ${(performance.now() - began).toFixed(2)} ms`)
  expect([whole.points, whole.bucket, whole.step.length]).toEqual([total, 1, total])
  expect([thin.points, thin.bucket]).toEqual([total, 512])
  expect(thin.step.length).toBeLessThanOrEqual(1000)
  const lowest = whole.value.reduce((left, right) => Math.min(left, right))
  const highest = whole.value.reduce((left, right) => Math.max(left, right))
  for (const { value } of [thin, live]) expect([Math.min(...value), Math.max(...value)]).toEqual([lowest, highest])
  expect(store.metrics.curve('r1', 'train/nothing')).toBeNull()
})

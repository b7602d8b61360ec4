import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { covarianceStructures } from '@shared/domain/models/mixtures'
import { type StoredDataset, storeDataset, train } from './training-fixture'

/* A weight of w is the row standing there w times. */

function written(rows: readonly (readonly (number | string)[])[], header: readonly string[]): Promise<StoredDataset> {
  const path = join(mkdtempSync(join(tmpdir(), 'latent-weights-')), 'table.csv')
  writeFileSync(path, `${[header, ...rows].map((row) => row.join(',')).join('\n')}\n`)
  return storeDataset(path, { missing: 'keep' })
}

/** Rows of three groups; deterministic, no two alike. */
const wave = (row: number, column: number): number => Math.sin(12.9898 * row + 78.233 * column) + Math.sin(4.1 * row * (column + 1))
const groups = Array.from({ length: 60 }, (_, row) => row % 3)
const real = groups.map((group, row) => [3 * group + wave(row, 0), (group - 1) ** 2 * 4 + wave(row, 1), wave(row, 2)])
const counts = groups.map((group, row) => [Math.round(4 + 9 * group + 2 * wave(row, 0)), Math.round(6 + 5 * (group === 1 ? 2 : 0) + 2 * wave(row, 1))])
const codes = groups.map((group, row) => [0, 1, 2, 3].map((column) => (wave(row, column) > 0.9 - (column === group ? 1.6 : 0) ? 1 : 0)))
const weights = groups.map((_, row) => [1, 2, 0, 3, 1][row % 5]!)

const pair = async (rows: readonly (readonly (number | string)[])[]) => {
  const names = rows[0]!.map((_, column) => `x${column}`)
  return {
    weighted: await written(rows.map((row, index) => [row[0]!, weights[index]!, ...row.slice(1)]), [names[0]!, 'times', ...names.slice(1)]),
    copied: await written(rows.flatMap((row, index) => Array.from({ length: weights[index]! }, () => row)), names),
  }
}

async function compare(data: Awaited<ReturnType<typeof pair>>, model: object, inference: object = { kind: 'em', tolerance: 1e-13 }): Promise<void> {
  const weighted = await train(data.weighted, { model: { ...model, weights: 'times' }, inference })
  const copied = await train(data.copied, { model, inference })
  const [one, other] = [weighted.finished().metrics, copied.finished().metrics]
  expect(Object.keys(one).sort()).toEqual(Object.keys(other).sort())
  expect(Object.keys(one).length).toBeGreaterThan(0)
  for (const [key, value] of Object.entries(one)) {
    if (key === 'train/lowerBound' || key === 'train/kl') continue
    expect(value, `${JSON.stringify(model)} ${key}`).toBeCloseTo(other[key]!, 4)
  }
}

it.each(covarianceStructures)('whole weights give the fit, the likelihood and the criteria of repeated rows: %s', async (covariance) => {
  await compare(await pair(real), { kind: 'gaussian-mixture', components: 2, covariance, regularization: 1e-6 })
})

it('and so in every other family', async () => {
  await compare(await pair(real), { kind: 'k-means', components: 3 })
  await compare(await pair(real), { kind: 'k-means', components: 3, softness: 1 })
  await compare(await pair(real), { kind: 'student-t-mixture', components: 2 })
  await compare(await pair(codes), { kind: 'bernoulli-mixture', components: 2 })
  await compare(await pair(codes), { kind: 'categorical-mixture', components: 2 })
  await compare(await pair(counts), { kind: 'poisson-mixture', components: 3 })
})

it('and with entries that are absent', async () => {
  const holes = real.map((row, index) => row.map((value, column) => ((index + column) % 7 === 0 ? '' : value)))
  await compare(await pair(holes), { kind: 'gaussian-mixture', components: 2, regularization: 0 })
})

it('and for hard, annealed and partial EM', async () => {
  const model = { kind: 'gaussian-mixture', components: 2, covariance: 'tied', regularization: 0 }
  for (const kind of ['hard-em', 'annealed-em', 'generalized-em']) await compare(await pair(real), model, { kind, restarts: 20, tolerance: 1e-13, maxIterations: 5000 })
})

it('a fit of weighted rows is looked into without its column of weights, also on data without one', async () => {
  const { weighted, copied } = await pair(real)
  const run = await train(weighted, { model: { kind: 'gaussian-mixture', components: 2, weights: 'times' }, inference: { kind: 'em' } })
  expect(await run.inspect<{ featureNames: string[] }>({ kind: 'params' })).toMatchObject({ featureNames: ['x0', 'x1', 'x2'] })
  const apply = ({ dataset, folder }: StoredDataset) =>
    run.inspect<{ rows: number; values: Float64Array }>({ kind: 'apply', output: 'logDensity', dataset, datasetFolder: folder })
  const [own, other] = [await apply(weighted), await apply(copied)]
  expect([own.rows, other.rows]).toEqual([60, weights.reduce((sum, weight) => sum + weight, 0)])
  expect(other.values[0]).toBe(own.values[0])
  const mean = own.values.reduce((sum, value, row) => sum + value * weights[row]!, 0) / other.rows
  expect(mean).toBeCloseTo(run.finished().metrics['train/logLikelihood']!, 10)
})

it('weights on disk count as those in memory', async () => {
  const { weighted } = await pair(real)
  const spec = { model: { kind: 'gaussian-mixture', components: 2, weights: 'times' }, inference: { kind: 'em' } }
  const held = await train(weighted, spec)
  process.env['LATENT_MEMORY_BUDGET_MB'] = '0'
  try {
    const streamed = await train(weighted, spec)
    expect(streamed.finished().metrics['train/logLikelihood']).toBeCloseTo(held.finished().metrics['train/logLikelihood']!, 8)
    expect(streamed.finished().metrics['train/bic']).toBeCloseTo(held.finished().metrics['train/bic']!, 6)
  } finally {
    delete process.env['LATENT_MEMORY_BUDGET_MB']
  }
})

it.each([
  ['negative', '-1', /Row 2 has the weight -1/],
  ['absent', '', /Row 2 has the weight nothing/],
])('a weight that is %s is told with its row', async (_, weight, sentence) => {
  const data = await written([[1, 1], [2, weight], [4, 2], [3, 2]], ['x', 'times'])
  const run = await train(data, { model: { kind: 'gaussian-mixture', components: 1, weights: 'times' }, inference: { kind: 'em' } })
  expect(JSON.stringify(run.messages.at(-1))).toMatch(sentence)
})

it('weights that are all 0, and a column that is not there, are told', async () => {
  const data = await written([[1, 0], [2, 0], [3, 0]], ['x', 'times'])
  const ending = async (name: string): Promise<string> =>
    JSON.stringify((await train(data, { model: { kind: 'gaussian-mixture', components: 1, weights: name }, inference: { kind: 'em' } })).messages.at(-1))
  expect(await ending('times')).toMatch(/All 3 training rows have weight 0/)
  expect(await ending('time')).toMatch(/which is not a feature column/)
})

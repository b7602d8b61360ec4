import { fillNormal } from '@shared/math/random'
import { affineBack, covarianceBack, logVolumeBack, meanBack, pointsBack, turnsParameters, wayBackOf } from '@shared/domain/way-back'
import type { PreprocessStep } from '@shared/domain/spec'
import { atOnce, chosenInMemory } from '@shared/math/row-blocks'
import { symmetricEigen } from '@shared/math/symmetric-eigen'
import type { Dataset } from '@shared/domain/dataset'
import { describe, expect, test } from 'vitest'
import { wayBackThrough } from './back-to-file'
import { applyDeterministic, fitTransform } from './transform'
import { sampleDataset } from './sample-dataset'

const rows = 400
const names = ['a', 'b', 'c']

/** Positive, of very different sizes, correlated. */
function table(): Float64Array {
  const noise = new Float64Array(rows * 3)
  fillNormal(noise, { seed: 5, stream: 'table' })
  return Float64Array.from({ length: rows * 3 }, (_, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3]
    const shared = noise[row * 3]!
    return [50 + 8 * shared, 2000 + 900 * Math.exp(0.2 * shared + 0.1 * noise[row * 3 + 1]!), 20 + (noise[row * 3 + 2]! - shared)][column]!
  })
}

const datasetOf = (columns: string[]): Dataset =>
  sampleDataset({
    format: 'csv',
    kind: 'table',
    rows,
    shape: [rows, columns.length],
    columns: columns.map((name) => ({ name, role: 'feature', type: 'real', missing: 0 })),
    parts: [],
    classes: null,
    valueRange: null,
    labels: null,
    source: [],
  })

function fitted(steps: PreprocessStep[], values: Float64Array) {
  const dataset = datasetOf(names)
  const raw = chosenInMemory(values, 3)
  const transform = atOnce(fitTransform(steps, { dataset, featureNames: names, raw, rows: Int32Array.from({ length: rows }, (_, row) => row) }))
  return { way: wayBackThrough(transform, { featureNames: names, imageShape: null }), seen: applyDeterministic(transform.steps, values.slice(), 3) }
}

/** Divisor: rows. */
function momentsOf(values: ArrayLike<number>, columns: number): { mean: number[]; covariance: number[][] } {
  const count = values.length / columns
  const mean = Array.from({ length: columns }, (_, column) => Array.from({ length: count }, (_row, row) => values[row * columns + column]!).reduce((sum, value) => sum + value, 0) / count)
  const covariance = mean.map((_, i) =>
    mean.map((_j, j) => {
      let sum = 0
      for (let row = 0; row < count; row += 1) sum += (values[row * columns + i]! - mean[i]!) * (values[row * columns + j]! - mean[j]!)
      return sum / count
    }),
  )
  return { mean, covariance }
}

/** The largest difference, each entry measured by what stands in its place. */
const worst = (found: ArrayLike<number>, wanted: ArrayLike<number>): number =>
  Math.max(...Array.from(wanted, (value, index) => Math.abs(found[index]! - value) / Math.max(1e-12, Math.abs(value))))

const affineChains: [string, PreprocessStep[]][] = [
  ['standardize', ['standardize']],
  ['min–max', [{ scale: { to: [-1, 3] } }]],
  ['whiten', ['whiten']],
  ['all principal components', [{ pca: { components: 3, variances: 'kept' } }]],
  ['all principal components of variance 1', [{ pca: { components: 3, variances: 'one' } }]],
  ['standardize, whiten, min–max', ['standardize', 'whiten', 'scale']],
  ['dequantize and scale', ['dequantize', 'scale']],
]

describe.each(affineChains)('%s', (_name, steps) => {
  const values = table()
  const { way, seen } = fitted(steps, values)
  const back = affineBack(way)!

  test('every row comes back', () => {
    expect(way.kind).toBe('exact')
    // What is told of a level lies in its middle, as the fit saw it.
    expect(worst(pointsBack(way, seen), values)).toBeLessThan(1e-9)
  })

  test('mean and covariance of the rows seen come back as those of the file, and the volume with them', () => {
    const [file, model] = [momentsOf(values, 3), momentsOf(seen, 3)]
    expect(worst(meanBack(back, model.mean), file.mean)).toBeLessThan(1e-9)
    expect(worst(covarianceBack(back, model.covariance).flat(), file.covariance.flat())).toBeLessThan(1e-7)
    expect(logVolumeBack(back)).toBeCloseTo((logDeterminant(file.covariance) - logDeterminant(model.covariance)) / 2, 6)
  })
})

/** Of a covariance, by its eigenvalues. */
const logDeterminant = (matrix: number[][]): number => symmetricEigen(matrix.flat(), matrix.length).values.reduce((sum, value) => sum + Math.log(value), 0)

test('principal components that were left out stay at their mean: rows come back onto the plane of those that were kept', () => {
  const values = table()
  const { way, seen } = fitted(['standardize', { pca: { components: 2, variances: 'kept' } }], values)
  expect([way.kind, way.because, way.seen, way.featureNames]).toEqual(['part', 'pca', ['PC1', 'PC2'], names])
  const told = pointsBack(way, seen)
  expect(worst(momentsOf(told, 3).mean, momentsOf(values, 3).mean)).toBeLessThan(1e-9)
  const covariance = covarianceBack(affineBack(way)!, momentsOf(seen, 2).covariance)
  expect(worst(covariance.flat(), momentsOf(told, 3).covariance.flat())).toBeLessThan(1e-7)
})

test('a logarithm turns back for rows, not for means and covariances', () => {
  const values = table()
  const { way, seen } = fitted(['log', 'standardize'], values)
  expect([way.kind, way.because, turnsParameters(way), affineBack(way)]).toEqual(['points', 'log', false, null])
  expect(worst(pointsBack(way, seen), values)).toBeLessThan(1e-9)
})

test('what a threshold forgot is not made up', () => {
  const { way, seen } = fitted(['scale', { binarize: { threshold: 0.5 } }], table())
  expect([way.kind, way.because]).toEqual(['none', 'binarize'])
  expect([...pointsBack(way, seen)]).toEqual([...seen])
})

test('some columns go back for themselves where each does, and not where they were mixed', () => {
  const values = table()
  const { way, seen } = fitted(['standardize'], values)
  const own = wayBackOf(way, ['c', 'a'])
  const picked = Float64Array.from({ length: rows * 2 }, (_, at) => seen[Math.floor(at / 2) * 3 + (at % 2 === 0 ? 2 : 0)]!)
  const wanted = Float64Array.from({ length: rows * 2 }, (_, at) => values[Math.floor(at / 2) * 3 + (at % 2 === 0 ? 2 : 0)]!)
  expect(worst(pointsBack(own, picked), wanted)).toBeLessThan(1e-9)
  expect(wayBackOf(fitted(['whiten'], values).way, ['a', 'b'])).toMatchObject({ kind: 'none', because: 'condition' })
})

test('categories come back as the code of the largest share; an absent one stays absent', () => {
  const dataset = datasetOf(['kind', 'size'])
  dataset.columns = dataset.columns.map((column) => (column.name === 'kind' ? { ...column, categories: ['x', 'y', 'z'] } : column))
  const values = Float64Array.of(2, 1.5, 0, 2.5, NaN, 3.5)
  const transform = atOnce(fitTransform(['one-hot'], { dataset, featureNames: ['kind', 'size'], raw: chosenInMemory(values, 2), rows: Int32Array.of(0, 1, 2) }))
  const way = wayBackThrough(transform, { featureNames: ['kind', 'size'], imageShape: null })
  expect(way.kind).toBe('points')
  expect([...pointsBack(way, applyDeterministic(transform.steps, values.slice(), 2))]).toEqual([...values])
  expect([...pointsBack(way, [0.2, 0.5, 0.3, 7])]).toEqual([1, 7])
})

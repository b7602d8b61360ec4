import { describe, expect, test } from 'vitest'
import { matrixInFileUnits, paramsInFileUnits, statesInFileUnits } from './in-file-units'
import { type WayBack, affineBack, covarianceBack } from './way-back'

const seen = ['a', 'b']
/** x = (10, 100) + diag(2, 5)·y, and x = (10, 100) + B·y for a full B. */
const diagonal: WayBack = {
  kind: 'exact',
  because: null,
  seen,
  featureNames: seen,
  imageShape: null,
  steps: [{ kind: 'affine', shift: Float64Array.of(10, 100), scale: Float64Array.of(2, 5) }],
}
const mixed: WayBack = { ...diagonal, steps: [{ kind: 'linear', shift: Float64Array.of(10, 100), matrix: Float64Array.of(2, 1, -1, 3) }] }

const close = (found: unknown, wanted: unknown): void => {
  const [own, other] = [found, wanted].map((value) => (JSON.stringify(value).match(/-?\d[\d.e+-]*/g) ?? []).map(Number)) as [number[], number[]]
  expect(own).toHaveLength(other.length)
  own.forEach((value, index) => expect(value).toBeCloseTo(other[index]!, 10))
}
const outer = (loadings: number[][], noise: number[]): number[][] =>
  loadings.map((row, i) => loadings.map((other, j) => row.reduce((sum, value, at) => sum + value * other[at]!, i === j ? noise[i]! : 0)))

interface Factors {
  loadings: number[][]
  uniquenesses: number[]
  communalities: number[]
  noiseCovariance?: number[][]
}

describe.each([
  ['columns that go back one by one', diagonal],
  ['columns that were mixed', mixed],
])('%s', (_name, way) => {
  const back = affineBack(way)!

  test('of a mixture of Gaussians means and covariances, of one of Student’s t the scales, of the limit the centres', () => {
    const covariances = [[[1, 0.3], [0.3, 2]]]
    const told = paramsInFileUnits(way, { weights: [1], means: [[1, -1]], covariances, featureNames: seen }) as { means: number[][]; covariances: number[][][] }
    const mean = way === diagonal ? [12, 95] : [11, 96]
    close(told.means, [mean])
    close(told.covariances, [covarianceBack(back, covariances[0]!)])
    expect(told).toMatchObject({ weights: [1], featureNames: seen })
    const heavy = paramsInFileUnits(way, { scales: covariances, degreesOfFreedom: [4] })
    close(heavy['scales'], told.covariances)
    expect(heavy['degreesOfFreedom']).toEqual([4])
    close(paramsInFileUnits(way, { centres: [[1, -1]] })['centres'], [mean])
  })

  test('of factor models loadings and noise, so that the covariance of the model is the one that it is', () => {
    const [loadings, uniquenesses] = [[[0.8], [0.4]], [0.3, 0.7]]
    const told = paramsInFileUnits(way, { mean: [0, 0], loadings, uniquenesses, communalities: [0, 0], featureNames: seen }) as unknown as Factors
    const wanted = covarianceBack(back, outer(loadings, uniquenesses))
    const noise = told.noiseCovariance ?? told.uniquenesses.map((own, i) => told.uniquenesses.map((_, j) => (i === j ? own : 0)))
    close(outer(told.loadings, [0, 0]).map((row, i) => row.map((value, j) => value + noise[i]![j]!)), wanted)
    close(told.communalities, wanted.map((row, i) => 1 - noise[i]![i]! / row[i]!))
    const many = paramsInFileUnits(way, { means: [[0, 0]], loadings: [loadings], uniquenesses: [uniquenesses], featureNames: seen })
    close([many['loadings'], many['uniquenesses']], [[told.loadings], [told.uniquenesses]])
  })

  test('noise that fills a volume keeps its share, and has the volume of the file', () => {
    const told = paramsInFileUnits(way, { means: [[0, 0]], noise: { weight: 0.1, volume: 4, logDensity: -Math.log(4) } })['noise']
    const factor = way === diagonal ? 10 : 7
    close(told, { weight: 0.1, volume: 4 * factor, logDensity: -Math.log(4 * factor) })
  })
})

test('one noise variance for all columns stays one only where all columns go back by the same factor', () => {
  const even: WayBack = { ...diagonal, steps: [{ kind: 'affine', shift: Float64Array.of(0, 0), scale: Float64Array.of(3, 3) }] }
  expect(paramsInFileUnits(even, { mean: [0, 0], loadings: [[1], [1]], noiseVariance: 0.5 })).toMatchObject({ noiseVariance: 4.5 })
  expect(paramsInFileUnits(diagonal, { mean: [0, 0], loadings: [[1], [1]], noiseVariance: 0.5 })).toMatchObject({ noiseVariances: [2, 12.5] })
})

test('of columns of different types those of numbers go back', () => {
  const columns = { a: { family: 'real', means: [1], standardDeviations: [0.5] }, b: { family: 'count', rates: [3] } }
  expect(paramsInFileUnits(diagonal, { weights: [1], columns, featureNames: seen })).toMatchObject({
    columns: { a: { means: [12], standardDeviations: [1] }, b: { family: 'count', rates: [3] } },
  })
})

test('states tell means, observations and forecasts; the column that tells sequences apart is none of theirs', () => {
  const found = {
    ...{ states: 1, featureNames: ['b'], means: [[2]], sequences: [], rowIndex: Int32Array.of(0), observations: Float64Array.of(1), posteriors: Float64Array.of(1) },
    ...{ path: Int32Array.of(0), pathLogProbability: 0, logLikelihood: 0, forecast: [{ stateProbabilities: [[1]], means: [[-1]] }] },
  }
  const told = statesInFileUnits(diagonal, found)
  expect([told.means, [...told.observations], told.forecast[0]!.means]).toEqual([[[110]], [105], [[95]]])
})

test('rows go back with what stands beside them; codes and shares have no units', () => {
  const rows = { columns: ['a', 'b', 'state'], rows: 1, values: Float64Array.of(1, 1, 2) }
  expect(matrixInFileUnits(diagonal, rows)).toEqual({ columns: ['a', 'b', 'state'], rows: 1, values: Float64Array.of(12, 105, 2) })
  const filled = { columns: ['a', 'b', 'sd a', 'sd b'], rows: 1, values: Float64Array.of(1, 1, 0.5, 0) }
  expect(matrixInFileUnits(diagonal, filled)?.values).toEqual(Float64Array.of(12, 105, 1, 0))
  expect(matrixInFileUnits(mixed, filled)).toBeNull()
  expect(matrixInFileUnits(diagonal, { columns: ['z1'], rows: 1, values: Float64Array.of(1) })).toBeNull()
})

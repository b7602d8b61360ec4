import { fillUniform } from '@shared/math/random'
import { type Box, logVolume } from './box'
import { gaussianFamily } from './gaussian-family'
import { type MixtureStructure, expectedCompleteLogLikelihood, gaussianSums, maximizeGaussian } from './gaussian-maximization'
import { type GaussianMixture, covarianceOf, storageOf, toModelUnits, toStandardUnits } from './gaussian-parameters'
import type { Mixture, MixtureFamily, Sums } from './mixture-family'

/*
 * Gaussians and noise: p(x) = Σ_k weights_k N(x; means_k, Σ_k) + weights_K / V, where V is the volume of a box around the data. Rows that no
 * Gaussian explains go to the noise, whose weight is estimated like any other. Banfield & Raftery 1993; Fraley & Raftery 1998.
 *
 * In the programs noise is a Gaussian without precision: its log-density is the constant alone.
 */

export interface NoisyMixture extends Mixture {
  /** The K Gaussians; their weights are the first K of the mixture's and add up to 1 less that of the noise. */
  gaussians: GaussianMixture
  /** −log V, in the units of the means. */
  noiseLogDensity: number
}

/**
 * @param shape       of the Gaussians
 * @param box         around the data, in the units of the model
 * @param logScale    Σ of the logarithms of a unit of the fit, in those of the model
 */
export function noiseFamily(shape: MixtureStructure, box: Box, logScale: number, careful = false): MixtureFamily<NoisyMixture> {
  const { structure, components: clusters, columns } = shape
  const components = clusters + 1
  const isTied = storageOf(structure) === 'tied'
  const gaussian = gaussianFamily(shape)
  // The pooled products of tied covariances are not the same at every step here: noise takes its share.
  const { careful: _careful, constants: _constants, codeProbabilities: _codes, linear: _linear, ...pass } = gaussianFamily(isTied ? { ...shape, structure: 'VVV' } : shape, careful)
  const untied = (mixture: GaussianMixture): GaussianMixture => (isTied ? withOwnCovariances(mixture) : mixture)
  const needed = gaussianFamily(isTied ? { ...shape, structure: 'VVV' } : shape).careful?.needed
  const withNoise = (gaussians: GaussianMixture, noise: number, noiseLogDensity: number): NoisyMixture => {
    const own = { ...gaussians, weights: gaussians.weights.map((weight) => weight * (1 - noise)) }
    return { components, columns, weights: Float64Array.of(...own.weights, noise), gaussians: own, noiseLogDensity }
  }
  const noiseLogDensity = logScale - logVolume(box)
  const total = (sums: Sums): number => sums['counts']!.reduce((sum, count) => sum + count, 0)
  return {
    ...pass,
    name: `${gaussian.name}-with-noise`,
    components,
    clusters,
    units: gaussian.units,
    freeParameters: gaussian.freeParameters + 2,
    state: (mixtures) => withNoiseColumns(pass.state(mixtures.map(({ gaussians }) => untied(gaussians))), mixtures, columns),
    ...(needed && !careful
      ? { careful: { family: noiseFamily(shape, box, logScale, true), needed: ({ gaussians }: NoisyMixture) => needed(untied(gaussians)) } }
      : {}),
    maximize(sums, previous) {
      const gaussians = maximizeGaussian(gaussianSums(clusterSums(sums, columns, isTied), columns), shape, previous?.gaussians ?? null)
      return withNoise(gaussians, sums['counts']![clusters]! / total(sums), noiseLogDensity)
    },
    begin(sums) {
      const gaussians = gaussian.begin({ ...clusterSums(sums, columns, isTied) })
      return withNoise(gaussians, Math.max(leastAtFirst, sums['counts']![clusters]! / total(sums)), noiseLogDensity)
    },
    expectedComplete({ gaussians, weights, noiseLogDensity: own }, sums) {
      const noise = sums['counts']![clusters]! * (Math.log(weights[clusters]!) + own)
      return expectedCompleteLogLikelihood(gaussians, gaussianSums(clusterSums(sums, columns, isTied), columns)) + (sums['counts']![clusters]! > 0 ? noise : 0)
    },
    spurious: ({ gaussians }, rows) => gaussian.spurious(gaussians, rows),
    toModelUnits: (mixture, units) => ({
      ...mixture,
      gaussians: toModelUnits(mixture.gaussians, units),
      noiseLogDensity: mixture.noiseLogDensity - sumOfLogs(units.scale),
    }),
    toStandardUnits: (mixture, units) => ({
      ...mixture,
      gaussians: toStandardUnits(mixture.gaussians, units),
      noiseLogDensity: mixture.noiseLogDensity + sumOfLogs(units.scale),
    }),
    arrays: ({ weights, gaussians, noiseLogDensity: own }) => ({
      ...gaussian.arrays(gaussians),
      weights: { shape: [components], values: weights },
      noiseLogDensity: { shape: [1], values: Float64Array.of(own) },
    }),
    fromArrays(arrays) {
      const weights = arrays['weights']!.values
      const own = { shape: [clusters], values: weights.slice(0, clusters) }
      const gaussians = gaussian.fromArrays({ ...arrays, weights: own })
      return { components, columns, weights, gaussians, noiseLogDensity: arrays['noiseLogDensity']!.values[0]! }
    },
    describe: ({ gaussians, weights, noiseLogDensity: own }) => ({
      ...gaussian.describe(gaussians),
      weights: [...weights],
      noise: { weight: weights[clusters]!, volume: Math.exp(-own), logDensity: own },
    }),
    moments: ({ gaussians }, component) => (component < clusters ? gaussian.moments(gaussians, component) : boxMoments(box, columns)),
    sample(mixture, which, key) {
      const values = gaussian.sample(mixture.gaussians, which.map((component) => Math.min(component, clusters - 1)), key)
      const uniform = new Float64Array(values.length)
      fillUniform(uniform, { ...key, stream: `${key.stream}/noise` })
      for (const [row, component] of which.entries()) {
        if (component < clusters) continue
        values.set(pointIn(box, uniform.subarray(row * columns, (row + 1) * columns)), row * columns)
      }
      return values
    },
  }
}

/** Weight of the noise at the start, where it is given no row: at 0 it would stay there. */
const leastAtFirst = 0.005

const sumOfLogs = (values: Float64Array): number => values.reduce((sum, value) => sum + Math.log(value), 0)

function withOwnCovariances(mixture: GaussianMixture): GaussianMixture {
  const size = mixture.columns ** 2
  const covariances = new Float64Array(mixture.components * size)
  for (let k = 0; k < mixture.components; k += 1) covariances.set(covarianceOf(mixture, k), k * size)
  return { ...mixture, covariance: 'full', covariances }
}

/** The sums of the Gaussians alone; the products of tied ones pooled. */
function clusterSums(sums: Sums, columns: number, pooled: boolean): Sums {
  const components = sums['counts']!.length
  const first = (values: Float64Array): Float64Array => values.subarray(0, (values.length / components) * (components - 1))
  const own = gaussianSums(sums, columns)
  const products = first(own.products)
  return { counts: first(own.counts), sums: first(own.sums), products: pooled ? added(products, columns ** 2) : products }
}

function added(values: Float64Array, size: number): Float64Array {
  const sum = new Float64Array(size)
  for (const [index, value] of values.entries()) sum[index % size]! += value
  return sum
}

/** After the components of each mixture, those of its noise: nothing but log weight − log V in the constant. */
function withNoiseColumns(state: Record<string, Float64Array>, mixtures: readonly NoisyMixture[], columns: number): Record<string, Float64Array> {
  const clusters = mixtures[0]!.components - 1
  const isWhitened = 'projection' in state
  const widened = Object.entries(state).map(([name, values]) => {
    const unit = isWhitened && name !== 'constant' ? columns : 1
    const from = clusters * unit
    const to = from + unit
    const rows = values.length / (mixtures.length * from)
    const wide = new Float64Array(rows * mixtures.length * to)
    for (let block = 0; block < rows * mixtures.length; block += 1) wide.set(values.subarray(block * from, (block + 1) * from), block * to)
    if (name === 'constant' || name === 'form') {
      for (const [index, { weights, noiseLogDensity }] of mixtures.entries()) {
        wide[index * to + from] = weights[clusters]! > 0 ? Math.log(weights[clusters]!) + noiseLogDensity : leastLog
      }
    }
    return [name, wide] as const
  })
  return Object.fromEntries(widened)
}

/** In place of log 0. */
const leastLog = -1e300

/** Mean and covariance of the uniform distribution on a box. */
function boxMoments({ axes, low, high }: Box, columns: number): { mean: Float64Array; covariance: Float64Array } {
  const mean = pointIn({ axes, low, high }, new Float64Array(columns).fill(0.5))
  const covariance = new Float64Array(columns * columns)
  for (let axis = 0; axis < columns; axis += 1) {
    const variance = (high[axis]! - low[axis]!) ** 2 / 12
    for (let i = 0; i < columns; i += 1) {
      for (let j = 0; j < columns; j += 1) covariance[i * columns + j]! += variance * axes[axis * columns + i]! * axes[axis * columns + j]!
    }
  }
  return { mean, covariance }
}

/** @param share  how far along each edge, in [0, 1] */
function pointIn({ axes, low, high }: Box, share: Float64Array): Float64Array {
  const columns = low.length
  const point = new Float64Array(columns)
  for (let axis = 0; axis < columns; axis += 1) {
    const place = low[axis]! + share[axis]! * (high[axis]! - low[axis]!)
    for (let column = 0; column < columns; column += 1) point[column]! += place * axes[axis * columns + column]!
  }
  return point
}

import { cholesky, invertLower, logDeterminant } from '@shared/math/cholesky'
import { factorCovariance } from '../models/factors/factor-mixture'
import { type FactorConstraint, type FactorModel, factorStatistics, maximizeFactors, posteriorOf } from '../models/factors/factor-model'
import { type Conditional, type ObservedMoments, completedMoments, conditional, conditionalDivergence } from '../models/mixtures/gaussian-conditional'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'
import type { EmProblem } from './em'
import { patternsOf } from './missing-gaussian'

/*
 * Factor models on rows with absent entries: log p of a row is that of its observed columns. The latents of the bound are the absent entries,
 * which complete mean and covariance; the M-step is a few EM steps of factor analysis on these, so EM is a generalized one and climbs all
 * the same. Of each pattern of absence only the sums matter, so an iteration costs D³ for each pattern, whatever the rows.
 */

export interface CompletedSums {
  count: number
  /** [D] */
  sums: Float64Array
  /** [D, D] */
  products: Float64Array
  from: FactorModel
}

const innerSteps = 4

/** The density of the rows as a mixture of one Gaussian. */
export const asGaussian = (model: FactorModel): GaussianMixture => ({
  covariance: 'full',
  components: 1,
  columns: model.columns,
  weights: Float64Array.of(1),
  means: model.mean,
  covariances: factorCovariance(model),
})

export function missingFactorProblem(features: Float64Array, columns: number, latent: number, constraint: FactorConstraint): EmProblem<FactorModel, CompletedSums> {
  const groups = patternsOf(features, columns).map((group) => ({ ...group, moments: momentsOf(group.features, group.observed.length) }))
  const weight = groups.reduce((total, { moments }) => total + moments.count, 0)
  const given = (model: FactorModel): (Conditional | null)[] =>
    groups.map((group) => (group.missing.length > 0 ? conditional(asGaussian(model), 0, group) : null))
  const expectedComplete = (model: FactorModel, { count, sums, products }: CompletedSums): number =>
    logDensityOf({ count, sums, products }, model.mean, factorCovariance(model))

  return {
    weight,
    async expect(model, previous) {
      const rest = given(model)
      const whole: CompletedSums = { count: weight, sums: new Float64Array(columns), products: new Float64Array(columns ** 2), from: model }
      const covariance = factorCovariance(model)
      let [logLikelihood, kl] = [0, 0]
      const before = previous && given(previous)
      groups.forEach(({ moments, observed, missing }, index) => {
        const own = rest[index]!
        const completed = own ? completedMoments(moments, own, { observed, missing }, columns) : moments
        completed.sums.forEach((value, d) => (whole.sums[d]! += value))
        completed.products.forEach((value, at) => (whole.products[at]! += value))
        const part = Float64Array.from({ length: observed.length ** 2 }, (_, at) => {
          const [row, column] = [observed[Math.floor(at / observed.length)]!, observed[at % observed.length]!]
          return covariance[row * columns + column]!
        })
        logLikelihood += logDensityOf(moments, Float64Array.from(observed, (d) => model.mean[d]!), part)
        if (before?.[index] && own) kl += conditionalDivergence(moments, before[index], own)
      })
      return { statistics: whole, logLikelihood, complete: expectedComplete(model, whole), kl: previous && kl }
    },
    maximize({ count, sums, products, from }) {
      const mean = sums.map((sum) => sum / count)
      const scatter = products.map((product, index) => product / count - mean[Math.floor(index / columns)]! * mean[index % columns]!)
      let model: FactorModel = { ...from, mean }
      for (let step = 0; step < innerSteps; step += 1) {
        model = maximizeFactors(mean, factorStatistics(model, posteriorOf(model), scatter), latent, constraint)
      }
      return model
    },
    expectedCompleteLogLikelihood: expectedComplete,
  }
}

function momentsOf(rows: Float64Array, width: number): ObservedMoments {
  const sums = new Float64Array(width)
  const products = new Float64Array(width * width)
  for (let start = 0; start < rows.length; start += width) {
    for (let i = 0; i < width; i += 1) {
      sums[i]! += rows[start + i]!
      for (let j = 0; j < width; j += 1) products[i * width + j]! += rows[start + i]! * rows[start + j]!
    }
  }
  return { count: rows.length / width, sums, products }
}

/** Σ log N(x; mean, covariance) over the rows that the moments sum, nats. */
function logDensityOf({ count, sums, products }: ObservedMoments, mean: Float64Array, covariance: Float64Array): number {
  const width = mean.length
  const factor = cholesky(covariance, width)
  if (!factor) return -Infinity
  const inverse = invertLower(factor, width)
  let distance = 0
  for (let i = 0; i < width; i += 1) {
    for (let j = 0; j < width; j += 1) {
      let precision = 0
      for (let k = Math.max(i, j); k < width; k += 1) precision += inverse[k * width + i]! * inverse[k * width + j]!
      distance += precision * (products[i * width + j]! - sums[i]! * mean[j]! - mean[i]! * sums[j]! + count * mean[i]! * mean[j]!)
    }
  }
  return -0.5 * (count * (width * Math.log(2 * Math.PI) + logDeterminant(factor, width)) + distance)
}

import type { ModelSpec } from '@shared/domain/spec'
import { structureOf } from '@shared/domain/models/mixtures'
import type { Runtime } from '../graph/runtime'
import { hasMissing, imputeGaussian, missingGaussianProblem, missingPosterior } from '../inference/missing-gaussian'
import { type MixtureProblem, type ProblemOptions, familyChunks, mixturePosterior, mixtureProblem } from '../inference/mixture-problem'
import type { MixtureStructure } from '../models/mixtures/gaussian-maximization'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'
import type { Mixture } from '../models/mixtures/mixture-family'
import type { AnyFamily } from './mixture-families'

/* Gaussians whose rows lack entries have an E-step of their own; for all others absent entries are a matter of encoding. */

export interface ModelRows {
  runtime: Runtime
  model: ModelSpec
  family: AnyFamily
  /** In the units of the fit; NaN where an entry is absent. */
  features: Float64Array
}

function gaussianShape({ model, family, features }: ModelRows): MixtureStructure | null {
  if (model.kind !== 'gaussian-mixture' || !hasMissing(features)) return null
  const { components, covariance, regularization } = model
  return { structure: structureOf(covariance), components, columns: family.columns, regularization }
}

export async function modelProblem(of: ModelRows, options: ProblemOptions): Promise<MixtureProblem<Mixture>> {
  const shape = gaussianShape(of)
  if (shape) return (await missingGaussianProblem(of.runtime, of.features, shape, options.pause)) as unknown as MixtureProblem<Mixture>
  return mixtureProblem(of.runtime, familyChunks(of.features, of.family), of.family, options)
}

/** Responsibilities [rows, K] and log-densities [rows] of what was observed, in the units of the fit. */
export function modelPosterior(of: ModelRows & { mixture: Mixture; posterior?: 'plain' | 'hard'; pause?: () => Promise<void> }) {
  const shape = gaussianShape(of)
  return shape ? missingPosterior(of.runtime, of.features, shape, of.mixture as GaussianMixture) : mixturePosterior(of)
}

/** Absent entries by their expectations, and standard deviations of all, [rows, columns], in the units of the fit. */
export async function impute(of: ModelRows & { mixture: Mixture }): Promise<{ values: Float64Array; deviations: Float64Array }> {
  const { responsibilities } = await modelPosterior(of)
  const { family, features, mixture } = of
  if (of.model.kind === 'gaussian-mixture') return imputeGaussian(features, mixture as GaussianMixture, responsibilities)
  const { columns, components } = family
  const moments = Array.from({ length: components }, (_, k) => family.moments(mixture, k))
  const values = features.slice()
  const deviations = new Float64Array(features.length)
  for (const [index, value] of features.entries()) {
    if (!Number.isNaN(value)) continue
    const [row, column] = [Math.floor(index / columns), index % columns]
    let [mean, square] = [0, 0]
    for (const [k, own] of moments.entries()) {
      const share = responsibilities[row * components + k]!
      mean += share * own.mean[column]!
      square += share * (own.mean[column]! ** 2 + own.covariance[column * (columns + 1)]!)
    }
    values[index] = mean
    deviations[index] = Math.sqrt(Math.max(0, square - mean * mean))
  }
  return { values, deviations }
}

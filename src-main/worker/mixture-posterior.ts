import type { ModelSpec } from '@shared/domain/spec'
import { hasNoise, structureOf } from '@shared/domain/models/mixtures'
import { AppError } from '@shared/rpc/errors'
import type { Runtime } from '../graph/runtime'
import type { KnownClasses } from '../inference/known-classes'
import { hasMissing, imputeGaussian, missingGaussianProblem, missingPosterior } from '../inference/missing-gaussian'
import { type MixtureProblem, type ProblemOptions, familyChunks, mixturePosterior, mixtureProblem } from '../inference/mixture-problem'
import type { MixtureStructure } from '../models/mixtures/gaussian-maximization'
import { type GaussianMixture, covarianceOf } from '../models/mixtures/gaussian-parameters'
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
  if (hasNoise(model)) throw new AppError('mixture/noise-and-absent')
  const { components, covariance, regularization } = model
  return { structure: structureOf(covariance), components, columns: family.columns, regularization }
}

/** @param of.weights  how often each row counts, [rows], or null for once */
export async function modelProblem(of: ModelRows & { weights?: Float64Array | null }, options: ProblemOptions): Promise<MixtureProblem<Mixture>> {
  const shape = gaussianShape(of)
  if (shape) return (await missingGaussianProblem(of.runtime, of.features, shape, { ...options, weights: of.weights ?? null })) as unknown as MixtureProblem<Mixture>
  return mixtureProblem(of.runtime, familyChunks(of.features, of.family, of.weights), of.family, options)
}

/** Responsibilities [rows, K] and log-densities [rows] of what was observed, in the units of the fit. */
export function modelPosterior(of: ModelRows & { mixture: Mixture; posterior?: 'plain' | 'hard'; known?: KnownClasses | null; pause?: () => Promise<void> }) {
  const shape = gaussianShape(of)
  return shape ? missingPosterior(of.runtime, of.features, { ...shape, ...written(of).shape }, written(of).mixture, of.known) : mixturePosterior(of)
}

/** Covariances that some columns alone can be taken from: those that several components share are written out for each. */
function written({ family, mixture }: { family: AnyFamily; mixture: Mixture }): { mixture: GaussianMixture; shape: { structure: 'VVV' | 'VVI' } } {
  const given = mixture as GaussianMixture
  if (given.covariance === 'diagonal') return { mixture: given, shape: { structure: 'VVI' } }
  if (given.covariance === 'full') return { mixture: given, shape: { structure: 'VVV' } }
  const size = family.columns ** 2
  const covariances = new Float64Array(family.components * size)
  for (let k = 0; k < family.components; k += 1) covariances.set(covarianceOf(given, k), k * size)
  return { mixture: { ...given, covariance: 'full', covariances }, shape: { structure: 'VVV' } }
}

/** The most probable code, mixed over components: the mean of codes would mean nothing. */
function likeliestCode(shares: Float64Array, codes: readonly Float64Array[]): { code: number; probability: number } {
  const mixed = codes[0]!.map((_, code) => codes.reduce((sum, own, k) => sum + shares[k]! * own[code]!, 0))
  const probability = mixed.reduce((most, value) => Math.max(most, value), 0)
  return { code: mixed.indexOf(probability), probability }
}

/**
 * Absent entries by their expectations, and standard deviations of all, [rows, columns], in the units of the fit. A category is filled in by
 * the most probable one; in place of a deviation stands the probability that it is another.
 */
export async function impute(of: ModelRows & { mixture: Mixture }): Promise<{ values: Float64Array; deviations: Float64Array }> {
  const { responsibilities } = await modelPosterior(of)
  const { family, features, mixture } = of
  if (of.model.kind === 'gaussian-mixture') return imputeGaussian(features, written(of).mixture, responsibilities)
  const { columns, components } = family
  const moments = Array.from({ length: components }, (_, k) => family.moments(mixture, k))
  const values = features.slice()
  const deviations = new Float64Array(features.length)
  for (const [index, value] of features.entries()) {
    if (!Number.isNaN(value)) continue
    const [row, column] = [Math.floor(index / columns), index % columns]
    const shares = responsibilities.subarray(row * components, (row + 1) * components)
    const codes = family.codeProbabilities?.(mixture, 0, column) ? moments.map((_, k) => family.codeProbabilities!(mixture, k, column)!) : null
    if (codes) {
      const { code, probability } = likeliestCode(shares, codes)
      values[index] = code
      deviations[index] = 1 - probability
      continue
    }
    let [mean, square] = [0, 0]
    for (const [k, own] of moments.entries()) {
      const share = shares[k]!
      mean += share * own.mean[column]!
      square += share * (own.mean[column]! ** 2 + own.covariance[column * (columns + 1)]!)
    }
    values[index] = mean
    deviations[index] = Math.sqrt(Math.max(0, square - mean * mean))
  }
  return { values, deviations }
}

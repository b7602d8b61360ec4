import type { ObjectiveSpec } from '@shared/domain/models/gradient'
import { add, exp, matmul, multiply, negate, reduceSum, reshape, square, subtract } from '../../../graph/ops'
import { type FloatType, type Tensor, constant } from '../../../graph/tensor'
import { noiseUnder } from '../../noise'
import type { BoundTerms } from '../bound-terms'
import type { BatchMeans, Objective } from './objective'

type DipSpec = Extract<ObjectiveSpec, { dip: unknown }>['dip']
type MmdSpec = Extract<ObjectiveSpec, { mmd: unknown }>['mmd']

/**
 * elbo − λ_o·Σ_{i≠j} C_ij² − λ_d·Σ_i (C_ii − 1)², where C is the covariance over rows of the posterior means (I), with the mean posterior variances
 * on its diagonal (II).     Kumar et al. 2018
 */
export const dip = ({ samples, kind, offDiagonal, diagonal }: DipSpec): Objective => ({
  samples,
  weights: [],
  climb(terms, means) {
    const { latent, type } = terms.model
    const covariance = covarianceOf(terms, means, kind)
    const identity = identityMatrix(latent, type)
    const offs = multiply(covariance, subtract(1, identity))
    const ons = multiply(subtract(covariance, identity), identity)
    const penalty = add(multiply(reduceSum(square(offs)), offDiagonal), multiply(reduceSum(square(ons)), diagonal))
    return { objective: subtract(subtract(means.reconstruction, means.kl), penalty), figures: { covariancePenalty: penalty } }
  },
})

function covarianceOf({ posteriors, model, rows }: BoundTerms, { share, meanRow }: BatchMeans, kind: 'I' | 'II'): Tensor {
  const { mean, logVariance } = posteriors
  const centred = subtract(mean, meanRow(mean))
  const weighted = multiply(centred, reshape(share, [rows, 1]))
  const ofMeans = matmul(weighted, centred, { transposeA: true })
  if (kind === 'I') return ofMeans
  return add(ofMeans, multiply(identityMatrix(model.latent, model.type), meanRow(exp(logVariance))))
}

const identityMatrix = (size: number, type: FloatType): Tensor =>
  constant(Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0)), [size, size], type)

/**
 * E_q log p(x|z) − α·KL − λ·MMD²(q(z), p(z)), with draws of the batch and as many of the prior, and the kernel exp(−‖a−b‖²/(2·h²·latent)).
 *
 * InfoVAE: Zhao et al. 2019; α = 0 leaves the aggregate alone to be matched.
 */
export const mmd = ({ samples, klWeight, weight, bandwidth }: MmdSpec): Objective => ({
  samples,
  weights: [],
  climb(terms, { reconstruction, kl }) {
    const { model, pass, latent, rows } = terms
    const count = terms.samples * rows
    const type = model.type
    const wanted = model.prior.sample(count, noiseUnder(pass.noise, 'mmd'))
    const own = reshape(pass.share(count), [count, 1])
    const equal = constant(new Array<number>(count).fill(1 / count), [count, 1], type)
    const scale = 1 / (2 * bandwidth ** 2 * model.latent)
    const mean = (a: Tensor, b: Tensor, weightsA: Tensor, weightsB: Tensor): Tensor =>
      reduceSum(multiply(kernel(a, b, scale), matmul(weightsA, weightsB, { transposeB: true })))
    const between = mean(latent, wanted, own, equal)
    const discrepancy = subtract(add(mean(latent, latent, own, own), mean(wanted, wanted, equal, equal)), multiply(between, 2))
    const penalized = klWeight === 0 ? reconstruction : subtract(reconstruction, multiply(kl, klWeight))
    return { objective: subtract(penalized, multiply(discrepancy, weight)), figures: { discrepancy } }
  },
})

/** exp(−scale·‖a_i − b_j‖²): [n, latent], [m, latent] → [n, m] */
function kernel(a: Tensor, b: Tensor, scale: number): Tensor {
  const squares = (z: Tensor): Tensor => reduceSum(square(z), [1])
  const column = reshape(squares(a), [a.shape[0]!, 1])
  const row = reshape(squares(b), [1, b.shape[0]!])
  const distances = subtract(add(column, row), multiply(matmul(a, b, { transposeB: true }), 2))
  return exp(negate(multiply(distances, scale)))
}

import type { EstimatorBenchOptions } from '@shared/domain/estimator-bench'
import { add, concatenate, exp, multiply, reduceMean, reduceSum, reshape, slice, square, stopGradient, subtract } from '../../graph/ops'
import type { NumericArray } from '../../graph/runtime'
import { type Tensor, parameter } from '../../graph/tensor'
import type { Estimate } from '../estimators/estimator'
import type { Candidate, GradientProblem } from '../estimators/gradient-problem'
import { type Pass, fittedPass } from '../networks/pass'
import { repeatRows } from './bound-terms'
import { drawDiagonal, gaussianKl } from './posteriors/diagonal-gaussian'
import type { Vae } from './vae'

/**
 * A VAE with a Gaussian q as a place to try estimators at; the parameters are means and log-variances. Null where q is no plain Gaussian, the
 * prior no standard normal, or rows lack entries: then the KL has no formula, and its share of the scatter would be told as the estimator's.
 */
export function vaeProblem(model: Vae, state: Readonly<Record<string, NumericArray>>, { samples }: Pick<EstimatorBenchOptions, 'samples'>): GradientProblem | null {
  const { spec, latent, type, features } = model
  if (spec.posterior !== 'diagonal' || !model.prior.isStandardNormal || spec.missing !== 'refuse') return null
  const candidate = (name: Candidate['name'], baseline: Baseline | 'pathwise', running: Tensor | null = null): Candidate => ({
    ...{ name, samples, temperature: null, biased: false, target: 'elbo' },
    weights: running ? [{ tensor: running, bound: 0, centre: 0, isStatistic: true }] : [],
    estimate: (x, parameters, pass) => estimate(model, { x, parameters, samples, baseline, running }, pass),
  })
  const reference = candidate('reparameterization', 'pathwise')
  return {
    type,
    features,
    width: 2 * latent,
    state,
    parameters(x) {
      const { mean, logVariance } = model.encode({ x }, fittedPass)
      return concatenate([mean, logVariance], 1)
    },
    exact: null,
    reference,
    candidates: [
      reference,
      candidate('none', 'none'),
      candidate('running', 'running', parameter('baseline/mean', [], type)),
      candidate('leaveOneOut', 'others'),
    ],
  }
}

/** What is taken off the signal of a score function: nothing, the running mean of it, or the mean of a row's other draws. */
type Baseline = 'none' | 'running' | 'others'

interface Setting {
  x: Tensor
  parameters: Tensor
  samples: number
  baseline: Baseline | 'pathwise'
  running: Tensor | null
}

/** pathwise: ∇ through z = μ + σε. Else f·∇log q(z) at draws that stand still, less a baseline. The KL goes by its formula in both. */
function estimate(model: Vae, { x, parameters, samples, baseline, running }: Setting, pass: Pass): Estimate {
  const rows = x.shape[0]!
  const [mean, logVariance] = [slice(parameters, 1, 0, model.latent), slice(parameters, 1, model.latent, 2 * model.latent)]
  const isPathwise = baseline === 'pathwise'
  const still = (tensor: Tensor): Tensor => (isPathwise ? tensor : stopGradient(tensor))
  const { latent } = drawDiagonal(still(mean), still(logVariance), samples, pass.noise)
  const repeated = repeatRows({ x }, samples)
  const values = reshape(model.likelihood.logProbability(repeated.x, model.decode(latent, repeated, pass)), [samples, rows])
  const value = reduceMean(values, [0])
  const kl = reduceSum(gaussianKl(mean, logVariance), [1])
  if (isPathwise) return { surrogate: subtract(value, kl), value }
  const fixed = stopGradient(values)
  const signal =
    baseline === 'others' ? multiply(subtract(fixed, reduceMean(fixed, [0], true)), samples / (samples - 1)) : running ? subtract(fixed, running) : fixed
  const score = logDensity(reshape(latent, [samples, rows, model.latent]), mean, logVariance)
  return { surrogate: subtract(reduceMean(multiply(signal, score), [0]), kl), value }
}

/** log N(z; mean, exp logVariance) without its constant: z [samples, rows, latent] → [samples, rows]. */
function logDensity(z: Tensor, mean: Tensor, logVariance: Tensor): Tensor {
  const terms = add(multiply(square(subtract(z, mean)), exp(multiply(logVariance, -1))), logVariance)
  return multiply(reduceSum(terms, [2]), -0.5)
}

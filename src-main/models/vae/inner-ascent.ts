import { fillUniform } from '@shared/math/random'
import { clamp } from '../../graph/compose'
import { differentiate } from '../../graph/differentiate'
import { add, broadcastTo, exp, like, multiply, reduceSum, reshape, slice, stopGradient, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, constant } from '../../graph/tensor'
import type { StepSpec } from '../gradient-model'
import { fittedPass } from '../networks/pass'
import { repeatRows } from './bound-terms'
import { diagonalOf, gaussianKl } from './posteriors/diagonal-gaussian'
import type { Rows, Vae } from './vae'

/*
 * q(z|x) by ascent of each row's own bound, in place of or after an encoder: stochastic variational inference and its semi-amortized form.
 * Hoffman et al. 2013; Kim et al. 2018; Krishnan et al. 2018
 */

/** At most so many points stand for the draws of a step. */
const mostDraws = 16
/** No step moves a mean, or the logarithm of a variance, by more. */
const longest = 0.5

/** The same model with another way to q(z|x); without an encoder where none is asked. Specifications of earlier versions do not say. */
export function withInference(model: Vae, { mode, inner }: Partial<Pick<StepSpec, 'mode' | 'inner'>>): Vae {
  if (!mode || !inner || mode === 'amortized') return model
  if (mode === 'semi-amortized') {
    return {
      ...model,
      encode(rows, pass) {
        const start = model.encode(rows, pass)
        const end = ascended(model, rows, start, inner)
        // What the ascent adds is a constant to the encoder, which so gets the gradient at the end of it.
        const after = (from: Tensor, to: Tensor): Tensor => add(from, stopGradient(subtract(to, from)))
        return diagonalOf(after(start.mean, end.mean), after(start.logVariance, end.logVariance))
      },
    }
  }
  return {
    ...model,
    weights: model.weights.filter(({ tensor }) => !tensor.name!.startsWith('encoder/')),
    encode(rows) {
      const { mean, logVariance } = ascended(model, rows, startOf(model, rows), inner)
      return diagonalOf(mean, logVariance)
    },
  }
}

/** What an earlier ascent of the same rows ended at; of rows that are new, the prior. */
function startOf({ latent }: Vae, { x, phi }: Rows): Moments {
  const zero = broadcastTo(like(0, x), [x.shape[0]!, latent])
  return phi ? { mean: slice(phi, 1, 0, latent), logVariance: slice(phi, 1, latent, 2 * latent) } : { mean: zero, logVariance: zero }
}

interface Moments {
  mean: Tensor
  logVariance: Tensor
}

/**
 * Steps of natural gradients, φ ← φ + ρ·F⁻¹∇: for the mean σ²·∂, for log σ² twice the derivative.     Amari 1998; F of a diagonal Gaussian
 *
 * @returns  [rows, latent] each; no gradient flows through
 */
function ascended(model: Vae, rows: Rows, start: Moments, { steps, rate }: StepSpec['inner']): Moments {
  const epsilon = signPoints(model.latent, model.type)
  const repeated = repeatRows(rows, epsilon.shape[0]!)
  let [mean, logVariance] = [stopGradient(start.mean), stopGradient(start.logVariance)]
  for (let step = 0; step < steps; step += 1) {
    const [towards, wider] = differentiate(rowBounds(model, repeated, { mean, logVariance }, epsilon), [mean, logVariance])
    const moved = clamp(multiply(multiply(exp(logVariance), towards!), rate), -longest, longest)
    mean = stopGradient(add(mean, moved))
    logVariance = stopGradient(add(logVariance, clamp(multiply(wider!, 2 * rate), -longest, longest)))
  }
  return { mean, logVariance }
}

/** The bounds of all rows, summed: []. */
function rowBounds(model: Vae, repeated: Rows, { mean, logVariance }: Moments, epsilon: Tensor): Tensor {
  const [rows, latent] = mean.shape as [number, number]
  const draws = epsilon.shape[0]!
  const z = reshape(add(mean, multiply(exp(multiply(logVariance, 0.5)), epsilon)), [draws * rows, latent])
  const likelihood = model.likelihood.logProbability(repeated.x, model.decode(z, repeated, fittedPass), repeated.observed)
  const expected = multiply(reduceSum(likelihood), 1 / draws)
  if (model.prior.isStandardNormal) return subtract(expected, reduceSum(gaussianKl(mean, logVariance)))
  return add(add(expected, multiply(reduceSum(model.prior.logDensity(z)), 1 / draws)), multiply(reduceSum(logVariance), 0.5))
}

/**
 * Points of ±1 in place of draws of N(0, I), [points, 1, latent], with mean 0, variances 1 and no covariances: columns of a Hadamard matrix. They are
 * the same for all rows and steps, so that a row's q is a function of the row, and expectations of quadratic functions are exact. Dimensions
 * beyond the columns there are take random signs.
 */
function signPoints(latent: number, type: FloatType): Tensor {
  const points = Math.min(mostDraws, 2 ** Math.ceil(Math.log2(latent + 1)))
  const random = new Float64Array(points * latent)
  fillUniform(random, { seed: 0, stream: 'inner-ascent' })
  const sign = (point: number, column: number): number => {
    if (column + 1 >= points) return random[point * latent + column]! < 0.5 ? -1 : 1
    return isOdd(point & (column + 1)) ? -1 : 1
  }
  const values = Array.from({ length: points * latent }, (_, at) => sign(Math.floor(at / latent), at % latent))
  return constant(values, [points, 1, latent], type)
}

/** Of a number's bits. */
const isOdd = (bits: number): boolean => [...bits.toString(2)].filter((bit) => bit === '1').length % 2 === 1

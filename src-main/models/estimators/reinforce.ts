import { networkSchema } from '@shared/domain/models/networks'
import { add, multiply, reduceSum, reshape, square, stopGradient, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, parameter } from '../../graph/tensor'
import { denseStack } from '../networks/dense'
import type { Layer } from '../networks/layer'
import type { Pass } from '../networks/pass'
import { type GradientEstimator, drawCodes, integrand, logMass, meanOverDraws } from './estimator'

/*
 * ∇E f = E[(f(z) − b)·∇log q(z) + ∇f(z)]: a baseline b that does not depend on the draw leaves the mean as it is.     Williams 1992
 */

/** How fast the running baseline forgets. */
const memory = 0.9

/** f itself is the signal. */
export const reinforce = (samples: number): GradientEstimator => scoreFunction(samples, null, null)

/** The signal is f less a running mean of it over the steps so far. */
export const reinforceRunning = (samples: number, type: FloatType): GradientEstimator => scoreFunction(samples, runningMean(type), null)

/** The signal is f less a running mean and less a network's guess of the rest from the row, fitted by squares. Mnih & Gregor 2014, without their scaling */
export const reinforceLearned = (samples: number, width: number, type: FloatType): GradientEstimator =>
  scoreFunction(samples, runningMean(type), denseStack('baseline', networkSchema.parse({ mlp: [100], activation: 'tanh' }), width, 1, type))

const runningMean = (type: FloatType): Tensor => parameter('baseline/mean', [], type)

function scoreFunction(samples: number, running: Tensor | null, guess: Layer | null): GradientEstimator {
  return {
    target: 'mean',
    biased: false,
    samples,
    weights: [...(running ? [{ tensor: running, bound: 0, centre: 0, isStatistic: true }] : []), ...(guess?.weights ?? [])],
    estimate(expectation, pass) {
      const codes = drawCodes(expectation.logits, samples, pass.noise)
      const values = integrand(expectation, codes)
      const fixed = stopGradient(values)
      const value = meanOverDraws(values)
      const centred = running ? subtract(fixed, running) : fixed
      if (running && pass.training) keepMean(running, stopGradient(value), pass)
      const guessed = guess && reshape(guess(expectation.seen, pass), [value.shape[0]!])
      const signal = guessed ? subtract(centred, stopGradient(guessed)) : centred
      return {
        surrogate: meanOverDraws(add(values, multiply(signal, logMass(expectation.logits, codes)))),
        value,
        ...(guessed ? { ownLoss: meanOverDraws(square(subtract(stopGradient(centred), guessed))) } : {}),
      }
    },
  }
}

function keepMean(running: Tensor, perRow: Tensor, pass: Pass): void {
  const now = reduceSum(multiply(perRow, pass.share(perRow.shape[0]!)))
  pass.update(running, add(multiply(running, memory), multiply(now, 1 - memory)))
}

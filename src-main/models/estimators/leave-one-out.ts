import { logSumExp } from '../../graph/compose'
import { add, exp, log, maximum, multiply, reduceMax, reduceSum, stopGradient, subtract } from '../../graph/ops'
import type { Tensor } from '../../graph/tensor'
import { effectiveSamples } from '../effective-samples'
import { type GradientEstimator, drawCodes, integrand, logMass, meanOverDraws } from './estimator'

/** Score function with the mean of the other draws of the same row as the baseline of each.     Salimans & Knowles 2014; Kool et al. 2019 */
export const leaveOneOut = (samples: number): GradientEstimator => ({
  target: 'mean',
  biased: false,
  samples,
  weights: [],
  estimate(expectation, pass) {
    const codes = drawCodes(expectation.logits, samples, pass.noise)
    const values = integrand(expectation, codes)
    // f_s − 1/(S−1) Σ_{t≠s} f_t = S/(S−1)·(f_s − mean)
    const signal = multiply(stopGradient(subtract(values, meanOverDraws(values))), samples / (samples - 1))
    const surrogate = meanOverDraws(add(values, multiply(signal, logMass(expectation.logits, codes))))
    return { surrogate, value: meanOverDraws(values) }
  },
})

/**
 * The importance-weighted bound L = log 1/S Σ_s w_s, log w = f: ∇L's score part has for each draw the signal L − L_{−s}, where L_{−s} has the
 * geometric mean of the other weights in place of w_s.     VIMCO: Mnih & Rezende 2016, equations 8–10
 */
export const vimco = (samples: number): GradientEstimator => ({
  target: 'logMeanExp',
  biased: false,
  samples,
  weights: [],
  estimate(expectation, pass) {
    const codes = drawCodes(expectation.logits, samples, pass.noise)
    const logWeights = integrand(expectation, codes)
    const bound = subtract(logSumExp(logWeights, [0]), Math.log(samples))
    const signal = stopGradient(subtract(bound, withoutEach(stopGradient(logWeights), samples)))
    const surrogate = add(bound, reduceSum(multiply(signal, logMass(expectation.logits, codes)), [0]))
    return { surrogate, value: meanOverDraws(logWeights), bound, effective: effectiveSamples(logWeights) }
  },
})

/** L with w_s replaced by the geometric mean of the others: [samples, rows] → [samples, rows]. */
function withoutEach(logWeights: Tensor, samples: number): Tensor {
  const others = multiply(subtract(reduceSum(logWeights, [0], true), logWeights), 1 / (samples - 1))
  const shift = reduceMax(logWeights, [0], true)
  const own = exp(subtract(logWeights, shift))
  const rest = maximum(subtract(reduceSum(own, [0], true), own), 0)
  return subtract(add(log(add(rest, exp(subtract(others, shift)))), shift), Math.log(samples))
}

import { softmax } from '../../graph/compose'
import { add, multiply, reshape, stopGradient, subtract } from '../../graph/ops'
import { drawCodes, integrand, largest, meanOverDraws, perturbed, type GradientEstimator } from './estimator'

/* Gradients through codes that are not quite codes: little variance, and a mean that is not the gradient. */

/** z = softmax((logits + Gumbel noise)/temperature): the higher the temperature, the softer the code. Maddison et al. 2017, Jang et al. 2017 */
export const gumbelSoftmax = (samples: number, temperature: number): GradientEstimator => ({
  target: 'mean',
  biased: true,
  samples,
  weights: [],
  estimate(expectation, pass) {
    const scores = perturbed(expectation.logits, samples, pass.noise)
    const [, rows, variables, categories] = scores.shape as [number, number, number, number]
    const soft = reshape(softmax(multiply(scores, 1 / temperature), 3), [samples * rows, variables, categories])
    const value = meanOverDraws(integrand(expectation, stopGradient(largest(scores))))
    return { surrogate: meanOverDraws(integrand(expectation, soft)), value: stopGradient(value) }
  },
})

/** f sees a code, and its gradient goes on as if it had seen the probabilities.     Bengio et al. 2013 */
export const straightThrough = (samples: number): GradientEstimator => ({
  target: 'mean',
  biased: true,
  samples,
  weights: [],
  estimate(expectation, pass) {
    const codes = drawCodes(expectation.logits, samples, pass.noise)
    const [rows, variables, categories] = expectation.logits.shape as [number, number, number]
    const probabilities = softmax(expectation.logits, 2)
    const shift = subtract(probabilities, stopGradient(probabilities))
    const through = add(reshape(codes, [samples, rows, variables, categories]), shift)
    const value = meanOverDraws(integrand(expectation, reshape(through, codes.shape)))
    return { surrogate: value, value }
  },
})

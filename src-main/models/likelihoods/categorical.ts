import { logSoftmax, softmax } from '../../graph/compose'
import { add, argMax, cast, equal, log, multiply, negate, reduceSum, reshape } from '../../graph/ops'
import type { FloatType, Tensor } from '../../graph/tensor'
import { besideLevels, levelAxis, levelView } from './levels'
import { type Likelihood, sumOverFeatures } from './likelihood'

/** A probability for each of the levels 0 … levels−1 of each feature: log softmax(logits)[x]. */
export function categorical(levels: number, features: number, type: FloatType): Likelihood {
  const axis = levelAxis(levels, type)
  const logitsOf = (output: Tensor): Tensor => reshape(output, [output.shape[0]!, levels, features])
  return {
    outputs: levels * features,
    weights: [],
    view: levelView(levels, features),
    logProbability(x, output, observed) {
      const chosen = cast(equal(besideLevels(x), axis), type)
      return sumOverFeatures(reduceSum(multiply(chosen, logSoftmax(logitsOf(output), 1)), [1]), observed)
    },
    mean: (output) => reduceSum(multiply(softmax(logitsOf(output), 1), axis), [1]),
    sample: (output, noise) => gumbelChoice(logitsOf(output), noise.uniform('likelihood', [output.shape[0]!, levels, features], type)),
  }
}

/** A level by its probability, the largest of logits + Gumbel noise: [rows, levels, features] → [rows, features] */
export const gumbelChoice = (logits: Tensor, uniform: Tensor): Tensor =>
  cast(argMax(add(logits, negate(log(negate(log(uniform))))), 1), logits.type)

import type { LikelihoodSpec } from '@shared/domain/models/vae'
import { clamp } from '../../graph/compose'
import { add, divide, equal, exp, floor as roundDown, log, maximum, multiply, negate, reduceSum, sigmoid, slice, softplus, subtract, where } from '../../graph/ops'
import { type FloatType, type Tensor, parameter } from '../../graph/tensor'
import { constantWeight } from '../networks/weight'
import { besideLevels, levelAxis, levelView } from './levels'
import { type Likelihood, sumOverFeatures } from './likelihood'

type LogisticSpec = Extract<LikelihoodSpec, { discretizedLogistic: unknown }>['discretizedLogistic']

/**
 * A logistic distribution cut into the levels 0 … levels−1: P(x) = σ((x + ½ − m)/s) − σ((x − ½ − m)/s), where the first and the last level take
 * all that lies beyond.     Kingma et al. 2016; Salimans et al. 2017
 *
 * With a = (x + ½ − m)/s and b = (x − ½ − m)/s,  log P = −softplus(−a) − softplus(b) + log(1 − e^{−1/s}): no difference of nearly equal numbers.
 */
export function discretizedLogistic({ levels, scale, floor }: LogisticSpec, features: number, type: FloatType): Likelihood {
  const shared = scale === 'shared' ? parameter('likelihood/logScale', [], type) : null
  const half = (levels - 1) / 2
  // The decoder speaks of levels as the encoder sees them, from −1 to 1, so that its numbers are of order 1.
  const locationOf = (output: Tensor): Tensor => multiply(add(shared ? output : slice(output, 1, 0, features), 1), half)
  const scaleOf = (output: Tensor): Tensor =>
    multiply(exp(maximum(shared ?? slice(output, 1, features, 2 * features), Math.log(floor))), half)
  return {
    outputs: shared ? features : 2 * features,
    weights: shared ? [constantWeight(shared, -1)] : [],
    view: levelView(levels, features),
    logProbability: (x, output, observed) => sumOverFeatures(logisticTerms(x, locationOf(output), scaleOf(output), levels), observed),
    // E[x] = Σ_k P(x > k)
    mean(output) {
      const above = subtract(besideLevels(locationOf(output)), add(levelAxis(levels - 1, type), 0.5))
      const spread = scaleOf(output)
      return reduceSum(sigmoid(divide(above, spread.shape.length === 0 ? spread : besideLevels(spread))), [1])
    },
    sample(output, noise) {
      const location = locationOf(output)
      const uniform = noise.uniform('likelihood', location.shape, type)
      const logit = subtract(log(uniform), log(subtract(1, uniform)))
      return clamp(roundDown(add(add(location, multiply(scaleOf(output), logit)), 0.5)), 0, levels - 1)
    },
  }
}

function logisticTerms(x: Tensor, location: Tensor, spread: Tensor, levels: number): Tensor {
  const centred = subtract(x, location)
  const below = negate(softplus(negate(divide(add(centred, 0.5), spread))))
  const above = negate(softplus(divide(subtract(centred, 0.5), spread)))
  const between = log(subtract(1, exp(divide(-1, spread))))
  const inner = add(add(below, above), between)
  return where(equal(x, 0), below, where(equal(x, levels - 1), above, inner))
}

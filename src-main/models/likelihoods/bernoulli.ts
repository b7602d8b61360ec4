import { cast, greater, multiply, sigmoid, softplus, subtract } from '../../graph/ops'
import type { FloatType } from '../../graph/tensor'
import { type Likelihood, sumOverFeatures } from './likelihood'

/** log Bern(x; σ(l)) = x·l − log(1 + exp(l)), also for x between 0 and 1 (cross-entropy with soft targets). */
export const bernoulli = (features: number): Likelihood => ({
  outputs: features,
  weights: [],
  mean: sigmoid,
  logProbability: (x, logits, observed) => sumOverFeatures(subtract(multiply(x, logits), softplus(logits)), observed),
  sample: (logits, noise) => cast(greater(sigmoid(logits), noise.uniform('likelihood', logits.shape, logits.type as FloatType)), logits.type),
})

import type { Activation } from '@shared/domain/models/networks'
import { add, erf, exp, maximum, minimum, multiply, relu, sigmoid, softplus, subtract, tanh } from '../../graph/ops'
import type { Tensor } from '../../graph/tensor'

const leak = 0.01

export const activations: Record<Activation, (x: Tensor) => Tensor> = {
  relu,
  'leaky-relu': (x) => maximum(x, multiply(x, leak)),
  /** x above 0, eˣ − 1 below it. */
  elu: (x) => add(relu(x), subtract(exp(minimum(x, 0)), 1)),
  /** x·Φ(x), Hendrycks & Gimpel 2016 */
  gelu: (x) => multiply(multiply(x, 0.5), add(erf(multiply(x, Math.SQRT1_2)), 1)),
  /** x·σ(x), Elfwing et al. 2018 */
  silu: (x) => multiply(x, sigmoid(x)),
  tanh,
  softplus,
  sigmoid,
  identity: (x) => x,
}

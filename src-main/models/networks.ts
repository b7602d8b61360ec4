import type { Activation, Mlp } from '@shared/domain/spec'
import { type RandomKey, fillUniform } from '@shared/math/random'
import { add, matmul, relu, sigmoid, softplus, tanh } from '../graph/ops'
import type { NumericArray } from '../graph/runtime'
import { type FloatType, type Tensor, parameter, sizeOf } from '../graph/tensor'

/** A parameter with the rule for its value before training. */
export interface Weight {
  tensor: Tensor
  /** Uniform on ±bound: 1/√fanIn for the weights and biases of a dense layer, as He et al. 2015 with a = √5; 0 for constants. */
  bound: number
  /** Where the interval lies; 0 for layers. */
  centre: number
}

export const initialValues = (weights: readonly Weight[], key: RandomKey, type: FloatType): Record<string, NumericArray> =>
  Object.fromEntries(
    weights.map(({ tensor, bound, centre }) => {
      const values = type === 'float32' ? new Float32Array(sizeOf(tensor.shape)) : new Float64Array(sizeOf(tensor.shape))
      fillUniform(values, { seed: key.seed, stream: `${key.stream}/${tensor.name}` })
      for (let index = 0; index < values.length; index += 1) values[index] = centre + bound * (2 * values[index]! - 1)
      return [tensor.name!, values]
    }),
  )

const activations: Record<Activation, (x: Tensor) => Tensor> = { relu, tanh, softplus, sigmoid, identity: (x) => x }

export interface Layer {
  (x: Tensor): Tensor
  weights: Weight[]
}

/** x·W + b;  x [rows, from] → [rows, to]. */
export function dense(name: string, from: number, to: number, type: FloatType): Layer {
  const matrix = parameter(`${name}/weight`, [from, to], type)
  const bias = parameter(`${name}/bias`, [to], type)
  const bound = 1 / Math.sqrt(from)
  const layer = (x: Tensor): Tensor => add(matmul(x, matrix), bias)
  return Object.assign(layer, { weights: [matrix, bias].map((tensor) => ({ tensor, bound, centre: 0 })) })
}

/** Dense layers with an activation after each hidden one, and a linear last one: [rows, from] → [rows, to]. */
export function multilayerPerceptron(name: string, spec: Mlp, from: number, to: number, type: FloatType): Layer {
  const widths = [from, ...spec.mlp, to]
  const layers = widths.slice(1).map((width, index) => dense(`${name}/${index}`, widths[index]!, width, type))
  const activate = activations[spec.activation]
  const network = (x: Tensor): Tensor => layers.reduce((h, layer, index) => (index < layers.length - 1 ? activate(layer(h)) : layer(h)), x)
  return Object.assign(network, { weights: layers.flatMap((layer) => layer.weights) })
}

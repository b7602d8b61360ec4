import type { ImageShape } from '@shared/domain/run'
import type { Activation, Network } from '@shared/domain/spec'
import { type PictureSize, pictureSizes } from '@shared/math/picture-sizes'
import { type RandomKey, fillUniform } from '@shared/math/random'
import {
  type ConvolutionGeometry,
  add,
  convolution,
  matmul,
  relu,
  reshape,
  sigmoid,
  softplus,
  tanh,
  transpose,
  transposedConvolution,
} from '../graph/ops'
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
function denseStack(name: string, spec: Network, from: number, to: number, type: FloatType): Layer {
  const widths = [from, ...spec.mlp, to]
  const layers = widths.slice(1).map((width, index) => dense(`${name}/${index}`, widths[index]!, width, type))
  const activate = activations[spec.activation]
  const network = (x: Tensor): Tensor => layers.reduce((h, layer, index) => (index < layers.length - 1 ? activate(layer(h)) : layer(h)), x)
  return Object.assign(network, { weights: layers.flatMap((layer) => layer.weights) })
}

const geometryOf = ({ kernel, stride }: Network): ConvolutionGeometry => {
  const border = Math.floor(kernel / 2)
  return { stride: [stride, stride], dilation: [1, 1], padding: [border, border, border, border] }
}
const area = ({ channels, height, width }: PictureSize): number => channels * height * width

/** Filters [first, second, kernel, kernel] and a bias per output channel; fan-in as for dense layers. */
function filterWeights(name: string, first: number, second: number, outputs: number, fanIn: number, kernel: number, type: FloatType): Weight[] {
  const bound = 1 / Math.sqrt(fanIn)
  return [
    { tensor: parameter(`${name}/filters`, [first, second, kernel, kernel], type), bound, centre: 0 },
    { tensor: parameter(`${name}/bias`, [outputs, 1, 1], type), bound, centre: 0 },
  ]
}

/** Pictures [rows, height·width·channels] → [rows, to]: convolutions, then dense layers; only dense ones where the spec has no channels. */
export function encoderNetwork(name: string, spec: Network, from: number, to: number, shape: ImageShape | null, type: FloatType): Layer {
  if (spec.channels.length === 0 || !shape) return denseStack(name, spec, from, to, type)
  const sizes = pictureSizes(spec, shape)
  const activate = activations[spec.activation]
  const layers = sizes.slice(1).map(({ channels }, index) => {
    const inputs = sizes[index]!.channels
    return filterWeights(`${name}/convolution/${index}`, channels, inputs, channels, inputs * spec.kernel ** 2, spec.kernel, type)
  })
  const last = area(sizes.at(-1)!)
  const top = denseStack(name, spec, last, to, type)
  const network = (x: Tensor): Tensor => {
    const rows = x.shape[0]!
    const pictures = transpose(reshape(x, [rows, ...shape]), [0, 3, 1, 2])
    const convolved = layers.reduce((h, [filters, bias]) => activate(add(convolution(h, filters!.tensor, geometryOf(spec)), bias!.tensor)), pictures)
    return top(reshape(convolved, [rows, last]))
  }
  return Object.assign(network, { weights: [...layers.flat(), ...top.weights] })
}

/**
 * [rows, from] → [rows, groups·height·width·channels], `groups` numbers for each pixel value one group after another: dense layers, then
 * transposed convolutions through the encoder's picture sizes backwards.
 */
export function decoderNetwork(name: string, spec: Network, from: number, to: number, shape: ImageShape | null, type: FloatType): Layer {
  if (spec.channels.length === 0 || !shape) return denseStack(name, spec, from, to, type)
  const sizes = pictureSizes(spec, shape).reverse()
  const groups = to / (shape[0] * shape[1] * shape[2])
  const outputs = sizes.map(({ channels }, index) => (index === sizes.length - 1 ? groups * channels : channels))
  const activate = activations[spec.activation]
  const bottom = denseStack(name, spec, from, area(sizes[0]!), type)
  const layers = sizes.slice(1).map((_, index) => {
    const channels = outputs[index + 1]!
    return filterWeights(`${name}/convolution/${index}`, sizes[index]!.channels, channels, channels, sizes[index]!.channels * spec.kernel ** 2, spec.kernel, type)
  })
  const network = (z: Tensor): Tensor => {
    const rows = z.shape[0]!
    const first = sizes[0]!
    const start = activate(reshape(bottom(z), [rows, first.channels, first.height, first.width]))
    const pictures = layers.reduce((h, [filters, bias], index) => {
      const { height, width } = sizes[index + 1]!
      const grown = add(transposedConvolution(h, filters!.tensor, geometryOf(spec), [height, width]), bias!.tensor)
      return index < layers.length - 1 ? activate(grown) : grown
    }, start)
    const [height, width, depth] = shape
    return reshape(transpose(reshape(pictures, [rows, groups, depth, height, width]), [0, 1, 3, 4, 2]), [rows, to])
  }
  return Object.assign(network, { weights: [...bottom.weights, ...layers.flat()] })
}

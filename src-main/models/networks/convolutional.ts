import type { Network } from '@shared/domain/models/networks'
import type { ImageShape } from '@shared/domain/run'
import { type PictureSize, pictureSizes } from '@shared/math/picture-sizes'
import { type ConvolutionGeometry, add, concatenate, convolution, reshape, slice, transpose, transposedConvolution } from '../../graph/ops'
import { type FloatType, type Tensor, parameter } from '../../graph/tensor'
import { activations } from './activations'
import { denseStack } from './dense'
import { type Layer, layer, sequence } from './layer'
import { dropout, normLayer } from './norm'
import type { Weight } from './weight'

const geometryOf = (kernel: number, stride: number): ConvolutionGeometry => {
  const border = Math.floor(kernel / 2)
  return { stride: [stride, stride], dilation: [1, 1], padding: [border, border, border, border] }
}
const area = ({ channels, height, width }: PictureSize): number => channels * height * width

/** Filters [first, second, kernel, kernel] and a bias per output channel; fan-in as for dense layers. */
function filterWeights(name: string, [first, second]: [number, number], outputs: number, fanIn: number, kernel: number, type: FloatType): [Weight, Weight] {
  const bound = 1 / Math.sqrt(fanIn)
  return [
    { tensor: parameter(`${name}/filters`, [first, second, kernel, kernel], type), bound, centre: 0 },
    { tensor: parameter(`${name}/bias`, [outputs, 1, 1], type), bound, centre: 0 },
  ]
}

interface Channels {
  from: number
  to: number
}

function convolutionLayer(name: string, { from, to }: Channels, kernel: number, stride: number, type: FloatType): Layer {
  const weights = filterWeights(name, [to, from], to, from * kernel ** 2, kernel, type)
  const [filters, bias] = weights
  return layer((h) => add(convolution(h, filters.tensor, geometryOf(kernel, stride)), bias.tensor), weights)
}

function transposedLayer(name: string, { from, to }: Channels, size: PictureSize, { kernel, stride }: Network, type: FloatType): Layer {
  const weights = filterWeights(name, [from, to], to, from * kernel ** 2, kernel, type)
  const [filters, bias] = weights
  const grow = (h: Tensor): Tensor => transposedConvolution(h, filters.tensor, geometryOf(kernel, stride), [size.height, size.width])
  return layer((h) => add(grow(h), bias.tensor), weights)
}

/** Norm, activation and dropout after a convolution. */
const finish = (name: string, spec: Network, channels: number, type: FloatType): Layer[] => [
  normLayer(`${name}/norm`, spec.norm, channels, 'picture', type),
  layer(activations[spec.activation], []),
  dropout(name, spec.dropout),
]

const residualKernel = 3

/** h + f(h) on pictures of one size, f: 3×3 convolution, norm, activation, dropout, 3×3 convolution. He et al. 2016 */
function residual(name: string, spec: Network, channels: number, type: FloatType): Layer {
  const same = (index: number): Layer => convolutionLayer(`${name}/${index}`, { from: channels, to: channels }, residualKernel, 1, type)
  const inner = sequence([same(0), ...finish(name, spec, channels, type), same(1)])
  return layer((h, pass) => add(h, inner(h, pass)), inner.weights)
}
const residuals = (name: string, spec: Network, channels: number, type: FloatType): Layer[] =>
  Array.from({ length: spec.residualBlocks }, (_, block) => residual(`${name}/residual/${block}`, spec, channels, type))

/**
 * Pictures [rows, height·width·channels] → [rows, to]: convolutions, each with its residual blocks, then dense layers. Numbers behind the pixels, up
 * to `from`, go to the dense layers alone.
 */
export function convolutionalEncoder(name: string, spec: Network, from: number, shape: ImageShape, to: number, type: FloatType): Layer {
  const sizes = pictureSizes(spec, shape)
  const convolutions = sizes.slice(1).flatMap(({ channels }, index) => {
    const own = `${name}/convolution/${index}`
    const first = convolutionLayer(own, { from: sizes[index]!.channels, to: channels }, spec.kernel, spec.stride, type)
    return [first, ...finish(own, spec, channels, type), ...residuals(own, spec, channels, type)]
  })
  const last = area(sizes.at(-1)!)
  const pixels = shape[0] * shape[1] * shape[2]
  const opened = layer((x) => transpose(reshape(x, [x.shape[0]!, ...shape]), [0, 3, 1, 2]), [])
  const flattened = layer((h) => reshape(h, [h.shape[0]!, last]), [])
  const seen = sequence([opened, ...convolutions, flattened])
  const dense = denseStack(name, spec, last + from - pixels, to, type)
  const picture = (x: Tensor): Tensor => (from === pixels ? x : slice(x, 1, 0, pixels))
  const besides = (x: Tensor): Tensor[] => (from === pixels ? [] : [slice(x, 1, pixels, from)])
  return layer((x, pass) => {
    const parts = [seen(picture(x), pass), ...besides(x)]
    return dense(parts.length === 1 ? parts[0]! : concatenate(parts, 1), pass)
  }, [...seen.weights, ...dense.weights])
}

/**
 * [rows, from] → [rows, groups·height·width·channels], `groups` numbers for each pixel value one group after another: dense layers, then
 * transposed convolutions through the encoder's picture sizes backwards.
 */
export function convolutionalDecoder(name: string, spec: Network, from: number, shape: ImageShape, to: number, type: FloatType): Layer {
  const sizes = pictureSizes(spec, shape).reverse()
  const [height, width, depth] = shape
  const groups = to / (height * width * depth)
  const first = sizes[0]!
  const bottom = denseStack(name, spec, from, area(first), type)
  const opened = layer((h) => activations[spec.activation](reshape(h, [h.shape[0]!, first.channels, first.height, first.width])), [])
  const grown = sizes.slice(1).flatMap((size, index) => {
    const isLast = index === sizes.length - 2
    const own = `${name}/convolution/${index}`
    const channels = isLast ? groups * size.channels : size.channels
    const grow = transposedLayer(own, { from: sizes[index]!.channels, to: channels }, size, spec, type)
    return isLast ? [grow] : [grow, ...finish(own, spec, channels, type), ...residuals(own, spec, channels, type)]
  })
  const closed = layer(
    (h) => reshape(transpose(reshape(h, [h.shape[0]!, groups, depth, height, width]), [0, 1, 3, 4, 2]), [h.shape[0]!, to]),
    [],
  )
  return sequence([bottom, opened, ...residuals(`${name}/start`, spec, first.channels, type), ...grown, closed])
}

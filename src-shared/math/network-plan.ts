import type { Column } from '../domain/dataset'
import { columnFamiliesOf } from '../domain/models/mixed'
import type { Network } from '../domain/models/networks'
import { type Hierarchy, contextWidth, hierarchyOf, layerNetwork } from '../domain/models/hierarchy'
import { type AutoencoderSpec, type LikelihoodSpec, type PriorSpec, type VaeSpec, learnsFromObserved } from '../domain/models/vae'
import type { ImageShape } from '../domain/run'
import { pictureSizes } from './picture-sizes'

/* What a network will look like, told from its specification alone: shapes and numbers of trained parameters, layer by layer. */

export interface PlannedLayer {
  /** Of what the layer gives for a row: [width], or [height, width, channels]. */
  shape: number[]
  parameters: number
}

export interface NetworkPlan {
  /** The first one is the input, without parameters. */
  layers: PlannedLayer[]
  parameters: number
}

export interface ModelPlan {
  encoder: NetworkPlan
  decoder: NetworkPlan
  /** Of likelihood and prior. */
  others: number
  parameters: number
}

const product = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1)
const planOf = (layers: PlannedLayer[]): NetworkPlan => ({ layers, parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0) })

const denseParameters = (from: number, to: number): number => from * to + to
const normParameters = ({ norm }: Network, channels: number): number => (norm === 'none' ? 0 : 2 * channels)
const residualKernel = 3

/** A hidden dense layer with its norm and residual blocks. */
const hiddenParameters = (spec: Network, from: number, to: number): number =>
  denseParameters(from, to) + normParameters(spec, to) + spec.residualBlocks * (2 * denseParameters(to, to) + normParameters(spec, to))

function denseLayers(spec: Network, from: number, to: number): PlannedLayer[] {
  const widths = [from, ...spec.mlp]
  const hidden = spec.mlp.map((width, index) => ({ shape: [width], parameters: hiddenParameters(spec, widths[index]!, width) }))
  return [...hidden, { shape: [to], parameters: denseParameters(widths.at(-1)!, to) }]
}

const convolutionParameters = (from: number, to: number, kernel: number): number => from * to * kernel ** 2 + to
const residualParameters = (spec: Network, channels: number): number =>
  spec.residualBlocks * (2 * convolutionParameters(channels, channels, residualKernel) + normParameters(spec, channels))

export function encoderPlan(spec: Network, from: number, to: number, shape: ImageShape | null): NetworkPlan {
  if (spec.channels.length === 0 || !shape) return planOf([{ shape: [from], parameters: 0 }, ...denseLayers(spec, from, to)])
  const sizes = pictureSizes(spec, shape)
  const convolutions = sizes.slice(1).map(({ channels, height, width }, index) => ({
    shape: [height, width, channels],
    parameters: convolutionParameters(sizes[index]!.channels, channels, spec.kernel) + normParameters(spec, channels) + residualParameters(spec, channels),
  }))
  const last = convolutions.at(-1)!
  return planOf([{ shape: [...shape], parameters: 0 }, ...convolutions, ...denseLayers(spec, product(last.shape) + from - product(shape), to)])
}

export function decoderPlan(spec: Network, from: number, to: number, shape: ImageShape | null): NetworkPlan {
  const start = { shape: [from], parameters: 0 }
  if (spec.channels.length === 0 || !shape) return planOf([start, ...denseLayers(spec, from, to)])
  const sizes = pictureSizes(spec, shape).reverse()
  const [first, ...others] = sizes
  const pictured = [first!.height, first!.width, first!.channels]
  const bottom = denseLayers(spec, from, product(pictured))
  const opened = { shape: pictured, parameters: bottom.at(-1)!.parameters + residualParameters(spec, first!.channels) }
  const grown = others.map((size, index) => {
    const isLast = index === others.length - 1
    const channels = isLast ? to / (size.height * size.width) : size.channels
    const finish = isLast ? 0 : normParameters(spec, channels) + residualParameters(spec, channels)
    return { shape: [size.height, size.width, channels], parameters: convolutionParameters(sizes[index]!.channels, channels, spec.kernel) + finish }
  })
  return planOf([start, ...bottom.slice(0, -1), opened, ...grown])
}

interface LikelihoodPlan {
  /** Width of the decoder's output, and of what the encoder reads. */
  outputs: number
  inputs: number
  parameters: number
}

export function likelihoodPlan(spec: LikelihoodSpec, features: number, columns: readonly Column[]): LikelihoodPlan {
  const of = (groups: number, parameters = 0): LikelihoodPlan => ({ outputs: groups * features, inputs: features, parameters })
  if (spec === 'bernoulli') return of(1)
  if ('gaussian' in spec) return spec.gaussian.variance === 'learned' ? of(2) : of(1, spec.gaussian.variance === 'shared' ? 1 : 0)
  if ('studentT' in spec) {
    const { scale, degreesOfFreedom } = spec.studentT
    const chosen = [scale, degreesOfFreedom]
    return of(1 + chosen.filter((how) => how === 'learned').length, chosen.filter((how) => how === 'shared').length)
  }
  if ('categorical' in spec) return of(spec.categorical.levels)
  if ('discretizedLogistic' in spec) return spec.discretizedLogistic.scale === 'shared' ? of(1, 1) : of(2)
  const own = columns.filter(({ role }) => role === 'feature')
  const families = columnFamiliesOf(spec.mixed, own)
  const categoriesOf = ({ categories, summary }: Column): number => categories?.length ?? (summary?.maximum ?? 0) + 1
  const sum = (width: (column: Column, index: number) => number): number => own.reduce((all, column, index) => all + width(column, index), 0)
  return {
    outputs: sum((column, index) => (families[index] === 'category' ? categoriesOf(column) : families[index] === 'real' ? 2 : 1)),
    inputs: sum((column, index) => (families[index] === 'category' ? categoriesOf(column) : 1)),
    parameters: 0,
  }
}

function priorParameters(spec: PriorSpec, latent: number, features: number): number {
  if (spec === 'standard-normal') return 0
  return 'mixture' in spec ? spec.mixture.components * (1 + 2 * latent) : spec.vamp.components * features
}

/** The networks between stochastic layers, up and down. */
function hierarchyPlan(hierarchy: Exclude<Hierarchy, 'none'>, latent: number): { inputs: number; parameters: number } {
  const { kind, above, between } = hierarchyOf(hierarchy)
  const widths = [latent, ...above]
  const context = kind === 'ladder' ? contextWidth(between, widths) : 0
  const count = (from: number, to: number): number => planOf(denseLayers(layerNetwork(between), from, to)).parameters
  const parameters = above.map((width, at) => {
    const upwards = kind === 'ladder' ? count(context, 2 * width + (at === above.length - 1 ? 0 : context)) : count(widths[at]!, 2 * width)
    return upwards + count(width, 2 * widths[at]!)
  })
  return { inputs: 2 * latent + context, parameters: parameters.reduce((sum, own) => sum + own, 0) }
}

/** What a posterior reads of the encoder for a row, and what it has of its own. Specifications of earlier versions do not say. */
function posteriorPlan({ posterior: spec = 'diagonal', hierarchy = 'none', latent }: PosteriorChoice): { inputs: number; parameters: number } {
  if (hierarchy !== 'none') return hierarchyPlan(hierarchy, latent)
  if (spec === 'diagonal') return { inputs: 2 * latent, parameters: 0 }
  if ('planar' in spec) return { inputs: 2 * latent + spec.planar.flows * (2 * latent + 1), parameters: 0 }
  const { flows, hidden, context } = spec.inverseAutoregressive
  return { inputs: 2 * latent + context, parameters: flows * ((latent + context + 1) * hidden + 2 * (hidden + 1) * latent) }
}

type PosteriorChoice = Pick<VaeSpec, 'latent'> & Partial<Pick<VaeSpec, 'posterior' | 'hierarchy'>>

export interface PlannedData {
  features: number
  imageShape: ImageShape | null
  columns: readonly Column[]
  /** Width of what both networks are told besides. */
  condition?: number
  /** Values of a class that is part of the code. */
  classes?: number
}

export function modelPlan(spec: VaeSpec | AutoencoderSpec, { features, imageShape, columns, condition = 0 }: PlannedData): ModelPlan {
  const likelihood = likelihoodPlan(spec.likelihood, features, columns)
  const isPartial = learnsFromObserved(spec)
  const seen = likelihood.inputs + (isPartial ? features : 0)
  const pictured: ImageShape | null = imageShape && isPartial ? [imageShape[0], imageShape[1], 2 * imageShape[2]] : imageShape
  const posterior = spec.kind === 'vae' ? posteriorPlan(spec) : { inputs: spec.latent, parameters: 0 }
  const encoder = encoderPlan(spec.encoder, seen + condition, posterior.inputs, pictured)
  const decoder = decoderPlan(spec.decoder, spec.latent + condition, likelihood.outputs, imageShape)
  const others = likelihood.parameters + posterior.parameters + (spec.kind === 'vae' ? priorParameters(spec.prior, spec.latent, features) : 0)
  return { encoder, decoder, others, parameters: encoder.parameters + decoder.parameters + others }
}

import type { OptimizerSpec } from '@shared/domain/spec'
import { add, divide, minimum, multiply, reduceSum, sqrt, square, subtract } from './ops'
import { type FloatType, type Tensor, input, parameter } from './tensor'

/** An optimizer as part of a program: state tensors, their next values, and the next values of the parameters. */
export interface OptimizerStep {
  updates: Record<string, Tensor>
  /** Names and shapes of the optimizer's own state, all starting at zero. */
  state: Tensor[]
}

export interface AdamOptions {
  beta1: number
  beta2: number
  epsilon: number
}

/**
 * One step of Adam on a loss that is minimized.
 *
 * m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  θ ← θ − η·m̂/(√v̂ + ε)     Kingma & Ba 2015, algorithm 1
 *
 * The moments are kept without their factors 1−β, as m/(1−β₁) and v/(1−β₂), which saves two passes over every weight. Those factors and the
 * bias corrections enter by the two inputs that `adamRates` computes for a step, so that the program stays the same from step to step.
 */
export function adamStep(parameters: readonly Tensor[], gradients: readonly Tensor[], options: AdamOptions): OptimizerStep {
  const type = parameters[0]!.type as FloatType
  const rate = input('adam/rate', [], type)
  const epsilon = input('adam/epsilon', [], type)
  const updates: Record<string, Tensor> = {}
  const state: Tensor[] = []
  for (const [index, weight] of parameters.entries()) {
    const gradient = gradients[index]!
    const first = parameter(`adam/m/${weight.name}`, weight.shape, type)
    const second = parameter(`adam/v/${weight.name}`, weight.shape, type)
    const nextFirst = add(multiply(first, options.beta1), gradient)
    const nextSecond = add(multiply(second, options.beta2), square(gradient))
    updates[first.name!] = nextFirst
    updates[second.name!] = nextSecond
    updates[weight.name!] = subtract(weight, divide(multiply(nextFirst, rate), add(sqrt(nextSecond), epsilon)))
    state.push(first, second)
  }
  return { updates, state }
}

/**
 * What to feed `adamStep` at step t = 1, 2, …: with a = m/(1−β₁), b = v/(1−β₂), c₁ = 1−β₁ᵗ, c₂ = 1−β₂ᵗ,
 * η·m̂/(√v̂ + ε) = rate·a/(√b + epsilon), where rate = η·(1−β₁)/c₁·√(c₂/(1−β₂)) and epsilon = ε·√(c₂/(1−β₂)).
 */
export function adamRates(step: number, learningRate: number, options: AdamOptions): { 'adam/rate': number; 'adam/epsilon': number } {
  const second = Math.sqrt((1 - options.beta2 ** step) / (1 - options.beta2))
  return { 'adam/rate': ((learningRate * (1 - options.beta1)) / (1 - options.beta1 ** step)) * second, 'adam/epsilon': options.epsilon * second }
}

/** What a group of parameters has of its own: a factor of the learning rate, and whether weight decay applies to it. */
export interface ParameterGroup {
  rate: number
  decays: boolean
}

/** Matrices decay, biases do not; all learn at the same rate. */
export const usualGroup = (weight: Tensor): ParameterGroup => ({ rate: 1, decays: weight.shape.length > 1 })

/** v ← μv + g,  θ ← θ − ηv     Polyak 1964, as PyTorch writes it */
function momentumStep(parameters: readonly Tensor[], gradients: readonly Tensor[], momentum: number): OptimizerStep {
  const rate = input('sgd/rate', [], parameters[0]!.type as FloatType)
  const updates: Record<string, Tensor> = {}
  const state = parameters.map((weight, index) => {
    const velocity = parameter(`sgd/v/${weight.name}`, weight.shape, weight.type as FloatType)
    const next = add(multiply(velocity, momentum), gradients[index]!)
    updates[velocity.name!] = next
    updates[weight.name!] = subtract(weight, multiply(next, rate))
    return velocity
  })
  return { updates, state }
}

/** s ← ρs + (1−ρ)g²,  θ ← θ − ηg/(√s + ε)     Tieleman & Hinton 2012; s is kept without its factor 1−ρ, as Adam's moments are */
function rootMeanSquareStep(parameters: readonly Tensor[], gradients: readonly Tensor[], decay: number): OptimizerStep {
  const type = parameters[0]!.type as FloatType
  const [rate, epsilon] = [input('rmsprop/rate', [], type), input('rmsprop/epsilon', [], type)]
  const updates: Record<string, Tensor> = {}
  const state = parameters.map((weight, index) => {
    const squares = parameter(`rmsprop/s/${weight.name}`, weight.shape, type)
    const next = add(multiply(squares, decay), square(gradients[index]!))
    updates[squares.name!] = next
    updates[weight.name!] = subtract(weight, divide(multiply(gradients[index]!, rate), add(sqrt(next), epsilon)))
    return squares
  })
  return { updates, state }
}

export interface OptimizerOptions {
  /** Gradients are shortened to this length; 0 leaves them. */
  clip: number
  groupOf?(weight: Tensor): ParameterGroup
}

export interface TrainingUpdates extends OptimizerStep {
  /** Length of the whole gradient before clipping, []. */
  gradientNorm: Tensor
}

/** One step of any optimizer on a loss that is minimized. `optimizerFeeds` gives what to feed it. */
export function optimizerStep(
  parameters: readonly Tensor[],
  gradients: readonly Tensor[],
  spec: OptimizerSpec,
  { clip, groupOf = usualGroup }: OptimizerOptions,
): TrainingUpdates {
  const gradientNorm = sqrt(gradients.map((gradient) => reduceSum(square(gradient))).reduce((sum, part) => add(sum, part)))
  const factor = clip > 0 ? minimum(divide(clip, gradientNorm), 1) : null
  const clipped = factor ? gradients.map((gradient) => multiply(gradient, factor)) : gradients
  const step = plainStep(parameters, clipped, spec)
  const decayRate = 'adamw' in spec ? input('adamw/decay', [], parameters[0]!.type as FloatType) : null
  for (const weight of parameters) {
    const { rate, decays } = groupOf(weight)
    const next = step.updates[weight.name!]!
    const scaled = rate === 1 ? next : add(weight, multiply(subtract(next, weight), rate))
    // Decoupled weight decay: Loshchilov & Hutter 2019
    const decay = decayRate && decays ? multiply(weight, rate === 1 ? decayRate : multiply(decayRate, rate)) : null
    step.updates[weight.name!] = decay ? subtract(scaled, decay) : scaled
  }
  return { ...step, gradientNorm }
}

function plainStep(parameters: readonly Tensor[], gradients: readonly Tensor[], spec: OptimizerSpec): OptimizerStep {
  if ('adam' in spec) return adamStep(parameters, gradients, spec.adam)
  if ('adamw' in spec) return adamStep(parameters, gradients, spec.adamw)
  if ('sgd' in spec) return momentumStep(parameters, gradients, spec.sgd.momentum)
  return rootMeanSquareStep(parameters, gradients, spec.rmsprop.decay)
}

export const learningRateOf = (spec: OptimizerSpec): number => Object.values(spec)[0]!.learningRate

/** What to feed `optimizerStep` at step t = 1, 2, … */
export function optimizerFeeds(spec: OptimizerSpec, step: number, learningRate: number): Record<string, number> {
  if ('adam' in spec) return adamRates(step, learningRate, spec.adam)
  if ('adamw' in spec) return { ...adamRates(step, learningRate, spec.adamw), 'adamw/decay': learningRate * spec.adamw.weightDecay }
  if ('sgd' in spec) return { 'sgd/rate': learningRate }
  const root = Math.sqrt(1 - spec.rmsprop.decay)
  return { 'rmsprop/rate': learningRate / root, 'rmsprop/epsilon': spec.rmsprop.epsilon / root }
}

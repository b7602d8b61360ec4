import { add, divide, multiply, sqrt, square, subtract } from './ops'
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

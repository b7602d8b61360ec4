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
 * m ← m + (1−β₁)(g − m),  v ← v + (1−β₂)(g² − v),  θ ← θ − η·m̂/(√v̂ + ε)     Kingma & Ba 2015, algorithm 1
 *
 * The bias corrections enter by the two inputs that `adamRates` computes for a step, so that the program stays the same from step to step:
 * m̂/(√v̂ + ε) = (√(1−β₂ᵗ)/(1−β₁ᵗ)) · m/(√v + ε√(1−β₂ᵗ)).
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
    const nextFirst = add(first, multiply(subtract(gradient, first), 1 - options.beta1))
    const nextSecond = add(second, multiply(subtract(square(gradient), second), 1 - options.beta2))
    updates[first.name!] = nextFirst
    updates[second.name!] = nextSecond
    updates[weight.name!] = subtract(weight, divide(multiply(nextFirst, rate), add(sqrt(nextSecond), epsilon)))
    state.push(first, second)
  }
  return { updates, state }
}

/** What to feed `adamStep` at step t = 1, 2, … */
export function adamRates(step: number, learningRate: number, options: AdamOptions): { 'adam/rate': number; 'adam/epsilon': number } {
  const secondCorrection = Math.sqrt(1 - options.beta2 ** step)
  return { 'adam/rate': (learningRate * secondCorrection) / (1 - options.beta1 ** step), 'adam/epsilon': options.epsilon * secondCorrection }
}

import { add, gather, matmul, multiply, negate, reduceSum, sigmoid, softplus, subtract } from '../../../graph/ops'
import { activations } from '../../networks/activations'
import { type FloatType, type Tensor, constant, parameter } from '../../../graph/tensor'
import { type Weight, constantWeight } from '../../networks/weight'
import { type Flow, flowPosterior } from './flow'
import type { Posterior } from './posterior'

interface Sizes {
  latent: number
  /** Units of the hidden layer of each step. */
  hidden: number
  /** Numbers that the encoder tells every step. */
  context: number
  type: FloatType
}

/**
 * z_j ↦ g_j·z_j + (1 − g_j)·m_j, where m and the gate g = σ(s) of each dimension come from the dimensions before it and the context; the order
 * turns round from step to step. log |det| = Σ_j log g_j.     Kingma et al. 2016, section 4 and algorithm 1
 */
export function inverseAutoregressive(sizes: Sizes, flows: number): Posterior {
  const steps = Array.from({ length: flows }, (_, index) => autoregressiveStep(sizes, index))
  return flowPosterior(sizes.latent, sizes.context, steps.map(({ flow }) => flow), steps.flatMap(({ weights }) => weights))
}

/** Gates begin near 1, where a step changes little. */
const openGate = 2

function autoregressiveStep({ latent, hidden, context, type }: Sizes, index: number): { flow: Flow; weights: Weight[] } {
  const name = `posterior/${index}`
  const weights: Weight[] = []
  const weight = (of: string, shape: number[], bound: number, centre = 0): Tensor => {
    const tensor = parameter(`${name}/${of}`, shape, type)
    weights.push(bound === 0 ? constantWeight(tensor, centre) : { tensor, bound, centre })
    return tensor
  }
  const bound = 1 / Math.sqrt(latent + context)
  const [fromLatent, fromContext] = [weight('latent/weight', [latent, hidden], bound), weight('context/weight', [context, hidden], bound)]
  const hiddenBias = weight('hidden/bias', [hidden], bound)
  const outer = 1 / Math.sqrt(hidden)
  const [toShift, toGate] = [weight('shift/weight', [hidden, latent], outer), weight('gate/weight', [hidden, latent], outer)]
  const [shiftBias, gateBias] = [weight('shift/bias', [latent], 0), weight('gate/bias', [latent], 0, openGate)]
  const { inner, outward } = masks(latent, hidden, type)
  const reversed = constant(Array.from({ length: latent }, (_, at) => latent - 1 - at), [latent], 'int32')
  const flow: Flow = (before, told) => {
    const z = index % 2 === 0 ? before : gather(before, reversed, 1)
    const h = activations.elu(add(add(matmul(z, multiply(fromLatent, inner)), matmul(told, fromContext)), hiddenBias))
    const shift = add(matmul(h, multiply(toShift, outward)), shiftBias)
    const raw = add(matmul(h, multiply(toGate, outward)), gateBias)
    const gate = sigmoid(raw)
    const moved = add(multiply(gate, z), multiply(subtract(1, gate), shift))
    const logDeterminant = negate(reduceSum(softplus(negate(raw)), [1]))
    return { latent: index % 2 === 0 ? moved : gather(moved, reversed, 1), logDeterminant }
  }
  return { flow, weights }
}

/** Hidden unit k sees the dimensions before k mod latent, and dimension j the units that see none from j on.     Germain et al. 2015 */
function masks(latent: number, hidden: number, type: FloatType): { inner: Tensor; outward: Tensor } {
  const degree = (unit: number): number => unit % latent
  const inner = Array.from({ length: latent * hidden }, (_, at) => (Math.floor(at / hidden) < degree(at % hidden) ? 1 : 0))
  const outward = Array.from({ length: hidden * latent }, (_, at) => (degree(Math.floor(at / latent)) <= at % latent ? 1 : 0))
  return { inner: constant(inner, [latent, hidden], type), outward: constant(outward, [hidden, latent], type) }
}

import { describe, expect, it } from 'vitest'
import { gradientSpecSchema, vaeSpecSchema } from '@shared/domain/spec'
import { add, reduceSum, reshape, subtract } from '../../../graph/ops'
import { buildProgram } from '../../../graph/program'
import { input } from '../../../graph/tensor'
import { once, weightsOf } from '../../gradient-suite'
import { repeated } from '../../latent-density'
import { noiseInputs } from '../../noise'
import { vaePrograms } from '../vae-programs'

const [rows, features] = [5, 3]
const x = Float64Array.from({ length: rows * features }, (_, index) => 1.4 * Math.sin(1.7 * index) + 0.2 * index - 1)
const noiseVariance = 0.3

function modelOf(kind: 'ladder' | 'bottomUp', widths: number[], samples = 1) {
  const linear = { mlp: [] }
  const [latent, ...above] = widths
  const spec = vaeSpecSchema.parse({
    kind: 'vae', latent, encoder: linear, decoder: linear,
    likelihood: { gaussian: { variance: noiseVariance } },
    hierarchy: { [kind]: { above, between: { mlp: [], activation: 'identity' } } },
  })
  const inference = gradientSpecSchema.parse({ kind: 'gradient', objective: { elbo: { samples } } })
  return vaePrograms(spec, inference, { features, imageShape: null }, 'float64')
}

/** p(z₁|z₂) has one variance whatever z₂ is, so that x is Gaussian. */
function linearWeights(model: ReturnType<typeof modelOf>, widths: number[]) {
  const state = weightsOf(model)
  const [first, second] = widths as [number, number]
  const down = state['hierarchy/down/0/0/weight']!
  for (let from = 0; from < second; from += 1) for (let to = first; to < 2 * first; to += 1) down[from * 2 * first + to] = 0
  return state
}

/** log N(x; mean, covariance) of each row, by elimination. */
function gaussianLogDensity(mean: number[], covariance: number[][]): number[] {
  return Array.from({ length: rows }, (_, row) => {
    const system = covariance.map((own, at) => [...own, x[row * features + at]! - mean[at]!])
    let logDeterminant = 0
    let square = 0
    for (let at = 0; at < features; at += 1) {
      const pivot = system[at]![at]!
      logDeterminant += Math.log(pivot)
      square += system[at]![features]! ** 2 / pivot
      for (let below = at + 1; below < features; below += 1) {
        const factor = system[below]![at]! / pivot
        system[below] = system[below]!.map((value, column) => value - factor * system[at]![column]!)
      }
    }
    return -0.5 * (features * Math.log(2 * Math.PI) + logDeterminant + square)
  })
}

/** Of x = Bᵀz₁ + b + noise, z₁ = Aᵀz₂ + a + exp(½v)·ε. */
function evidence(state: Record<string, ArrayLike<number>>, [first, second]: [number, number]): number[] {
  const [A, a] = [state['hierarchy/down/0/0/weight']!, state['hierarchy/down/0/0/bias']!]
  const [B, b] = [state['decoder/0/weight']!, state['decoder/0/bias']!]
  const each = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))
  const sum = (count: number, of: (index: number) => number): number => each(count, of).reduce((all, value) => all + value, 0)
  const ofZ = each(first, (i) => each(first, (j) => sum(second, (k) => A[k * 2 * first + i]! * A[k * 2 * first + j]!) + (i === j ? Math.exp(a[first + i]!) : 0)))
  const mean = each(features, (d) => b[d]! + sum(first, (i) => a[i]! * B[i * features + d]!))
  const covariance = each(features, (d) =>
    each(features, (e) => sum(first, (i) => sum(first, (j) => B[i * features + d]! * ofZ[i]![j]! * B[j * features + e]!)) + (d === e ? noiseVariance : 0)),
  )
  return gaussianLogDensity(mean, covariance)
}

describe.each(['ladder', 'bottomUp'] as const)('a linear-Gaussian hierarchy of two layers, %s', (kind) => {
  it('has the evidence of its Gaussian by importance sampling, and a bound below it that is the sum of its layers', async () => {
    const widths: [number, number] = [2, 2]
    const samples = 4000
    const model = modelOf(kind, widths, samples)
    const state = linearWeights(model, widths)
    // A q that is wider than the posterior keeps the weights bounded, and their standard errors honest.
    for (const name of ['encoder/0/bias', 'hierarchy/up/0/0/bias']) for (const at of [2, 3]) state[name]![at] = 2
    const exact = evidence(state, widths)
    const density = model.density!(state)
    const known = { x: input('x', [rows, features], 'float64') }
    const draw = density.propose(known, samples, noiseInputs)
    const joint = add(density.logPrior(draw.latent), density.logLikelihood(repeated(known, samples), draw.latent))
    const logWeight = reshape(subtract(joint, draw.logDensity), [samples, rows])
    const found = await once(buildProgram({ name: 'weights', outputs: { logWeight, bound: reduceSum(logWeight, [0]) } }), { x }, state)
    const { reconstruction, klPerDimension, ...layers } = await once(model.evaluation(rows), { x }, state)
    const kl = klPerDimension!.reduce((sum, value) => sum + value, 0)
    expect(layers['layerKl[1]']![0]! + layers['layerKl[2]']![0]!).toBeCloseTo(kl, 9)
    let error = 0
    for (let row = 0; row < rows; row += 1) {
      const logWeights = Array.from({ length: samples }, (_, sample) => found['logWeight']![sample * rows + row]!)
      const weights = logWeights.map((value) => Math.exp(value - exact[row]!))
      const mean = weights.reduce((sum, value) => sum + value / samples, 0)
      const spread = Math.sqrt(weights.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / samples
      expect(Math.abs(mean - 1)).toBeLessThan(4 * spread)
      expect(found['bound']![row]! / samples).toBeLessThan(exact[row]!)
      const centre = found['bound']![row]! / samples
      error += logWeights.reduce((sum, value) => sum + (value - centre) ** 2, 0) / samples ** 2
    }
    const drawn = found['bound']!.reduce((sum, value) => sum + value / samples, 0)
    expect(Math.abs(reconstruction![0]! - kl - drawn)).toBeLessThan(5 * Math.sqrt(2 * error))
  })
})

/*
 * With one dimension for each layer the posterior is in the ladder's family: what x tells of z₁ is N(BB'x/…, σ²/Σ B²), and of z₂ a Gaussian with
 * a mean linear in x. An encoder with exactly these has a bound equal to log p(x), for every draw.
 */
it('a ladder whose encoder tells the exact posterior has no gap: its bound is the evidence for every single draw', async () => {
  const widths: [number, number] = [1, 1]
  const model = modelOf('ladder', widths)
  const state = linearWeights(model, widths)
  const [B, b] = [state['decoder/0/weight']!, state['decoder/0/bias']!]
  const [A, a] = [state['hierarchy/down/0/0/weight']![0]!, state['hierarchy/down/0/0/bias']!]
  const precision = Array.from(B).reduce((sum, value) => sum + value ** 2, 0) / noiseVariance
  const varianceOfFirst = Math.exp(a[1]!)
  // z₁ as x alone tells it is N(t, 1/precision), t = Σ B_d (x_d − b_d)/(σ²·precision); then t is N(a + A·z₂, varianceOfFirst + 1/precision).
  const encoder = state['encoder/0/weight']!
  const bias = state['encoder/0/bias']!
  encoder.fill(0)
  bias.fill(0)
  const outputs = bias.length
  for (let d = 0; d < features; d += 1) {
    encoder[d * outputs] = B[d]! / (noiseVariance * precision)
    encoder[d * outputs + 2] = encoder[d * outputs]!
    bias[0]! -= (b[d]! * B[d]!) / (noiseVariance * precision)
  }
  bias[1] = -Math.log(precision)
  bias[2] = bias[0]!
  const above = state['hierarchy/up/0/0/weight']!
  const aboveBias = state['hierarchy/up/0/0/bias']!
  above.fill(0)
  const spread = varianceOfFirst + 1 / precision
  const own = 1 + A ** 2 / spread
  above[0] = A / spread / own
  aboveBias.set([(-a[0]! * A) / spread / own, -Math.log(own)])
  const density = model.density!(state)
  const known = { x: input('x', [rows, features], 'float64') }
  const draw = density.propose(known, 3, noiseInputs)
  const bound = subtract(add(density.logPrior(draw.latent), density.logLikelihood(repeated(known, 3), draw.latent)), draw.logDensity)
  const found = await once(buildProgram({ name: 'bound', outputs: { bound } }), { x }, state)
  const exact = evidence(state, widths)
  found['bound']!.forEach((value, index) => expect(value).toBeCloseTo(exact[index % rows]!, 9))
})

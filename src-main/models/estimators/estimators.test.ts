import { describe, expect, it } from 'vitest'
import { type EstimatorSpec, estimatorSchema, isBiased } from '@shared/domain/models/discrete'
import { differentiate } from '../../graph/differentiate'
import { add, exp, log, matmul, multiply, reduceSum, reshape, slice, softplus, square, subtract } from '../../graph/ops'
import { buildProgram } from '../../graph/program'
import { type Tensor, constant, input } from '../../graph/tensor'
import { once } from '../gradient-suite'
import { fittedPass } from '../networks/pass'
import { allCodes } from './enumeration'
import { type Expectation, logMass } from './estimator'
import { pickEstimator } from './pick-estimator'

/** One mean over the replicates with its standard error, and the variance of one replicate. */
const summary = (values: Float64Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { mean, variance, error: Math.sqrt(variance / values.length) }
}

const unbiased: object[] = [
  { reinforce: { baseline: 'none' } },
  { reinforce: { baseline: 'running' } },
  { reinforce: { baseline: 'learned' } },
  { reinforce: { baseline: 'running', samples: 4 } },
  { leaveOneOut: { samples: 2 } },
  { leaveOneOut: { samples: 4 } },
]
const biased: object[] = [{ gumbelSoftmax: { temperature: 0.67 } }, { gumbelSoftmax: { temperature: 0.4 } }, { straightThrough: {} }]

describe('E (b − .499)² with b ~ Bern(σ(l))', () => {
  const replicates = 60000
  const exact = { [-1]: 3.93223866483e-4, 0: 5e-4, 1: 3.93223866483e-4 } as Record<number, number>
  /** d/dl of every replicate. A running baseline holds a value that earlier draws may have left. */
  const gradients = async (spec: EstimatorSpec, logit: number, rows = replicates) => {
    const estimator = pickEstimator(spec, { variables: 1, categories: 2, seen: 1 }, 'float64')
    const l = input('logit', [rows, 1, 1], 'float64')
    const logits = reshape(multiply(l, constant([1, 0], [2], 'float64')), [rows, 1, 2])
    const seen = constant([1], [1, 1], 'float64')
    const expectation: Expectation = {
      logits,
      seen: multiply(reshape(l, [rows, 1]), seen),
      of: (codes) => reshape(square(subtract(slice(codes, 2, 0, 1), 0.499)), [codes.shape[0]!]),
    }
    const { surrogate, value } = estimator.estimate(expectation, fittedPass)
    const [gradient] = differentiate(reduceSum(surrogate), [l])
    const state = Object.fromEntries(estimator.weights.map(({ tensor }) => [tensor.name!, new Float64Array(tensor.shape.reduce((a, b) => a * b, 1)).fill(0.2)]))
    return once(buildProgram({ name: 'oracle', outputs: { gradient: gradient!, value } }), { logit: new Float64Array(rows).fill(logit) }, state)
  }

  it.each([-1, 0, 1])('is differentiated to the last place by enumeration at l = %d', async (logit) => {
    const { gradient } = await gradients('enumeration', logit, 1)
    expect(gradient![0]).toBeCloseTo(exact[logit]!, 15)
  })

  it.each(unbiased.flatMap((spec) => [-1, 0, 1].map((logit) => [spec, logit] as const)))('is estimated within 4 standard errors by %j at l = %d', async (spec, logit) => {
    const parsed = estimatorSchema.parse(spec)
    expect(isBiased(parsed)).toBe(false)
    const { mean, error } = summary((await gradients(parsed, logit))['gradient']!)
    expect(Math.abs(mean - exact[logit]!)).toBeLessThan(4 * error)
  })

  it.each(biased.flatMap((spec) => [-1, 1].map((logit) => [spec, logit] as const)))('is missed by more than 10 standard errors by %j at l = %d', async (spec, logit) => {
    const parsed = estimatorSchema.parse(spec)
    expect(isBiased(parsed)).toBe(true)
    const { mean, error } = summary((await gradients(parsed, logit))['gradient']!)
    expect(Math.abs(mean - exact[logit]!)).toBeGreaterThan(10 * error)
  })

  it('by straight-through has the mean 2(σ(l) − .499)·σ(l)(1 − σ(l))', async () => {
    const sigma = 1 / (1 + Math.exp(-1))
    const { mean, error } = summary((await gradients(estimatorSchema.parse({ straightThrough: {} }), 1))['gradient']!)
    expect(Math.abs(mean - 2 * (sigma - 0.499) * sigma * (1 - sigma))).toBeLessThan(4 * error)
  })
})

describe('a sigmoid belief net of four hidden and six visible units', () => {
  const [hidden, visible, replicates] = [4, 6, 20000]
  const wave = (count: number, scale: number): number[] => Array.from({ length: count }, (_, index) => scale * Math.sin(1.7 * index + 0.3))
  const x = constant([1, 0, 1, 1, 0, 1], [1, visible], 'float64')
  const decoder = constant(wave(hidden * visible, 1.5), [hidden, visible], 'float64')
  const bias = constant(wave(visible, 0.8).map((value) => value - 1), [visible], 'float64')

  /** log p(x, h), with p(h) = ½ each: [m, hidden, 2] → [m] */
  const logJoint = (codes: Tensor): Tensor => {
    const on = reshape(slice(codes, 2, 0, 1), [codes.shape[0]!, hidden])
    const out = add(matmul(on, decoder), bias)
    return subtract(reduceSum(subtract(multiply(x, out), softplus(out)), [1]), hidden * Math.LN2)
  }
  const gradients = async (spec: EstimatorSpec, rows = replicates, baseline = 0) => {
    const estimator = pickEstimator(spec, { variables: hidden, categories: 2, seen: 1 }, 'float64')
    const logits = input('logits', [rows, hidden, 2], 'float64')
    const f = (codes: Tensor): Tensor => subtract(logJoint(codes), reshape(logMass(logits, codes), [codes.shape[0]!]))
    const seen = constant([1], [1, 1], 'float64')
    const { surrogate } = estimator.estimate({ logits, of: f, seen: multiply(reshape(slice(slice(logits, 1, 0, 1), 2, 0, 1), [rows, 1]), seen) }, fittedPass)
    const [gradient] = differentiate(reduceSum(surrogate), [logits])
    const state = Object.fromEntries(estimator.weights.map(({ tensor }) => [tensor.name!, new Float64Array(tensor.shape.reduce((a, b) => a * b, 1))]))
    if (state['baseline/mean']) state['baseline/mean'].fill(baseline)
    const own = wave(hidden * 2, 0.9)
    const fed = Float64Array.from({ length: rows * hidden * 2 }, (_, index) => own[index % (hidden * 2)]!)
    const { gradient: all } = await once(buildProgram({ name: 'net', outputs: { gradient: gradient! } }), { logits: fed }, state)
    return Array.from({ length: hidden }, (_, unit) => summary(Float64Array.from({ length: rows }, (_, row) => all![(row * hidden + unit) * 2]!)))
  }
  const total = (parts: { variance: number }[]): number => parts.reduce((sum, { variance }) => sum + variance, 0)

  it.each(unbiased)('has the gradient of enumeration within 4 standard errors by %j', async (spec) => {
    const exact = await gradients('enumeration', 1)
    const found = await gradients(estimatorSchema.parse(spec))
    found.forEach(({ mean, error }, unit) => expect(Math.abs(mean - exact[unit]!.mean)).toBeLessThan(4 * error))
  })

  it('shows the bias of Gumbel-softmax and straight-through', async () => {
    const exact = await gradients('enumeration', 1)
    for (const spec of biased) {
      const found = await gradients(estimatorSchema.parse(spec))
      const far = found.filter(({ mean, error }, unit) => Math.abs(mean - exact[unit]!.mean) > 6 * error)
      expect(far.length, JSON.stringify(spec)).toBeGreaterThan(0)
    }
  })

  it('by Gumbel-softmax has less bias and more variance at lower temperatures', async () => {
    const exact = await gradients('enumeration', 1)
    const at = async (temperature: number) => {
      const found = await gradients(estimatorSchema.parse({ gumbelSoftmax: { temperature } }), 100000)
      return { bias: Math.hypot(...found.map(({ mean }, unit) => mean - exact[unit]!.mean)), variance: total(found) }
    }
    const [hot, warm, cold] = [await at(2), await at(0.67), await at(0.1)]
    expect(hot.bias).toBeGreaterThan(2 * warm.bias)
    expect(warm.bias).toBeGreaterThan(2 * cold.bias)
    expect(hot.variance).toBeLessThan(warm.variance)
    expect(warm.variance).toBeLessThan(cold.variance)
  })

  it('has less variance with every better baseline: none, running, leave-one-out of equally many draws', async () => {
    const four = { samples: 4 }
    const none = total(await gradients(estimatorSchema.parse({ reinforce: { baseline: 'none', ...four } })))
    const running = total(await gradients(estimatorSchema.parse({ reinforce: { baseline: 'running', ...four } }), replicates, -4.5))
    const others = total(await gradients(estimatorSchema.parse({ leaveOneOut: four })))
    const many = total(await gradients(estimatorSchema.parse({ leaveOneOut: { samples: 16 } })))
    expect(running).toBeLessThan(0.5 * none)
    expect(others).toBeLessThan(0.5 * none)
    expect(many).toBeLessThan(0.3 * others)
    expect(await gradients('enumeration', 2).then(total)).toBe(0)
  })

  it('has the gradient of the importance-weighted bound of two draws, within 4 standard errors, by VIMCO', async () => {
    const exact = await boundGradient()
    const found = await gradients(estimatorSchema.parse({ vimco: { samples: 2 } }))
    found.forEach(({ mean, error }, unit) => expect(Math.abs(mean - exact[unit]!)).toBeLessThan(4 * error))
  })

  /** d/dlogits of Σ_{h, k} q(h)·q(k)·log ½(w_h + w_k). */
  async function boundGradient(): Promise<number[]> {
    const logits = input('logits', [1, hidden, 2], 'float64')
    const codes = allCodes(hidden, 2, 1, 'float64')
    const count = codes.shape[0]!
    const mass = reshape(logMass(logits, codes), [count])
    const logWeight = subtract(logJoint(codes), mass)
    const pair = (values: Tensor, axis: 0 | 1): Tensor => reshape(values, axis === 0 ? [count, 1] : [1, count])
    const both = log(add(exp(pair(logWeight, 0)), exp(pair(logWeight, 1))))
    const weights = multiply(exp(pair(mass, 0)), exp(pair(mass, 1)))
    const [gradient] = differentiate(reduceSum(multiply(weights, subtract(both, Math.LN2))), [logits])
    const { gradient: found } = await once(buildProgram({ name: 'bound', outputs: { gradient: gradient! } }), { logits: Float64Array.from(wave(hidden * 2, 0.9)) })
    return Array.from({ length: hidden }, (_, unit) => found![2 * unit]!)
  }
})

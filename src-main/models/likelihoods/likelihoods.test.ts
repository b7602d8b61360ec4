import { describe, expect, it } from 'vitest'
import type { Column } from '@shared/domain/dataset'
import { likelihoodSchema } from '@shared/domain/models/vae'
import { buildProgram } from '../../graph/program'
import { type FloatType, input, sizeOf } from '../../graph/tensor'
import { once } from '../gradient-suite'
import { noiseInputs } from '../noise'
import type { Likelihood } from './likelihood'
import { pickLikelihood } from './pick-likelihood'

const type: FloatType = 'float64'
const pick = (spec: unknown, features: number, columns: Column[] = []): Likelihood => pickLikelihood(likelihoodSchema.parse(spec), features, columns, type)

async function figuresOf(likelihood: Likelihood, x: number[][], output: number[], weights: Record<string, number> = {}, observed?: number[][]) {
  const [rows, features] = [x.length, x[0]!.length]
  const tensors = { x: input('x', [rows, features], type), output: input('output', [rows, likelihood.outputs], type), observed: input('observed', [rows, features], type) }
  const program = buildProgram({
    name: 'likelihood',
    outputs: {
      logProbability: likelihood.logProbability(tensors.x, tensors.output, observed ? tensors.observed : undefined),
      mean: likelihood.mean(tensors.output),
    },
  })
  const state = Object.fromEntries(likelihood.weights.map(({ tensor }) => [tensor.name!, new Float64Array(sizeOf(tensor.shape)).fill(weights[tensor.name!] ?? 0)]))
  const needed = { x: Float64Array.from(x.flat()), output: Float64Array.from(output), ...(observed ? { observed: Float64Array.from(observed.flat()) } : {}) }
  return once(program, needed, state)
}

async function samplesOf(likelihood: Likelihood, output: number[], count: number, weights: Record<string, number> = {}) {
  const repeated = Float64Array.from({ length: count * output.length }, (_, index) => output[index % output.length]!)
  const outputs = input('output', [count, output.length], type)
  const state = Object.fromEntries(likelihood.weights.map(({ tensor }) => [tensor.name!, new Float64Array(sizeOf(tensor.shape)).fill(weights[tensor.name!] ?? 0)]))
  const { sample } = await once(buildProgram({ name: 'sample', outputs: { sample: likelihood.sample(outputs, noiseInputs) } }), { output: repeated }, state)
  return sample!
}

const columns = (described: { name: string; type: Column['type']; maximum?: number; mean?: number; sd?: number; categories?: string[] }[]): Column[] =>
  described.map(({ name, type: own, maximum = 0, mean = 0, sd = 1, categories }) => ({
    name,
    type: own,
    role: 'feature',
    missing: 0,
    summary: { minimum: 0, maximum, mean, standardDeviation: sd, histogram: [] },
    ...(categories ? { categories } : {}),
  }))

describe('log p(x|z)', () => {
  it('of Student t is scipy.stats.t.logpdf (1.17)', async () => {
    const [location, logScale] = [[0.1, 0, -0.4], [-0.5, 0.2, 0.7]]
    const fixed = await figuresOf(pick({ studentT: { degreesOfFreedom: 3.5 } }, 3), [[0.3, -1.2, 2.5]], [...location, ...logScale])
    expect(fixed['logProbability']![0]).toBeCloseTo(-5.032265350553624, 10)
    const raw = [2.2, 5, 30].map((degrees) => Math.log(Math.expm1(degrees - 2)))
    const learned = await figuresOf(pick({ studentT: {} }, 3), [[0.3, -1.2, 2.5]], [...location, ...logScale, ...raw])
    expect(learned['logProbability']![0]).toBeCloseTo(-4.968024417966818, 10)
  })

  it('of a discretized logistic is the difference of scipy.stats.logistic.cdf, with the ends open', async () => {
    const half = 3.5
    const location = [1.2, 2.9, 5].map((value) => value / half - 1)
    const logScale = [0.8, 0.3, 2].map((value) => Math.log(value / half))
    const { logProbability } = await figuresOf(pick({ discretizedLogistic: { levels: 8 } }, 3), [[0, 3, 7]], [...location, ...logScale])
    expect(logProbability![0]).toBeCloseTo(-1.22344458 - 0.3972164 - 1.13687101, 7)
  })

  it('of mixed columns is the sum of scipy’s normal, Poisson, Bernoulli and categorical terms', async () => {
    const table = columns([
      { name: 'a', type: 'integer', maximum: 40, mean: 5, sd: 9 },
      { name: 'b', type: 'real', mean: 10, sd: 2 },
      { name: 'c', type: 'category', maximum: 2, categories: ['x', 'y', 'z'] },
      { name: 'd', type: 'integer', maximum: 1 },
    ])
    const mixed = pick({ mixed: {} }, 4, table)
    // real: mean, log variance; count; binary; category
    const output = [0.5, Math.log(0.25), Math.log(2.5), 0.3, 0.1, 0.2, 0.7]
    const { logProbability, mean } = await figuresOf(mixed, [[3, 12, 2, 1]], output)
    const normal = -0.5 * Math.log(2 * Math.PI) - Math.log(1) - 0.5 * ((12 - 11) / 1) ** 2
    const poisson = 3 * Math.log(2.5) - 2.5 - Math.log(6)
    const bernoulli = -Math.log1p(Math.exp(-0.3))
    const category = 0.7 - Math.log(Math.exp(0.1) + Math.exp(0.2) + Math.exp(0.7))
    expect(logProbability![0]).toBeCloseTo(normal + poisson + bernoulli + category, 10)
    expect([...mean!]).toEqual([expect.closeTo(2.5, 10), expect.closeTo(11, 10), 2, expect.closeTo(1 / (1 + Math.exp(-0.3)), 10)])
  })

  it.each([[{ categorical: { levels: 5 } }], [{ discretizedLogistic: { levels: 5 } }], [{ discretizedLogistic: { levels: 5, scale: 'shared' } }]])(
    'of all levels adds up to 1, and its mean is Σ x·p(x): %j',
    async (spec) => {
      const likelihood = pick(spec, 1)
      const output = [0.3, -1.1, 0.6, -0.2, 0.5].slice(0, likelihood.outputs)
      const levels = [0, 1, 2, 3, 4]
      const { logProbability, mean } = await figuresOf(likelihood, levels.map((level) => [level]), levels.flatMap(() => output), { 'likelihood/logScale': -0.7 })
      const probabilities = [...logProbability!].map(Math.exp)
      expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10)
      expect(mean![0]).toBeCloseTo(probabilities.reduce((sum, value, level) => sum + level * value, 0), 10)
    },
  )

  it.each([['bernoulli', 2], [{ gaussian: {} }, 2], [{ gaussian: { variance: 'learned' } }, 4], [{ studentT: {} }, 6], [{ categorical: { levels: 2 } }, 4], [{ discretizedLogistic: { levels: 2 } }, 4]])(
    'of the observed part leaves out the hidden features: %j',
    async (spec, outputs) => {
      const output = Array.from({ length: outputs }, (_, index) => 0.3 * index - 0.4)
      const likelihood = pick(spec, 2)
      const seen = async (mask: number[]) => (await figuresOf(likelihood, [[1, 0]], output, {}, [mask]))['logProbability']![0]!
      const whole = (await figuresOf(likelihood, [[1, 0]], output))['logProbability']![0]!
      expect((await seen([1, 0])) + (await seen([0, 1]))).toBeCloseTo(whole, 10)
      expect(await seen([0, 0])).toBeCloseTo(0, 12)
      expect(await seen([1, 0])).not.toBeCloseTo(whole, 3)
    },
  )
})

describe('samples', () => {
  const count = 40_000
  const meanOf = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value / values.length, 0)
  it.each<[unknown, number[], Record<string, number>, Column[]]>([
    ['bernoulli', [0.4], {}, []],
    [{ gaussian: { variance: 'shared' } }, [0.7], { 'likelihood/logVariance': -1 }, []],
    [{ studentT: { degreesOfFreedom: 5, scale: 'shared' } }, [0.7], { 'likelihood/logScale': 0.2 }, []],
    [{ categorical: { levels: 4 } }, [0.1, 0.9, -0.3, 0.5], {}, []],
    [{ discretizedLogistic: { levels: 16 } }, [0.1, -1], {}, []],
    [{ mixed: {} }, [Math.log(7)], {}, columns([{ name: 'n', type: 'integer', maximum: 20, mean: 7, sd: 3 }])],
    [{ mixed: {} }, [Math.log(3000)], {}, columns([{ name: 'n', type: 'integer', maximum: 3200, mean: 3000, sd: 60 }])],
  ])('have the mean that is told, within 4 standard errors: %j %j', async (spec, output, weights, table) => {
    const likelihood = pick(spec, 1, table)
    const drawn = await samplesOf(likelihood, output, count, weights)
    const told = (await figuresOf(likelihood, [[0]], output, weights))['mean']![0]!
    const mean = meanOf(drawn)
    const variance = meanOf(drawn.map((value) => (value - mean) ** 2))
    expect(Math.abs(mean - told)).toBeLessThan(4 * Math.sqrt(variance / count))
  })

  it('of Student t have its variance ν/(ν−2)·s²', async () => {
    const drawn = await samplesOf(pick({ studentT: { degreesOfFreedom: 12, scale: 'shared' } }, 1), [0], count, { 'likelihood/logScale': 0.5 })
    expect(meanOf(drawn.map((value) => value ** 2))).toBeCloseTo((12 / 10) * Math.exp(1), 1)
  })

  it('of categories come as often as their probabilities say', async () => {
    const table = columns([{ name: 'c', type: 'category', maximum: 2, categories: ['x', 'y', 'z'] }])
    const drawn = await samplesOf(pick({ mixed: {} }, 1, table), [0, 1, 2], count)
    const whole = 1 + Math.E + Math.E ** 2
    for (const [code, weight] of [1, Math.E, Math.E ** 2].entries()) {
      const share = drawn.filter((value) => value === code).length / count
      expect(Math.abs(share - weight / whole)).toBeLessThan(4 * Math.sqrt((weight / whole) / count))
    }
  })
})

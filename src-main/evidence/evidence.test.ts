import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { fillNormal } from '@shared/math/random'
import { factorDensity } from '../models/factors/factor-density'
import { type FactorModel, factorStatistics, meanLogDensity, posteriorOf } from '../models/factors/factor-model'
import { principalFactors } from '../models/factors/factor-solutions'
import type { LatentDensity } from '../models/latent-density'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { annealedWeights } from './annealed'
import { ImportanceSampler, type Proposal, importanceWeights } from './importance'
import { groupedEstimates, logSumExpOf, weightFigures } from './log-weights'
import { correlatedProposal, guessedProposal, refineProposal } from './refine'

const runtime = createOnnxRuntime({ threads: 1 })
const pause = async (): Promise<void> => {}

/** iris, columns of mean 0 and variance 1, with its scatter. */
function standardizedIris(): { x: Float64Array; scatter: Float64Array } {
  const lines = readFileSync('resources/datasets/iris.csv', 'utf8').trim().split('\n').slice(1)
  const rows = lines.map((line) => line.split(',').slice(0, 4).map(Number))
  const x = new Float64Array(rows.length * 4)
  for (let column = 0; column < 4; column += 1) {
    const mean = rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length
    const deviation = Math.sqrt(rows.reduce((sum, row) => sum + (row[column]! - mean) ** 2, 0) / rows.length)
    rows.forEach((row, index) => (x[index * 4 + column] = (row[column]! - mean) / deviation))
  }
  const scatter = Float64Array.from({ length: 16 }, (_, at) => {
    let sum = 0
    for (let row = 0; row < rows.length; row += 1) sum += x[row * 4 + Math.floor(at / 4)]! * x[row * 4 + (at % 4)]!
    return sum / rows.length
  })
  return { x, scatter }
}

const { x, scatter } = standardizedIris()
const rows = x.length / 4
const all = { rows, columns: { x } }
let factors: FactorModel
let model: LatentDensity
let exact: number
/** log p of each row. */
let exactRows: number[]

beforeAll(() => {
  factors = turned(principalFactors(new Float64Array(4), scatter, 2))
  model = factorDensity(factors)
  const logDensity = (covariance: Float64Array): number => meanLogDensity(factors, posteriorOf(factors), factorStatistics(factors, posteriorOf(factors), covariance))
  exact = logDensity(scatter)
  exactRows = Array.from({ length: rows }, (_, row) => {
    const one = x.subarray(row * 4, row * 4 + 4)
    return logDensity(Float64Array.from({ length: 16 }, (_, at) => one[Math.floor(at / 4)]! * one[at % 4]!))
  })
})

/** The same density with latents turned by 30°: their posterior is then no longer diagonal, and q(z|x) not exact. */
function turned(model: FactorModel): FactorModel {
  const [cosine, sine] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)]
  const loadings = model.loadings.map((value, at) => (at % 2 === 0 ? cosine * value - sine * model.loadings[at + 1]! : sine * model.loadings[at - 1]! + cosine * value))
  return { ...model, loadings }
}

const weightsOf = async (proposal: Proposal, samples: number, repeat = 0, refine = false): Promise<Float64Array[]> => {
  const sampler = new ImportanceSampler(runtime, model)
  const start = await guessedProposal(runtime, model, all)
  const refined = refine ? await refineProposal(runtime, model, all, start, { correlated: true, steps: 200, samples: 8, learningRate: 0.05, seed: 1, stream: 'refine', pause }) : null
  const weights = await importanceWeights(sampler, all, 0, { samples, proposal, seed: 3, repeat, pause }, refined)
  await sampler.dispose()
  return weights
}
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0)

describe('estimators of log p(x) on probabilistic PCA, where it is known', () => {
  it('has the exact figure of scikit-learn', () => {
    expect(exact).toBeCloseTo(-3.686255, 6) // scikit-learn 1.2.1: PCA(2).fit(X).score(X)
    expect(mean(exactRows)).toBeCloseTo(exact, 10)
  })

  it.each(['prior', 'model', 'refined'] as const)('p̂ is unbiased within 4 standard errors: %s', async (proposal) => {
    const samples = proposal === 'prior' ? 20_000 : 2000
    const weights = await weightsOf(proposal, samples, 0, proposal === 'refined')
    let outside = 0
    weights.forEach((own, row) => {
      const ratios = own.map((value) => Math.exp(value - exactRows[row]!))
      const average = ratios.reduce((sum, value) => sum + value / samples, 0)
      const error = Math.sqrt(ratios.reduce((sum, value) => sum + (value - average) ** 2, 0)) / samples
      if (Math.abs(average - 1) > 4 * error) outside += 1
    })
    // of 150 rows, 4 standard errors are passed by chance about never; heavy tails let one through
    expect(outside).toBeLessThanOrEqual(proposal === 'prior' ? 3 : 0)
  })

  it('naive Monte Carlo falls short of log p(x) as far as NumPy found, like 1/K', async () => {
    const weights = await weightsOf('prior', 20_000, 1)
    const counts = [10, 100, 1000]
    const short = counts.map((_, at) => exact - mean(weights.map((own) => groupedEstimates(own, counts)[at]!)))
    expect(short[0]).toBeCloseTo(3.65, 0)
    expect(short[1]! / 0.31).toBeCloseTo(1, 0)
    expect(Math.abs(short[2]! - 0.031)).toBeLessThan(0.012)
  })

  it('a correlated proposal follows a posterior that no diagonal one can: nearly all samples count', async () => {
    const start = await guessedProposal(runtime, model, all)
    const climb = { steps: 300, samples: 4, learningRate: 0.04, seed: 1, stream: 'refine', pause }
    const sampler = new ImportanceSampler(runtime, model)
    const effective = async (correlated: boolean): Promise<number> => {
      const q = await refineProposal(runtime, model, all, start, { ...climb, correlated })
      const options = { samples: 500, proposal: correlated ? ('refined' as const) : ('independent' as const), seed: 3, repeat: 0, pause }
      return mean((await importanceWeights(sampler, all, 0, options, q)).map((own) => weightFigures(own).effectiveSampleSize)) / 500
    }
    expect(await effective(true)).toBeGreaterThan(0.9)
    expect(await effective(false)).toBeLessThan(0.9)
    await sampler.dispose()
  })

  it('the refined proposal is no worse than the guess, and both estimate closer than the prior', async () => {
    const error = async (proposal: Proposal, refine = false): Promise<number> =>
      mean((await weightsOf(proposal, 500, 2, refine)).map((own) => weightFigures(own).standardError))
    const [prior, own, refined] = [await error('prior'), await error('model'), await error('refined', true)]
    expect(own).toBeLessThan(prior / 5)
    expect(refined).toBeLessThan(own * 1.2)
  })

  it('annealed chains bound log p(x) from both sides, and meet', async () => {
    const count = 40
    const some = { rows: count, columns: { x: x.slice(0, count * 4) } }
    const options = { start: null, chains: 16, temperatures: 200, leapfrogSteps: 5, seed: 5, stream: 'ais', pause }
    const forward = await annealedWeights(runtime, model, some, options)
    const below = mean(forward.logWeights.map((own) => logSumExpOf(own) - Math.log(16)))
    expect(below - mean(exactRows.slice(0, count))).toBeCloseTo(0, 1)
    expect(forward.acceptance).toBeGreaterThan(0.5)
    const start = await correlatedProposal(runtime, model, some, { steps: 200, samples: 4, learningRate: 0.04, seed: 1, stream: 'start', pause })
    const short = await annealedWeights(runtime, model, some, { ...options, start, temperatures: 10 })
    const near = mean(short.logWeights.map((own) => logSumExpOf(own) - Math.log(16)))
    expect(Math.abs(near - mean(exactRows.slice(0, count)))).toBeLessThan(0.01)

    // simulated rows, whose latents are exact posterior samples
    const z = new Float64Array(count * 2)
    const noise = new Float64Array(count * 4)
    fillNormal(z, { seed: 9, stream: 'z' })
    fillNormal(noise, { seed: 9, stream: 'x' })
    const simulated = noise.map((value, at) => {
      const [row, d] = [Math.floor(at / 4), at % 4]
      return factors.loadings[d * 2]! * z[row * 2]! + factors.loadings[d * 2 + 1]! * z[row * 2 + 1]! + Math.sqrt(factors.noise[d]!) * value
    })
    const truth = mean(Array.from({ length: count }, (_, row) => {
      const one = simulated.subarray(row * 4, row * 4 + 4)
      const outer = Float64Array.from({ length: 16 }, (_, at) => one[Math.floor(at / 4)]! * one[at % 4]!)
      return meanLogDensity(factors, posteriorOf(factors), factorStatistics(factors, posteriorOf(factors), outer))
    }))
    const drawn = { rows: count, columns: { x: simulated } }
    const up = mean((await annealedWeights(runtime, model, drawn, { ...options, stream: 'down' }, z)).logWeights.map((own) => -(logSumExpOf(own) - Math.log(16))))
    const low = mean((await annealedWeights(runtime, model, drawn, options)).logWeights.map((own) => logSumExpOf(own) - Math.log(16)))
    expect(low).toBeLessThan(truth + 0.03)
    expect(up).toBeGreaterThan(truth - 0.03)
    expect(up - low).toBeLessThan(0.15)
    const own = await correlatedProposal(runtime, model, drawn, { steps: 200, samples: 4, learningRate: 0.04, seed: 1, stream: 'start', pause })
    const back = await annealedWeights(runtime, model, drawn, { ...options, start: own, temperatures: 10, stream: 'back' }, z)
    expect(Math.abs(mean(back.logWeights.map((weights) => -(logSumExpOf(weights) - Math.log(16)))) - truth)).toBeLessThan(0.01)
  })
})

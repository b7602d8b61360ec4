import { describe, expect, it } from 'vitest'
import { fillNormal } from '@shared/math/random'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { updatePosterior } from '../models/bayesian/normal-wishart'
import { startFactorMixture } from '../models/factors/factor-mixture'
import { startHmm } from '../models/sequences/hmm-starts'
import { ldaExpectation, startLda } from '../models/topics/lda'
import { plsaExpectation, startPlsa } from '../models/topics/plsa'
import { termCounts } from '../models/topics/term-counts'
import { bayesianProblem } from './bayesian-problem'
import { cutIntoChunks } from './chunks'
import { factorMixtureProblem } from './factor-mixture-problem'
import { rowMoments } from './factor-problem'
import { type SequenceData, hmmProblem } from './hmm-problem'

const columns = 3
const rows = 50
const x = new Float64Array(rows * columns)
fillNormal(x, { seed: 1, stream: 'rows' })
const key = { seed: 2, stream: 'start' }
const runtime = createOnnxRuntime({ threads: 1 })

type Numbers = Record<string, ArrayLike<number> | number>
function expectClose(one: object, other: object): void {
  for (const [name, value] of Object.entries(one as Numbers)) {
    const its = (other as Numbers)[name]!
    const [left, right] = [typeof value === 'number' ? [value] : Array.from(value), typeof its === 'number' ? [its] : Array.from(its)]
    left.forEach((number, index) => expect(Math.abs(number - right[index]!), name).toBeLessThan(1e-11 * Math.max(1, Math.abs(number))))
  }
}

describe('statistics merged from parts equal those of the whole', () => {
  it.each([1, 7, 49])('moments of rows in chunks of %i', async (limit) => {
    expectClose(await rowMoments(runtime, cutIntoChunks(x, columns, null, limit)), await rowMoments(runtime, cutIntoChunks(x, columns)))
  })

  it.each([1, 7, 49])('a mixture of factor analysers in chunks of %i', async (limit) => {
    const structure = { components: 2, columns, latent: 1, noise: 'separate' as const, noiseFloor: 1e-4 }
    const start = startFactorMixture(x, structure, key)
    const [whole, parts] = [cutIntoChunks(x, columns), cutIntoChunks(x, columns, null, limit)]
    const [one, other] = [await factorMixtureProblem(runtime, whole, structure), await factorMixtureProblem(runtime, parts, structure)]
    const [a, b] = [await one.expect(start, null), await other.expect(start, null)]
    const { from: _a, ...left } = a.statistics
    const { from: _b, ...right } = b.statistics
    expectClose(left, right)
    expect(a.logLikelihood).toBeCloseTo(b.logLikelihood, 10)
  })

  it.each([1, 7, 49])('a Bayesian mixture in chunks of %i', async (limit) => {
    const prior = {
      columns,
      mean: new Float64Array(columns),
      meanPrecision: 1,
      degreesOfFreedom: 3,
      inverseScale: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
      weightPrior: 'dirichlet' as const,
      weightConcentration: 0.5,
    }
    const counts = Float64Array.of(20, 30)
    const sums = Float64Array.of(3, 1, -2, -4, 2, 1)
    const products = Float64Array.from({ length: 18 }, (_, index) => (index % 9) % 4 === 0 ? 25 : 1)
    const q = updatePosterior(prior, { counts, sums, products })
    const [one, other] = [
      await bayesianProblem(runtime, cutIntoChunks(x, columns), prior, 2),
      await bayesianProblem(runtime, cutIntoChunks(x, columns, null, limit), prior, 2),
    ]
    const [a, b] = [await one.expect(q, null), await other.expect(q, null)]
    expectClose(a.statistics, b.statistics)
    expect(a.logLikelihood).toBeCloseTo(b.logLikelihood, 10)
  })

  it('a Gaussian hidden Markov model over two sequences', async () => {
    const like = { kind: 'gaussian' as const, diagonal: false, columns, means: new Float64Array(6), covariances: new Float64Array(18) }
    const start = startHmm(x, like, 2, key)
    const expectation = async (data: SequenceData) => (await hmmProblem(runtime, data, start, 0)).expect(start, null)
    const [first, second] = [x.slice(0, 20 * columns), x.slice(20 * columns)]
    const alone = async (part: Float64Array) =>
      expectation({ x: part, columns, sequences: [{ name: 'only', start: 0, length: part.length / columns }] })
    const [a, b] = [await alone(first), await alone(second)]
    const whole = await expectation({ x, columns, sequences: [{ name: 'a', start: 0, length: 20 }, { name: 'b', start: 20, length: 30 }] })
    const add = (one: ArrayLike<number>, other: ArrayLike<number>): Float64Array => Float64Array.from(one, (value, index) => value + other[index]!)
    expect(whole.logLikelihood).toBeCloseTo(a.logLikelihood + b.logLikelihood, 10)
    expectClose(
      { initial: whole.statistics.initialCounts, transitions: whole.statistics.transitionCounts, products: whole.statistics.emission.products },
      {
        initial: add(a.statistics.initialCounts, b.statistics.initialCounts),
        transitions: add(a.statistics.transitionCounts, b.statistics.transitionCounts),
        products: add(a.statistics.emission.products, b.statistics.emission.products),
      },
    )
  })

  it('topics over two halves of the documents', () => {
    const table = x.map((value) => Math.round(Math.abs(value) * 3))
    const half = 20
    const [whole, one, other] = [termCounts(table, columns), termCounts(table.slice(0, half * columns), columns), termCounts(table.slice(half * columns), columns)]
    const plsa = startPlsa(whole, 2, key)
    const part = (from: number, to: number) => ({ ...plsa, documents: plsa.documents.slice(2 * from, 2 * to) })
    const [a, b] = [plsaExpectation(one, part(0, half)), plsaExpectation(other, part(half, rows))]
    expectClose({ counts: plsaExpectation(whole, plsa).statistics.topicCounts }, { counts: a.statistics.topicCounts.map((value, index) => value + b.statistics.topicCounts[index]!) })
    const prior = { document: 0.3, topic: 0.2 }
    const lda = startLda(whole, 2, prior, key)
    const piece = (from: number, to: number) => ({ ...lda, documents: lda.documents.slice(2 * from, 2 * to) })
    const limits = { change: 1e-9, iterations: 100 }
    const [c, d] = [ldaExpectation(one, piece(0, half), prior, limits), ldaExpectation(other, piece(half, rows), prior, limits)]
    expectClose({ counts: ldaExpectation(whole, lda, prior, limits).topicCounts }, { counts: c.topicCounts.map((value, index) => value + d.topicCounts[index]!) })
  })
})

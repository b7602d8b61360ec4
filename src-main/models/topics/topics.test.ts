import { expect, test } from 'vitest'
import { logGamma } from '@shared/math/gamma'
import { fitByEm } from '../../inference/em'
import { ldaProblem, plsaProblem } from '../../inference/topic-problems'
import { startLda } from './lda'
import { foldIn, startPlsa } from './plsa'
import { termCounts } from './term-counts'

const table = Float64Array.of(
  ...[5, 4, 0, 0, 1, 0],
  ...[3, 6, 1, 0, 0, 0],
  ...[0, 0, 4, 5, 0, 1],
  ...[0, 1, 6, 3, 0, 0],
  ...[1, 0, 0, 0, 7, 5],
  ...[0, 0, 1, 0, 4, 6],
  ...[2, 2, 2, 2, 2, 2],
)
const counts = termCounts(table, 6)
const exactly = { tolerance: 1e-13, maxIterations: 20_000, identityEvery: 1 }

test('with one topic the bound of LDA is the evidence of a Dirichlet-multinomial', async () => {
  const prior = { document: 0.3, topic: 0.2 }
  const { trace } = await fitByEm(ldaProblem(counts, prior), startLda(counts, 1, prior, { seed: 1, stream: 'a' }), { ...exactly, identityEvery: 0 })
  const totals = Array.from({ length: 6 }, (_, w) => Array.from({ length: 7 }, (_unused, d) => table[d * 6 + w]!).reduce((sum, value) => sum + value))
  const evidence =
    logGamma(6 * 0.2) - logGamma(6 * 0.2 + counts.tokens) + totals.reduce((sum, total) => sum + logGamma(0.2 + total) - logGamma(0.2), 0)
  expect(trace.at(-1)! * 7).toBeCloseTo(evidence, 9)
})

test('the bound of LDA never falls, and ends where that of scikit-learn does, or higher', async () => {
  // scikit-learn 1.2.1: LatentDirichletAllocation(3, doc_topic_prior=.3, topic_word_prior=.2, learning_method='batch', max_iter=3000,
  // max_doc_update_iter=5000, mean_change_tol=1e-12), _approx_bound over 60 seeds: these three, and worse
  const known = [-122.7473806, -122.9126549, -123.3476762]
  const prior = { document: 0.3, topic: 0.2 }
  const found: number[] = []
  for (let seed = 0; seed < 60; seed += 1) {
    const start = startLda(counts, 3, prior, { seed, stream: 'a' })
    const { trace } = await fitByEm(ldaProblem(counts, prior), start, { ...exactly, identityEvery: 0 })
    trace.slice(1).forEach((value, index) => expect(value).toBeGreaterThanOrEqual(trace[index]! - 1e-12))
    found.push(trace.at(-1)! * 7)
  }
  for (const bound of known) expect(found.some((value) => Math.abs(value - bound) < 1e-5)).toBe(true)
  expect(Math.max(...found)).toBeGreaterThan(known[0]!)
})

test('pLSA satisfies log p = L + KL at every iteration, and L never falls', async () => {
  const bounds: { before: number; lowerBound: number; kl: number; after: number }[] = []
  let before = 0
  await fitByEm(plsaProblem(counts), startPlsa(counts, 3, { seed: 1, stream: 'a' }), {
    ...exactly,
    onIteration: ({ logLikelihood, bound }) => {
      if (bound) bounds.push({ ...bound, before, after: logLikelihood })
      before = logLikelihood
    },
  })
  expect(bounds.length).toBeGreaterThan(10)
  for (const { lowerBound, kl, after, before: start } of bounds) {
    expect(Math.abs(lowerBound + kl - after)).toBeLessThan(1e-9)
    expect(lowerBound).toBeGreaterThanOrEqual(start - 1e-12)
    expect(kl).toBeGreaterThanOrEqual(-1e-12)
  }
})

test('pLSA with as many topics as documents reproduces every document', async () => {
  const frequencies = table.map((value, index) => value / table.subarray(index - (index % 6), index - (index % 6) + 6).reduce((sum, one) => sum + one, 0))
  const saturated = table.reduce((sum, value, index) => sum + (value > 0 ? value * Math.log(frequencies[index]!) : 0), 0)
  const { trace } = await fitByEm(plsaProblem(counts), startPlsa(counts, 7, { seed: 2, stream: 'a' }), { ...exactly, maxIterations: 5000 })
  expect(trace.at(-1)! * 7).toBeLessThan(saturated + 1e-9)
  expect(trace.at(-1)! * 7).toBeGreaterThan(saturated - 0.05)
})

test('folding in a document that was fitted finds its likelihood again, and an empty one is 0', async () => {
  const { parameters, trace } = await fitByEm(plsaProblem(counts), startPlsa(counts, 2, { seed: 1, stream: 'a' }), exactly)
  const { logLikelihood } = foldIn(counts, parameters)
  expect(logLikelihood.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace.at(-1)! * 7, 5)
  expect(foldIn(termCounts(new Float64Array(6), 6), parameters).logLikelihood[0]).toBe(0)
})

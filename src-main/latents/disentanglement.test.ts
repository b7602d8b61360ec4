import { expect, test } from 'vitest'
import { fillNormal, fillUniform } from '@shared/math/random'
import { type Codes, type Factor, dciOf, factorScore, lassoImportance, mutualInformation, mutualInformationGap, separatedPredictability } from './disentanglement'

/* Oracles: what the metrics must say of codes that are the factors themselves, of codes that say nothing, of codes that say all twice. */
const rows = 3000
const counts = [4, 5, 6, 3, 8]
const key = { seed: 5, stream: 'disentanglement-test' }

const factors: Factor[] = counts.map((count, at) => {
  const draws = new Float64Array(rows)
  fillUniform(draws, { ...key, stream: `factor/${at}` })
  const levels = Int32Array.from(draws, (share) => Math.floor(share * count))
  return { name: `f${at}`, levels, count, numbers: Float64Array.from(levels) }
})
const named: Factor[] = factors.map((factor) => ({ ...factor, numbers: null }))
const codesOf = (columns: readonly ArrayLike<number>[]): Codes => ({
  columns: columns.length,
  values: Float64Array.from({ length: rows * columns.length }, (_, index) => columns[index % columns.length]![Math.floor(index / columns.length)]!),
})
const identity = codesOf(factors.map(({ levels }) => levels))
const zero = codesOf(factors.map(() => new Float64Array(rows)))
const doubled = codesOf([...factors, ...factors].map(({ levels }) => levels))
const noise = codesOf(
  factors.map((_, at) => {
    const column = new Float64Array(rows)
    fillNormal(column, { ...key, stream: `noise/${at}` })
    return column
  }),
)

test('codes that are the factors: MIG, SAP and FactorVAE score of at least 0.9', () => {
  expect(mutualInformationGap(identity, factors)).toBeGreaterThanOrEqual(0.9)
  expect(separatedPredictability(identity, factors)).toBeGreaterThanOrEqual(0.9)
  expect(factorScore(identity, factors, key)).toBeGreaterThanOrEqual(0.9)
})

test.each([
  ['never change', zero],
  ['are noise', noise],
] as const)('codes that %s: MIG and SAP of at most 0.2, for numbers and for names', (_what, codes) => {
  for (const some of [factors, named]) {
    expect(mutualInformationGap(codes, some)).toBeLessThanOrEqual(0.2)
    expect(separatedPredictability(codes, some)).toBeLessThanOrEqual(0.2)
  }
})

test('FactorVAE score: 0 of codes that never change, little above chance of noise', () => {
  expect(factorScore(zero, factors, key)).toBe(0)
  expect(factorScore(noise, factors, key)).toBeLessThan(0.4)
})

test('codes that say all twice have no gap: MIG and SAP of at most 0.1, while the FactorVAE score does not see it', () => {
  expect(mutualInformationGap(doubled, factors)).toBeLessThanOrEqual(0.1)
  expect(separatedPredictability(doubled, factors)).toBeLessThanOrEqual(0.1)
  expect(factorScore(doubled, factors, key)).toBeGreaterThanOrEqual(0.9)
})

const diagonal = (size: number): number[][] => Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_, column) => Number(row === column)))

test('DCI of a diagonal of five is 1 and 1; of two of them stacked, 1 and 1 − log 2 / log 10', () => {
  expect(dciOf(diagonal(5))).toEqual({ disentanglement: 1, completeness: 1 })
  const { disentanglement, completeness } = dciOf([...diagonal(5), ...diagonal(5)])
  expect(disentanglement).toBeCloseTo(1, 12)
  expect(completeness).toBeCloseTo(0.69897, 5)
  expect(dciOf(diagonal(5).map((row) => row.map(() => 1))).disentanglement).toBeCloseTo(0, 12)
})

test('a lasso finds which latent stands for which factor, by numbers and by names, and a turned code is worse', () => {
  for (const some of [factors, named]) {
    const { disentanglement, completeness } = dciOf(lassoImportance(identity, some, 0.05))
    expect(disentanglement).toBeGreaterThan(0.95)
    expect(completeness).toBeGreaterThan(0.95)
  }
  const columns = factors.map(({ levels }) => levels)
  const turned = codesOf(columns.map((_, at) => columns.map((other) => other).reduce((total, column, which) => total.map((value, row) => value + Math.cos(at * which + which) * column[row]!), new Float64Array(rows))))
  expect(dciOf(lassoImportance(turned, factors, 0.01)).disentanglement).toBeLessThan(0.6)
})

test('mutual information of independent fair coins is 0, of equal ones log 2', () => {
  const a = Int32Array.from([0, 0, 1, 1])
  expect(mutualInformation(a, 2, Int32Array.from([0, 1, 0, 1]), 2)).toBeCloseTo(0, 12)
  expect(mutualInformation(a, 2, a, 2)).toBeCloseTo(Math.log(2), 12)
})

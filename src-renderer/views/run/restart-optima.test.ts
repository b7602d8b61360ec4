import { expect, test } from 'vitest'
import { convergenceRate, leftToGain, restartOptima } from './restart-optima'

const ended = (logLikelihood: number | null, spurious = false, iterations = 10) => ({ logLikelihood, spurious, iterations })

test('restarts within 1e-4 nats per row share an optimum, best first', () => {
  const optima = restartOptima([ended(-2.1), ended(-2.00001, false, 30), ended(-2, false, 10), ended(-2.1), ended(-2.1), ended(null)])
  expect(optima).toEqual([
    { logLikelihood: -2, hits: 2, spurious: false, iterations: 20 },
    { logLikelihood: -2.1, hits: 3, spurious: false, iterations: 10 },
  ])
})

test('a spurious optimum is told apart from a proper one of the same height', () => {
  expect(restartOptima([ended(-2, true), ended(-2)]).map(({ spurious, hits }) => [spurious, hits])).toEqual([
    [true, 1],
    [false, 1],
  ])
})

test('where less is better, the least comes first', () => {
  expect(restartOptima([ended(80), ended(40), ended(80)], 'lower').map(({ logLikelihood, hits }) => [logLikelihood, hits])).toEqual([
    [40, 1],
    [80, 2],
  ])
})

test('every finished restart is counted exactly once', () => {
  const restarts = Array.from({ length: 200 }, (_, index) => ended(-3 + ((index * 37) % 11) * 3e-5, index % 5 === 0))
  expect(restartOptima(restarts).reduce((sum, { hits }) => sum + hits, 0)).toBe(200)
})

test('the rate of a geometric approach is its factor', () => {
  const trace = Array.from({ length: 40 }, (_, index) => -1 - 0.7 ** index)
  expect(convergenceRate(trace)).toBeCloseTo(0.7, 6)
})

test('a trace too short to tell has no rate', () => {
  expect(convergenceRate([-3, -2])).toBeNull()
  expect(convergenceRate([-2, -2, -2, -2, -2, -2])).toBeNull()
})

test('of gains that shrink by half, as much is left as the last one gained', () => {
  const trace = Array.from({ length: 12 }, (_, at) => -(0.5 ** at))
  expect(leftToGain(trace)).toBeCloseTo(0.5 ** 11, 12)
  expect(leftToGain([1, 2])).toBeNull()
})

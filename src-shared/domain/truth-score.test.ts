import { expect, test } from 'vitest'
import { compareParameters } from './truth-score'

const truth = {
  parameters: [
    { name: 'mixingWeights', shape: [2], values: [0.25, 0.75] },
    { name: 'means', shape: [2, 1], values: [-1, 3] },
    { name: 'transitions', shape: [2, 2], values: [0.9, 0.1, 0.4, 0.6] },
  ],
}

test('parts are compared in the order in which they lie nearest to the truth', () => {
  const fitted = { weights: [0.7, 0.3], means: [[3.5], [-1]], transitions: [[0.6, 0.4], [0.1, 0.9]] }
  const { match, parameters } = compareParameters(fitted, truth)
  expect(match).toEqual([1, 0])
  expect(parameters).toEqual([
    { name: 'mixingWeights', largest: expect.closeTo(0.05, 12), mean: expect.closeTo(0.05, 12) },
    { name: 'means', largest: 0.5, mean: 0.25 },
    { name: 'transitions', largest: expect.closeTo(0, 12), mean: expect.closeTo(0, 12) },
  ])
})

test('another number of parts, or none that tells them apart, is not compared', () => {
  expect(compareParameters({ means: [[1], [2], [3]] }, truth)).toEqual({ match: null, parameters: [] })
  expect(compareParameters({ loadings: [[1]] }, truth)).toEqual({ match: null, parameters: [] })
})

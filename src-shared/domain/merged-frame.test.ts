import { expect, it } from 'vitest'
import { mergedFrame, treePlaces } from './merged-frame'

it('groups have the weights, moments and responsibilities of what they are made of', () => {
  const frame = {
    iteration: 1,
    iterations: 1,
    weights: [0.25, 0.5, 0.25],
    means: [[0], [5], [4]],
    covariances: [[[1]], [[2]], [[1]]],
    responsibilities: Float32Array.of(0.25, 0.25, 0.5, 1, 0, 0),
    bound: null,
  }
  const merged = mergedFrame(frame, [[0, 2], [1]])
  expect(merged.weights).toEqual([0.5, 0.5])
  expect(merged.means).toEqual([[2], [5]])
  // 1 within each, and (2² + 2²)/2 between them
  expect(merged.covariances).toEqual([[[5]], [[2]]])
  expect([...merged.responsibilities]).toEqual([0.75, 0.25, 1, 0])
})

it('branches of a merge tree do not cross', () => {
  const merges = [
    { clusters: 3, merged: [[0], [3]], drop: 2, rows: 5 },
    { clusters: 2, merged: [[1], [2]], drop: 2, rows: 5 },
    { clusters: 1, merged: [[0, 3], [1, 2]], drop: 2, rows: 5 },
  ] as { clusters: number; merged: [number[], number[]]; drop: number; rows: number }[]
  const { order, joints } = treePlaces({ components: 4, merges })
  expect(order).toEqual([0, 3, 1, 2])
  expect(joints).toEqual([
    { a: 0, b: 1, fromA: 0, fromB: 0, at: 1 },
    { a: 2, b: 3, fromA: 0, fromB: 0, at: 2 },
    { a: 0.5, b: 2.5, fromA: 1, fromB: 2, at: 3 },
  ])
})

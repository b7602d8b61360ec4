import { expect, it } from 'vitest'
import { sobolPoint } from './sobol'

it('unscrambled points are those of SciPy', () => {
  // SciPy 1.10: scipy.stats.qmc.Sobol(5, scramble=False).random(8)
  const first = [
    [0, 0, 0, 0, 0],
    [0.5, 0.5, 0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25, 0.25, 0.75],
    [0.25, 0.75, 0.75, 0.75, 0.25],
    [0.375, 0.375, 0.625, 0.875, 0.375],
    [0.875, 0.875, 0.125, 0.375, 0.875],
    [0.625, 0.125, 0.875, 0.625, 0.625],
    [0.125, 0.625, 0.375, 0.125, 0.125],
  ]
  first.forEach((point, index) => expect([...sobolPoint(index, 5, null)]).toEqual(point))
  // Sobol(40, scramble=False).random(64), rows 37 and 63, columns 0, 7, 20, 39
  expect([0, 7, 20, 39].map((column) => sobolPoint(37, 40, null)[column])).toEqual([0.921875, 0.796875, 0.953125, 0.078125])
  expect([0, 7, 20, 39].map((column) => sobolPoint(63, 40, null)[column])).toEqual([0.015625, 0.140625, 0.234375, 0.171875])
})

it('scrambled points keep one point in each of 2^k slices of every dimension', () => {
  for (let dimension = 0; dimension < 8; dimension += 1) {
    const slices = Array.from({ length: 64 }, (_, index) => Math.floor(sobolPoint(index, 8, 7)[dimension]! * 64))
    expect(new Set(slices).size).toBe(64)
  }
  expect(sobolPoint(5, 3, 1)).not.toEqual(sobolPoint(5, 3, 2))
})

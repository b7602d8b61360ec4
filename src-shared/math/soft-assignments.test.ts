import { expect, test } from 'vitest'
import { softAssignments, spreadAbout } from './soft-assignments'

const features = Float32Array.of(0, 0, 4, 0, 2, 0, 1, 0)
const centres = [
  [0, 0],
  [4, 0],
]
const at = (sigma: number): number[] => [...softAssignments(features, centres, sigma)]

test('shares of a row add up to 1 at any softness', () => {
  for (const sigma of [0, 1e-3, 0.5, 2, 100]) {
    const shares = at(sigma)
    for (let row = 0; row < 4; row += 1) expect(shares[row * 2]! + shares[row * 2 + 1]!).toBeCloseTo(1, 6)
  }
})

test('as the softness falls to 0, shares become those of the nearest centre', () => {
  expect(at(1e-3).slice(6)).toEqual([1, 0])
  expect(at(0).slice(0, 4)).toEqual([1, 0, 0, 1])
  expect(at(1)[6]).toBeCloseTo(1 / (1 + Math.exp(-4)), 6)
})

test('a row halfway between two centres is shared evenly as long as there is any softness', () => {
  expect(at(0.1).slice(4, 6)).toEqual([0.5, 0.5])
})

test('rows on their centres have no spread', () => {
  expect(spreadAbout(Float32Array.of(0, 0, 4, 0), centres)).toBe(0)
  expect(spreadAbout(Float32Array.of(1, 0, 4, 1), centres)).toBeCloseTo(Math.sqrt(0.5), 6)
})

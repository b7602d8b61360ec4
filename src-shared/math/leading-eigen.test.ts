import { expect, test } from 'vitest'
import { leadingEigen } from './leading-eigen'
import { fillNormal } from './random'
import { symmetricEigen } from './symmetric-eigen'

/** AᵀA of a matrix whose columns fall in size, so that the spectrum has no plateau. */
function spread(size: number, decay: number): Float64Array {
  const rows = size + 20
  const factor = new Float64Array(rows * size)
  fillNormal(factor, { seed: 3, stream: 'test' })
  const product = new Float64Array(size * size)
  for (let row = 0; row < rows; row += 1) {
    for (let a = 0; a < size; a += 1) {
      const scaled = factor[row * size + a]! * decay ** a
      for (let b = 0; b < size; b += 1) product[a * size + b]! += scaled * factor[row * size + b]! * decay ** b
    }
  }
  return product
}

test('of a wide matrix, the leading eigenpairs are those of the full decomposition', () => {
  const size = 300
  const matrix = spread(size, 0.98)
  const [few, all] = [leadingEigen(matrix, size, 5), symmetricEigen(matrix, size)]
  for (let k = 0; k < 5; k += 1) {
    expect(few.values[k]! / all.values[k]!).toBeCloseTo(1, 11)
    for (let at = 0; at < size; at += 1) expect(few.vectors[k * size + at]!).toBeCloseTo(all.vectors[k * size + at]!, 7)
  }
})

test('equal eigenvalues are found as often as there are, whatever their vectors', () => {
  const size = 170
  const matrix = Float64Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 2 : 0))
  for (const value of leadingEigen(matrix, size, 3).values) expect(value).toBeCloseTo(2, 12)
})

test('a matrix of lower rank than asked for still has its values', () => {
  const size = 200
  const matrix = new Float64Array(size * size)
  matrix[0] = 3
  matrix[size + 1] = 2
  expect([...leadingEigen(matrix, size, 4).values].map((value) => Math.abs(Math.round(value * 1e9) / 1e9))).toEqual([3, 2, 0, 0])
})

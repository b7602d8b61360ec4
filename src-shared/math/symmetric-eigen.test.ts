import { expect, test } from 'vitest'
import { fillNormal } from './random'
import { symmetricEigen } from './symmetric-eigen'

function randomSymmetric(size: number, rank: number): Float64Array {
  const factor = new Float64Array(size * rank)
  fillNormal(factor, { seed: 5, stream: `${size}/${rank}` })
  return Float64Array.from({ length: size * size }, (_, index) => {
    let sum = 0
    for (let k = 0; k < rank; k += 1) sum += factor[Math.floor(index / size) * rank + k]! * factor[(index % size) * rank + k]!
    return sum
  })
}

test.each([[1, 1], [2, 2], [5, 5], [30, 30], [40, 3], [64, 64]])('A·v = λ·v with orthonormal v, falling λ: size %i, rank %i', (size, rank) => {
  const matrix = randomSymmetric(size, rank)
  const { values, vectors } = symmetricEigen(matrix, size)
  for (let k = 0; k < size; k += 1) {
    if (k > 0) expect(values[k]).toBeLessThanOrEqual(values[k - 1]!)
    for (let row = 0; row < size; row += 1) {
      let product = 0
      for (let column = 0; column < size; column += 1) product += matrix[row * size + column]! * vectors[k * size + column]!
      expect(Math.abs(product - values[k]! * vectors[k * size + row]!)).toBeLessThan(1e-11 * values[0]!)
    }
    for (let other = 0; other <= k; other += 1) {
      let inner = 0
      for (let row = 0; row < size; row += 1) inner += vectors[k * size + row]! * vectors[other * size + row]!
      expect(inner).toBeCloseTo(k === other ? 1 : 0, 11)
    }
  }
})

test('a diagonal matrix has its diagonal as eigenvalues, equal ones included', () => {
  expect([...symmetricEigen([2, 0, 0, 0, 5, 0, 0, 0, 2], 3).values]).toEqual([5, 2, 2])
  expect([...symmetricEigen([0, 0, 0, 0], 2).values]).toEqual([0, 0])
})

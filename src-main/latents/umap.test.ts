import { expect, test } from 'vitest'
import { fillNormal } from '@shared/math/random'
import { nearestRows } from '@shared/math/nearest-rows'
import { embedRows } from './umap'

const plan = { neighbours: 10, minDistance: 0.1, seed: 1, pause: async () => {}, onProgress: () => {} }

/** Three clouds in five dimensions, 40 rows each. */
function clouds(): Float32Array {
  const values = new Float32Array(120 * 5)
  fillNormal(values, { seed: 3, stream: 'clouds' })
  for (let row = 0; row < 120; row += 1) values[row * 5 + Math.floor(row / 40)]! += 12
  return values
}

test('rows of one cloud lie together, and the same seed draws the same picture', async () => {
  const { x, y, epochs } = await embedRows(clouds(), 5, plan)
  expect(epochs).toBeGreaterThan(100)
  const places = Float64Array.from({ length: 240 }, (_, at) => (at % 2 === 0 ? x[at >> 1]! : y[at >> 1]!))
  for (let row = 0; row < 120; row += 1) {
    const near = nearestRows(places, 2, places.subarray(row * 2, row * 2 + 2), 5, row)
    expect([...near.rows].every((other) => Math.floor(other / 40) === Math.floor(row / 40))).toBe(true)
  }
  expect((await embedRows(clouds(), 5, plan)).x).toEqual(x)
})

test('progress rises to its end, and a pause that throws ends it', async () => {
  const told: number[] = []
  await embedRows(clouds(), 5, { ...plan, onProgress: (done) => told.push(done) })
  expect(told.at(-1)).toBeCloseTo(1, 12)
  expect(told).toEqual([...told].sort((a, b) => a - b))
  await expect(embedRows(clouds(), 5, { ...plan, pause: () => Promise.reject(new Error('cancelled')) })).rejects.toThrow('cancelled')
})

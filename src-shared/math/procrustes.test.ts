import { expect, test } from 'vitest'
import { alignedBy, procrustes } from './procrustes'
import { fillNormal } from './random'

const matrix = (value: (row: number, column: number) => number): Float64Array =>
  Float64Array.from({ length: 24 }, (_, at) => value(Math.floor(at / 3), at % 3))
const source = matrix((i, j) => ((i * j * 7 + 3 * i * i + 5 * j) % 11) - 5 + 0.1 * i)
const target = matrix((i, j) => ((i * j * 5 + 2 * i + j * j * 3) % 13) - 6 - 0.2 * j)

test('rotation, scale and disparity are those of SciPy 1.17: linalg.orthogonal_procrustes, spatial.procrustes', () => {
  const found = procrustes(source, target, 3)
  const rotation = [
    ...[0.9641807940051722, 0.265211784748525, 0.004255079559500907],
    ...[-0.21412396200393644, 0.7687822312904904, 0.6025983817998132],
    ...[0.1565449627656301, -0.5819249007238982, 0.7980332603032219],
  ]
  found.rotation.forEach((value, at) => expect(value).toBeCloseTo(rotation[at]!, 9))
  expect(found.scale).toBeCloseTo(0.9171197936520685, 10)
  expect(found.disparity).toBeCloseTo(0.4850630699806445, 10)
})

test('points that were turned, mirrored, stretched and moved come back, also where they lie in a plane', () => {
  const points = new Float64Array(60)
  fillNormal(points, { seed: 2, stream: 'points' })
  for (let at = 2; at < 60; at += 3) points[at] = 0.5
  const moved = points.map((_, at) => {
    const [x, y, z] = [0, 1, 2].map((column) => points[at - (at % 3) + column]!)
    return 3 * [-y!, -x!, z!][at % 3]! + at % 3
  })
  const found = procrustes(moved, points, 3)
  expect(found.disparity).toBeLessThan(1e-12)
  alignedBy(found, moved).forEach((value, at) => expect(value).toBeCloseTo(points[at]!, 5))
})

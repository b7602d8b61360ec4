import { expect, test } from 'vitest'
import type { LatentSummary } from '@shared/domain/run'
import { fillNormal } from '@shared/math/random'
import { componentShapes, mapColour, paintOf, priorShapes } from './map-paint'

const xs = Float32Array.of(0, 1, 2, 3)
const points = { xs, ys: Float32Array.of(0, 0, 1, 1) }
const summary = {
  labels: Int32Array.of(0, 1, -1, 1),
  classes: ['a', 'b'],
  components: { kind: 'component', names: ['one', 'two'], probabilities: Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.5, 0.5, 0, 1) },
} as unknown as LatentSummary
const options = { errors: null, dark: false, hidden: new Set<number>(), noLabel: 'no label' }

test('labels paint by class, and rows without one have a colour of their own', () => {
  const { paint, names } = paintOf('label', summary, points, options)
  expect([...paint]).toEqual([0, 1, 2, 1])
  expect(names!.map(({ name }) => name)).toEqual(['a', 'b', 'no label'])
  expect([...paintOf('label', summary, points, { ...options, hidden: new Set([1]) }).paint]).toEqual([0, 255, 2, 255])
})

test('components paint by the most probable, errors and density on a scale', () => {
  expect([...paintOf('component', summary, points, options).paint]).toEqual([0, 1, 0, 1])
  const found = paintOf('error', summary, points, { ...options, errors: Float32Array.of(4, 1, 2, 3) })
  expect(found.paint[1]).toBe(0)
  expect(found.paint[0]).toBe(63)
  expect(found.scale).toEqual({ low: 1, high: 4 })
  expect(new Set(Array.from({ length: 16 }, (_, at) => mapColour(at, false))).size).toBe(16)
})

test('the ellipse of a component holds about 86 % of its rows, that of the aggregate posterior those of all', () => {
  const [x, y] = [new Float32Array(4000), new Float32Array(4000)]
  fillNormal(x, { seed: 1, stream: 'x' })
  fillNormal(y, { seed: 1, stream: 'y' })
  const probabilities = Float32Array.from({ length: 4000 }, () => 1)
  const [shape] = componentShapes({ components: { kind: 'component', names: ['all'], probabilities } } as unknown as LatentSummary, x, y, false)
  for (const [px, py] of shape!.points) expect(Math.hypot(px, py)).toBeCloseTo(2, 0)
  const shapes = priorShapes([0, 0], x, y, { prior: '#000000', posterior: '#ffffff' })
  expect(shapes).toHaveLength(4)
  expect(Math.hypot(...shapes[2]!.points[5]!)).toBeCloseTo(3, 12)
})

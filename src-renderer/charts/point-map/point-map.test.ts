import { expect, test } from 'vitest'
import { fillNormal } from '@shared/math/random'
import { densityAt, densityGrid, levelsOf } from './density'
import { type MapView, extentOfPoints, fromPixel, panned, ticks, toPixel, zoomed } from './map-view'
import { indexPoints, pointsInside } from './point-index'
import { drawPoints } from './raster'

const normal = (count: number, stream: string): Float32Array => {
  const values = new Float32Array(count)
  fillNormal(values, { seed: 1, stream })
  return values
}
const view: MapView = { x0: -2, x1: 2, y0: -1, y1: 3, width: 400, height: 200 }

test('places and pixels are each other’s inverse, and a zoom leaves the pixel under the pointer where it is', () => {
  expect(fromPixel(view, ...toPixel(view, 0.7, 1.3))).toEqual([expect.closeTo(0.7, 12), expect.closeTo(1.3, 12)])
  expect(toPixel(view, -2, 3)).toEqual([0, 0])
  const close = zoomed(view, 3, 120, 30)
  expect(fromPixel(close, 120, 30)).toEqual(fromPixel(view, 120, 30).map((value) => expect.closeTo(value, 12)))
  expect(close.x1 - close.x0).toBeCloseTo(4 / 3, 12)
  expect(fromPixel(panned(view, 10, -20), 110, 30)).toEqual(fromPixel(view, 100, 50).map((value) => expect.closeTo(value, 12)))
})

test('ticks are round numbers inside the ends', () => {
  expect(ticks(-2.1, 2.1, 5)).toEqual([-2, -1, 0, 1, 2])
  expect(ticks(0.013, 0.031, 4)).toEqual([0.015, 0.02, 0.025, 0.03])
  expect(ticks(1, 1, 4)).toEqual([])
})

test('the nearest point is that of a search through all, and none is found out of reach', () => {
  const [xs, ys] = [normal(3000, 'x'), normal(3000, 'y')]
  const index = indexPoints(xs, ys)
  const reach = { x: 0.3, y: 0.6 }
  for (const [x, y] of [[0, 0], [1.2, -0.4], [-2, 2], [8, 8]] as const) {
    const distance = (at: number): number => ((xs[at]! - x) / reach.x) ** 2 + ((ys[at]! - y) / reach.y) ** 2
    const best = Array.from(xs.keys()).reduce((least, at) => (distance(at) < distance(least) ? at : least))
    expect(index.nearest(x, y, reach)).toBe(distance(best) <= 1 ? best : -1)
  }
})

test('a line around a square finds what is inside, also where it is not convex', () => {
  expect([...pointsInside([0, 2, 0.5, 1.5], [0, 0, 0.4, 0.9], [[-1, -1], [1, -1], [1, 0.5], [-1, 0.5]])]).toEqual([0, 2])
  expect([...pointsInside([0, 0], [0.5, -0.5], [[-1, -1], [0, 0], [1, -1], [0, 1]])]).toEqual([0])
})

test('a point colours the pixels around its place and no others, and what is absent draws nothing', () => {
  const pixels = new Uint8ClampedArray(400 * 200 * 4)
  const points = { palette: [[255, 0, 0], [0, 0, 255]] as const, radius: 2, opacity: 1 }
  drawPoints(pixels, view, { ...points, xs: [0, Number.NaN, 1], ys: [1, 1, 1], paint: Uint8Array.of(1, 0, 255) })
  const at = (x: number, y: number): number[] => [...pixels.subarray((y * 400 + x) * 4, (y * 400 + x) * 4 + 4)]
  expect(at(200, 100)).toEqual([0, 0, 255, 255])
  expect(at(200, 104)).toEqual([0, 0, 0, 0])
  expect(at(300, 100)).toEqual([0, 0, 0, 0])
  expect(pixels.filter((value, index) => index % 4 === 3 && value > 0).length).toBeLessThan(26)
})

test('100,000 points are drawn in far less than the 300 ms that a map may take', () => {
  const [xs, ys] = [normal(100_000, 'x'), normal(100_000, 'y')]
  const wide = { ...extentOfPoints(xs, ys), width: 1400, height: 1100 }
  const pixels = new Uint8ClampedArray(wide.width * wide.height * 4)
  const began = performance.now()
  drawPoints(pixels, wide, { xs, ys, paint: new Uint8Array(xs.length), palette: [[0, 114, 178]], radius: 1.5, opacity: 0.7 })
  expect(performance.now() - began).toBeLessThan(300)
})

test('density is highest in the middle of a normal cloud, and keeps the number of points', () => {
  const [xs, ys] = [normal(20_000, 'x'), normal(20_000, 'y')]
  const grid = densityGrid(xs, ys, { x0: -6, x1: 6, y0: -6, y1: 6 })
  expect(grid.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(20_000, -2)
  const [middle, edge] = densityAt(grid, [0, 3], [0, 3])
  expect(middle! / edge!).toBeGreaterThan(50)
  const { levels } = levelsOf([0, 1, 2, 3, Number.NaN], 4)
  expect([...levels]).toEqual([0, 1, 2, 3, 255])
})

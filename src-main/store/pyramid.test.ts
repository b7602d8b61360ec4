import { expect, test } from 'vitest'
import { bucketSizes, buildPyramid, extremesOf, levelOf, lineOf } from './pyramid'

const points = 70_003
const steps = Float64Array.from({ length: points }, (_, at) => at * 2)
const values = Float64Array.from({ length: points }, (_, at) => (at % 97 === 0 ? Number.NaN : Math.sin(at / 50) + ((at * 7919) % 1009) / 500))

test('every bucket of every level holds the lowest and the highest of its points, with their steps', () => {
  const pyramid = buildPyramid(steps, values)!
  expect(bucketSizes(points)).toEqual([64, 512, 4096])
  for (const size of bucketSizes(points)) {
    const level = levelOf(pyramid, points, size)
    expect(level.length).toBe(4 * Math.ceil(points / size))
    expect(level).toEqual(extremesOf(steps, values, size))
    for (let bucket = 0; bucket < level.length / 4; bucket += 1) {
      const inside = Array.from(values.subarray(bucket * size, (bucket + 1) * size), (value, at) => ({ value, step: steps[bucket * size + at]! })).filter(({ value }) => !Number.isNaN(value))
      const sorted = inside.toSorted((left, right) => left.value - right.value || left.step - right.step)
      expect([level[bucket * 4 + 1], level[bucket * 4 + 3]]).toEqual([sorted[0]!.value, sorted.at(-1)!.value])
      expect(level[bucket * 4]).toBe(sorted[0]!.step)
    }
  }
})

test('the line through the extremes keeps the steps in order, and the lowest and highest of all', () => {
  const { step, value } = lineOf([levelOf(buildPyramid(steps, values)!, points, 512)])
  expect(step.length).toBeLessThanOrEqual(2 * Math.ceil(points / 512))
  expect([...step]).toEqual([...step].sort((left, right) => left - right))
  const known = [...values].filter((one) => !Number.isNaN(one))
  expect([Math.min(...value), Math.max(...value)]).toEqual([Math.min(...known), Math.max(...known)])
})

test('a bucket without a value is a gap, one point is one point, and few points have no pyramid', () => {
  expect(buildPyramid(steps.subarray(0, 511), values.subarray(0, 511))).toBeNull()
  const gap = extremesOf(steps.subarray(0, 128), Float64Array.from({ length: 128 }, (_, at) => (at < 64 ? Number.NaN : 3)), 64)
  const line = lineOf([gap])
  expect(Number.isNaN(line.value[0])).toBe(true)
  expect([line.step.at(-1), line.value.at(-1)]).toEqual([128, 3])
})

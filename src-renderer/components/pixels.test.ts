import { expect, test } from 'vitest'
import { paintImage, rangeOf } from './pixels'

test('values inside [0, 1] keep black at 0 and white at 1, others use what is there', () => {
  expect(rangeOf([0.2, 0.9])).toEqual({ low: 0, high: 1 })
  expect(rangeOf([-2, 3])).toEqual({ low: -2, high: 3 })
})

test('an image of a stack lands at its corner, row by row, and nowhere else', () => {
  const target = new Uint8ClampedArray(4 * 3 * 4)
  paintImage(target, 4, { left: 1, top: 1 }, { values: [9, 9, 9, 9, 0, 1, 2, 4], index: 1, shape: [2, 2, 1], range: { low: 0, high: 4 } })
  const red = Array.from({ length: 12 }, (_, at) => target[at * 4])
  expect(red).toEqual([0, 0, 0, 0, 0, 0, 64, 0, 0, 128, 255, 0])
  const painted = Array.from({ length: 12 }, (_, at) => target[at * 4 + 3]! > 0)
  expect(painted.filter(Boolean)).toHaveLength(4)
})

test('three channels stay three colours', () => {
  const target = new Uint8ClampedArray(4)
  paintImage(target, 1, { left: 0, top: 0 }, { values: [255, 128, 0], index: 0, shape: [1, 1, 3], range: { low: 0, high: 255 } })
  expect([...target]).toEqual([255, 128, 0, 255])
})

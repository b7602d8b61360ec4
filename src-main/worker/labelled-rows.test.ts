import { describe, expect, it } from 'vitest'
import { classProbabilitiesOf, labelledRows } from './labelled-rows'

const labels = Int32Array.from({ length: 300 }, (_, row) => (row % 10 === 9 ? -1 : row < 270 ? row % 3 : 3))

describe('labelled rows', () => {
  it('are as many of each class as there are, different rows, and none without a label', () => {
    const chosen = labelledRows(labels, 4, 60, 1)
    expect(new Set(chosen).size).toBe(60)
    const counts = [0, 1, 2, 3].map((label) => [...chosen].filter((row) => labels[row] === label).length)
    expect(counts).toEqual([15, 15, 15, 15])
  })

  it('are all there are where more are asked for', () => {
    expect(labelledRows(labels, 4, 1000, 1)).toHaveLength(labels.filter((label) => label >= 0).length)
  })

  it('are those of the seed, and with a higher number the same and more', () => {
    const few = labelledRows(labels, 4, 20, 7)
    expect(labelledRows(labels, 4, 20, 7)).toEqual(few)
    expect(labelledRows(labels, 4, 40, 7).subarray(0, 20)).toEqual(few)
    expect(labelledRows(labels, 4, 20, 8)).not.toEqual(few)
  })
})

it('probabilities of classes are the first entries of a code, with a sum of 1', () => {
  const found = classProbabilitiesOf(Float32Array.of(0.2, 0.6, 9, 0.1, 0.3, -9), 3, 2)
  expect([...found]).toEqual([0.25, 0.75, 0.25, 0.75].map((value) => expect.closeTo(value, 6)))
})

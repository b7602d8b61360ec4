import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import { type Split, splitSchema } from '@shared/domain/spec'
import { splitCounts, splitRows } from './split'

const datasetOf = (rows: number, testRows = 0): Dataset => {
  const parts: Dataset['parts'] =
    testRows === 0
      ? []
      : [
          { name: 'train', start: 0, rows: rows - testRows },
          { name: 'test', start: rows - testRows, rows: testRows },
        ]
  return { rows, parts } as Dataset
}
const split = (fractions: Partial<Split>): Split => splitSchema.parse(fractions)

const cases = fc
  .record({
    rows: fc.integer({ min: 1, max: 500 }),
    own: fc.integer({ min: 0, max: 499 }),
    validation: fc.integer({ min: 0, max: 60 }),
    test: fc.option(fc.integer({ min: 0, max: 40 })),
    seed: fc.nat(),
  })
  .map(({ rows, own, validation, test, seed }) => {
    const fractions = { train: (100 - validation - (test ?? 0)) / 100, validation: validation / 100, seed }
    return {
      dataset: datasetOf(rows, Math.min(own, rows - 1)),
      split: split(test === null ? fractions : { ...fractions, test: test / 100 }),
    }
  })

test('a split is a partition of the rows, each part ascending, with the counts told beforehand', () => {
  fc.assert(
    fc.property(cases, ({ dataset, split: fractions }) => {
      const rows = splitRows(dataset, fractions, () => null)
      const all = [...rows.train, ...rows.validation, ...rows.test]
      expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: dataset.rows }, (_, index) => index))
      for (const part of Object.values(rows) as Int32Array[]) expect([...part]).toEqual([...part].sort((a, b) => a - b))
      expect(splitCounts(dataset, fractions)).toEqual({
        train: rows.train.length,
        validation: rows.validation.length,
        test: rows.test.length,
      })
    }),
    { seed: 1 },
  )
})

test.each([
  // scikit-learn 1.9.1: train_test_split(range(n), test_size=fraction)
  [1797, 0.2, 1437, 360],
  [272, 0.1, 244, 28],
  [150, 0.33, 100, 50],
])('%i rows with test %f are %i and %i, as scikit-learn counts', (rows, test, train, held) => {
  expect(splitCounts(datasetOf(rows), split({ train: 1 - test, test }))).toEqual({ train, validation: 0, test: held })
})

test('seven hundredths of a hundred rows are seven, although 0.07 · 100 is a little more in floating point', () => {
  expect(0.07 * 100).toBeGreaterThan(7)
  expect(splitCounts(datasetOf(100), split({ train: 0.93, test: 0.07 }))).toEqual({ train: 93, validation: 0, test: 7 })
})

test("a dataset's own test part is kept whole, unless a fraction is asked for", () => {
  const dataset = datasetOf(700, 100)
  const own = splitRows(dataset, split({ train: 0.9, validation: 0.1 }), () => null)
  expect([...own.test]).toEqual(Array.from({ length: 100 }, (_, index) => 600 + index))
  expect([own.train.length, own.validation.length]).toEqual([540, 60])
  expect(splitCounts(dataset, split({ train: 0.9, test: 0.1 }))).toEqual({ train: 630, validation: 0, test: 70 })
  expect(splitCounts(dataset, split({ train: 1, test: 0 }))).toEqual({ train: 700, validation: 0, test: 0 })
})

test('an own test part that stands first is skipped, not shuffled in', () => {
  const dataset = { rows: 10, parts: [{ name: 'test', start: 0, rows: 4 }] } as unknown as Dataset
  const rows = splitRows(dataset, split({ train: 0.5, validation: 0.5 }), () => null)
  expect([...rows.test]).toEqual([0, 1, 2, 3])
  expect([...rows.train, ...rows.validation].toSorted((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9])
})

test('the same seed divides alike, another seed otherwise, and all train needs no shuffle', () => {
  const dataset = datasetOf(200)
  const drawn = (seed: number): number[] => [...splitRows(dataset, split({ train: 0.5, test: 0.5, seed }), () => null).test]
  expect(drawn(3)).toEqual(drawn(3))
  expect(drawn(3)).not.toEqual(drawn(4))
  expect([...splitRows(dataset, split({ seed: 9 }), () => null).train]).toEqual(Array.from({ length: 200 }, (_, index) => index))
})

test('a stratified split holds each class in proportion, to within a row, and has the same sizes', () => {
  const draw = fc.record({ sizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }), held: fc.integer({ min: 1, max: 90 }), seed: fc.nat() })
  fc.assert(
    fc.property(draw, ({ sizes, held, seed }) => {
      const labels = Int32Array.from(sizes.flatMap((size, code) => Array.from({ length: size }, () => code)))
      const dataset = datasetOf(labels.length)
      const plain = split({ train: 1 - held / 100, validation: 0, test: held / 100, seed })
      const parts = splitRows(dataset, { ...plain, draw: 'stratified' }, () => labels)
      expect(parts.test).toHaveLength(splitCounts(dataset, plain).test)
      expect([...parts.train, ...parts.test].sort((a, b) => a - b)).toEqual([...labels.keys()])
      const share = parts.test.length / labels.length
      sizes.forEach((size, code) => expect(Math.abs([...parts.test].filter((row) => labels[row] === code).length - size * share)).toBeLessThanOrEqual(1.5))
    }),
  )
})

test('in order, what is held out comes last, the test part at the end', () => {
  const parts = splitRows(datasetOf(10), split({ train: 0.5, validation: 0.3, test: 0.2, draw: 'in-order' }), () => null)
  expect([parts.train, parts.validation, parts.test].map((rows) => [...rows])).toEqual([[0, 1, 2, 3, 4], [5, 6, 7], [8, 9]])
})

test('without classes there is nothing to stratify by, and it says so', () => {
  const dataset = { ...datasetOf(10), name: 'plain' }
  expect(() => splitRows(dataset, split({ train: 0.5, validation: 0.5, draw: 'stratified' }), () => null)).toThrow(/plain has no classes/)
})

import { expect, it } from 'vitest'
import { buildProgram } from '../graph/program'
import { input } from '../graph/tensor'
import { BatchFiller } from './batches'

const program = buildProgram({
  name: 'rows',
  outputs: { x: input('x', [2, 1], 'float32'), own: input('row/own', [2, 1], 'float32'), beside: input('row/beside', [2, 2], 'float32') },
})

it('further columns go with their rows in any order, by their own index where they have one', () => {
  const source = {
    features: Float32Array.of(0, 1, 2),
    rows: 3,
    columns: 1,
    binarize: false,
    further: {
      own: { values: Float32Array.of(10, 11, 12), width: 1 },
      beside: { values: Float32Array.of(1, 2, 3, 4), width: 2, index: Int32Array.of(1, 0, 1) },
    },
  }
  const filler = new BatchFiller(source, 2, program, { seed: 1, stream: 'test' })
  const fed = (index: number) => {
    const { x, 'row/own': own, 'row/beside': beside } = filler.fill(Int32Array.of(2, 1, 0), index, index).feeds
    return [x, own, beside].map((values) => [...values!])
  }
  expect(fed(0)).toEqual([[2, 1], [12, 11], [3, 4, 1, 2]])
  expect(fed(1)).toEqual([[0, 0], [10, 0], [3, 4, 0, 0]])
})

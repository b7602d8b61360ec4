import { describe, expect, it } from 'vitest'
import { type RowBlocks, atOnce, blocksInMemory, chosenInMemory, gathered, withPauses } from './row-blocks'

const values = Float64Array.from({ length: 14 }, (_, index) => index)

describe('blocks of rows', () => {
  it.each([1, 2, 3, 7, 100])('are all rows in their order, %i at a time', (limit) => {
    const blocks = blocksInMemory(values, 2)
    const lengths = Array.from(blocks.walk(limit), (block) => block.length / 2)
    expect(lengths.slice(0, -1).every((length) => length === limit)).toBe(true)
    expect(Array.from(blocks.walk(limit), (block) => [...block]).flat()).toEqual([...values])
    expect([...atOnce(gathered(blocks))]).toEqual([...values])
  })

  it('are converted from single precision', () => {
    expect([...blocksInMemory(Float32Array.of(1, 0.5), 1).walk(2)]).toEqual([Float64Array.of(1, 0.5)])
  })

  it('are the chosen rows, and may be written to', () => {
    const chosen = chosenInMemory(values, 2)
    const seen = []
    for (const block of chosen.walk(Int32Array.of(0, 2, 6), 2)) {
      seen.push(...block)
      block.fill(-1)
    }
    expect(seen).toEqual([0, 1, 4, 5, 12, 13])
    expect(values[0]).toBe(0)
  })
})

it('a pause that throws ends the walk, which lets go of what it holds', async () => {
  let released = false
  const blocks: RowBlocks = {
    rows: 2,
    columns: 1,
    *walk() {
      try {
        yield Float64Array.of(1)
        yield Float64Array.of(2)
      } finally {
        released = true
      }
    },
  }
  await expect(withPauses(gathered(blocks), () => Promise.reject(new Error('cancelled')))).rejects.toThrow('cancelled')
  expect(released).toBe(true)
})

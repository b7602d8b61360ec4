import { describe, expect, it } from 'vitest'
import { duration, plain, table } from './output'

describe('what the command line prints', () => {
  it('JSON numbers keep every digit; what JSON cannot say is null', () => {
    const value = { a: 0.1 + 0.2, b: Number.NaN, c: [Number.POSITIVE_INFINITY, 1], d: Float32Array.of(0.5, Number.NaN), e: undefined }
    expect(JSON.stringify(plain(value))).toBe('{"a":0.30000000000000004,"b":null,"c":[null,1],"d":[0.5,null]}')
  })

  it('a table aligns numbers to the right and wide characters by their width', () => {
    expect(
      table(
        ['名称', 'n'],
        [
          ['瓶', 5],
          ['ab', 12],
        ],
      ),
    ).toBe('名称   n\n瓶     5\nab    12')
  })

  it.each([
    [12.4, '12 ms'],
    [1500, '1.5 s'],
    [61_000, '1 min 1 s'],
    [3_720_000, '1 h 2 min'],
  ])('%d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })
})

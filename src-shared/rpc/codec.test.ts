import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { decode, encode } from './codec'

test('any tree of JSON values, typed arrays and non-finite numbers comes back as it was', () => {
  const leaf = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.int32Array(),
    fc.float32Array(),
    fc.float64Array(),
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('tree')), fc.dictionary(fc.string().filter((key) => !key.startsWith('$') && key !== '__proto__'), tie('tree'))),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      expect(encode(decode(encode(value)))).toBe(encode(value))
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('typed arrays keep their type, every bit of their values, and only their part of a buffer', () => {
  const whole = Float64Array.of(1, Number.NaN, -0, Infinity, 5e-324)
  const back = decode(encode({ part: whole.subarray(1, 4), bytes: Uint8Array.of(0, 128, 255) })) as { part: Float64Array; bytes: Uint8Array }
  expect(back.part).toBeInstanceOf(Float64Array)
  expect([...back.part]).toEqual([Number.NaN, -0, Infinity])
  expect([...back.bytes]).toEqual([0, 128, 255])
})

test('what looks like a mark but is none stays what it is', () => {
  for (const value of [{ $note: 'x' }, { $f64: 5 }, { $number: 1 }, { $f64: 'AAAAAAAA8D8=', more: 1 }, { $note: [{ $f64: Float64Array.of(1) }] }]) expect(decode(encode(value))).toEqual(value)
})

test('a typed array that no transport carries is refused', () => {
  expect(() => encode(new BigInt64Array(1))).toThrow(/BigInt64Array/)
})

test('where neither the arrays nor a Buffer know base64, it is the same text', () => {
  const value = { bytes: Uint8Array.from({ length: 70_000 }, (_, index) => index % 251), part: Float64Array.of(1, -0, Number.NaN).subarray(1) }
  const text = encode(value)
  vi.stubGlobal('Buffer', undefined)
  const [plain, back] = [encode(value), decode(text)]
  vi.unstubAllGlobals()
  expect(plain).toBe(text)
  expect(back).toEqual(value)
})

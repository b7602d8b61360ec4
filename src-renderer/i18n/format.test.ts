import { expect, test } from 'vitest'
import { bytes, duration, figure, plain } from './format'

test.each([
  [-1114.4399, '−1114.4'],
  [-4.0972, '−4.0972'],
  [0.00012345, '0.00012345'],
  [0.0012121212, '0.0012121'],
  [1e-8, '1.00e−8'],
  [123456, '123456'],
  [0, '0'],
  [null, '—'],
  [Number.NaN, 'NaN'],
  [-Infinity, '−∞'],
])('figure %s is written %s', (value, text) => expect(figure(value)).toBe(text))

test.each([
  [0.5, '0.5'],
  [2.5, '2.5'],
  [100, '100'],
  [-0.25, '−0.25'],
  [1e-9, '1e−9'],
  [48.3, '48.3'],
])('%s is written %s where digits after the last that counts say nothing', (value, text) => expect(plain(value)).toBe(text))

test.each([
  [850, '850 ms'],
  [1500, '1.5 s'],
  [59_600, '60 s'],
  [185_000, '3 min 05 s'],
  [7_800_000, '2 h 10 min'],
  [3_599_900, '1 h 00 min'],
])('%s ms is written %s', (milliseconds, text) => expect(duration(milliseconds, 'en')).toBe(text))

test.each([
  [0, '0 B'],
  [1536, '1.5 KB'],
  [104_857_600, '100 MB'],
])('%s bytes are written %s', (size, text) => expect(bytes(size)).toBe(text))

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fuzz, type FuzzTarget } from './fuzz'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name))
/** FUZZ_INPUTS=100000 for the long run. */
const inputs = Number(process.env['FUZZ_INPUTS'] ?? 2000)

test.each<[FuzzTarget, string]>([
  ['npy', 'type-f4.npy'],
  ['npy', 'type-big-u8.npy'],
  ['zip', 'packed.npz'],
  ['zip', 'arrays.npz'],
  ['matlab', 'plain.mat'],
  ['matlab', 'packed.mat'],
  ['bmp', join('pictures', 'cat', 'b.bmp')],
  ['bmp', join('foreign', 'pictures', 'c.bmp')],
])(
  '%s: changed copies of %s are read or refused in a sentence, whatever they declare',
  { timeout: 600_000 },
  async (target, name) => {
    const before = process.memoryUsage().rss
    const { read, refused, bugs } = await fuzz(target, fixture(name), inputs, 9)
    expect(bugs.slice(0, 3)).toEqual([])
    expect(read + refused).toBe(inputs)
    expect(refused).toBeGreaterThan(0)
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(700)
  },
)

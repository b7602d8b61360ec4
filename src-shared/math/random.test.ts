import { describe, expect, it } from 'vitest'
import { fillBernoulli, fillNormal, fillUniform, permutation, threefryBlocks } from './random'

const hex = (words: Int32Array): string[] => Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, '0'))

describe('random numbers', () => {
  it('equal the known answers of Threefry-4x32 with 13 rounds', () => {
    const out = new Int32Array(4)
    threefryBlocks(out, [0, 0, 0, 0], 0)
    // Random123, kat_vectors: threefry4x32 13, counter and key zero
    expect(hex(out)).toEqual(['531c7e4f', '39491ee5', '2c855a92', '3d6abf9a'])
  })

  it('are a function of key, counter and position alone', () => {
    const draw = (length: number, seed: number, stream: string, counter: number): Float64Array => {
      const out = new Float64Array(length)
      fillUniform(out, { seed, stream }, counter)
      return out
    }
    expect(draw(7, 1, 'a', 5)).toEqual(draw(12, 1, 'a', 5).subarray(0, 7))
    expect(draw(7, 1, 'a', 5)).not.toEqual(draw(7, 2, 'a', 5))
    expect(draw(7, 1, 'a', 5)).not.toEqual(draw(7, 1, 'b', 5))
    expect(draw(7, 1, 'a', 5)).not.toEqual(draw(7, 1, 'a', 6))
    expect(draw(7, 1, 'a', 5)).not.toEqual(draw(7, 1, 'a', 5 + 2 ** 32))
  })

  it('have the moments of their distributions within five standard errors', () => {
    const count = 200_001
    const normal = new Float64Array(count)
    fillNormal(normal, { seed: 3, stream: 'test' })
    const moment = (power: number): number => normal.reduce((sum, value) => sum + value ** power, 0) / count
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(count))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / count))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / count))
    const probability = new Float32Array(count).fill(0.3)
    const bits = new Float32Array(count)
    fillBernoulli(bits, probability, { seed: 3, stream: 'test' })
    expect(Math.abs(bits.reduce((sum, bit) => sum + bit, 0) / count - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / count))
  })

  it('never turn certain pixels', () => {
    const bits = new Float32Array(10_000)
    fillBernoulli(bits, new Float32Array(10_000), { seed: 1, stream: 'x' })
    expect(bits.every((bit) => bit === 0)).toBe(true)
    fillBernoulli(bits, new Float32Array(10_000).fill(1), { seed: 1, stream: 'x' })
    expect(bits.every((bit) => bit === 1)).toBe(true)
  })

  it('permute every index once', () => {
    const order = permutation(1000, { seed: 9, stream: 'split' })
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index))
    expect(Array.from(order.subarray(0, 10))).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
})

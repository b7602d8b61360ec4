import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { continueFeed, joinSnapshot, type MetricBatch, type MetricFeed } from './metric-feed'

const batch = (sequence: number, ...points: [string, number, number | null][]): MetricBatch => ({
  id: 'run',
  sequence,
  points: points.map(([key, step, value]) => ({ key, step, value })),
})
const contents = (feed: MetricFeed): Record<string, [number[], number[]]> =>
  Object.fromEntries([...feed.series].map(([key, series]) => [key, [[...series.step], [...series.value]]]))

describe('joining a snapshot with the events that arrived meanwhile', () => {
  test('batches the snapshot already holds are dropped and later ones continue it', () => {
    const { feed, complete } = joinSnapshot({ series: { 'train/elbo': { step: [1, 2], value: [-9, -8] } }, sequence: 2 }, [
      batch(2, ['train/elbo', 2, -8]),
      batch(3, ['train/elbo', 3, -7]),
    ])
    expect(complete).toBe(true)
    expect(contents(feed)).toEqual({
      'train/elbo': [
        [1, 2, 3],
        [-9, -8, -7],
      ],
    })
    expect(feed.sequence).toBe(3)
  })

  test('wherever the snapshot falls among the batches, the result is the whole series, each point once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(40), fc.nat(40), (count, stored, heard) => {
        const all = Array.from({ length: count }, (_, index) => batch(index + 1, ['train/elbo', index, index / 2]))
        const upTo = Math.min(stored, count)
        const from = Math.min(heard, upTo)
        const series = {
          'train/elbo': { step: all.slice(0, upTo).map((_, index) => index), value: all.slice(0, upTo).map((_, index) => index / 2) },
        }
        const { feed, complete } = joinSnapshot({ series, sequence: upTo }, all.slice(from))
        expect(complete).toBe(true)
        expect([...feed.series.get('train/elbo')!.step]).toEqual(all.map((_, index) => index))
      }),
    )
  })

  test('a missing batch is noticed and nothing after it is appended', () => {
    const { feed, complete } = joinSnapshot({ series: {}, sequence: 1 }, [batch(3, ['train/elbo', 3, -7])])
    expect(complete).toBe(false)
    expect(contents(feed)).toEqual({})
  })

  test('a value that is not a number stays a gap in its place', () => {
    const { feed } = joinSnapshot({ series: { 'train/elbo': { step: [1], value: [null] } }, sequence: 1 }, [])
    expect(contents(feed)).toEqual({ 'train/elbo': [[1], [Number.NaN]] })
  })

  test('steps that repeat after a resume replace the tail', () => {
    const { feed } = joinSnapshot({ series: { 'train/elbo': { step: [1, 2, 3], value: [-9, -8, -7] } }, sequence: 3 }, [])
    expect(continueFeed(feed, batch(4, ['train/elbo', 2, -6]))).toBe(true)
    expect(contents(feed)).toEqual({
      'train/elbo': [
        [1, 2],
        [-9, -6],
      ],
    })
  })
})

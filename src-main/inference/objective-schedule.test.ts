import { describe, expect, it } from 'vitest'
import { objectiveSchema } from '@shared/domain/spec'
import { capacityAt, klFactor, scheduleFeeds } from './objective-schedule'

describe('the weight of the KL', () => {
  it('rises in a warm-up and stays', () => {
    const schedule = { warmup: { epochs: 4, from: 0.2 } }
    expect([0, 1, 2, 4, 9].map((epoch) => klFactor(schedule, epoch))).toEqual([0.2, 0.4, 0.6, 1, 1].map((value) => expect.closeTo(value, 12)))
  })
  it('begins again with every cycle', () => {
    const schedule = { cycles: { epochs: 4, rising: 0.5 } }
    expect([0, 1, 2, 3, 4, 5].map((epoch) => klFactor(schedule, epoch))).toEqual([0, 0.5, 1, 1, 0, 0.5])
  })
  it('is not fed where nothing changes, so that the plain step has no further input', () => {
    expect(scheduleFeeds(objectiveSchema.parse({ elbo: {} }), 3, 100)).toEqual({})
    expect(scheduleFeeds(objectiveSchema.parse({ iwae: {} }), 3, 100)).toEqual({})
  })
})

it('the capacity rises to its end and stays', () => {
  expect([0, 5, 10, 20].map((epoch) => capacityAt({ from: 1, to: 3, epochs: 10 }, epoch))).toEqual([1, 2, 3, 3])
  expect(scheduleFeeds(objectiveSchema.parse({ capacity: { to: 8, epochs: 4 } }), 2, 100)).toEqual({ 'schedule/capacity': 4 })
})

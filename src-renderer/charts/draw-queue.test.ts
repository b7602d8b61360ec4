import { describe, expect, it } from 'vitest'
import { createDrawQueue } from './draw-queue'

/** A clock that only drawing moves, and frames that come when called for. */
function clockOf() {
  let [time, frames] = [0, [] as (() => void)[]]
  return {
    clock: { now: () => time, onFrame: (call: () => void) => void frames.push(call) },
    takes: (ms: number): void => void (time += ms),
    frame: () => {
      const due = frames
      frames = []
      for (const call of due) call()
      return due.length
    },
  }
}

describe('the queue of pictures to be drawn', () => {
  it('spreads what takes long over frames, in the order asked for, and each is drawn once', () => {
    const { clock, takes, frame } = clockOf()
    const queue = createDrawQueue(clock)
    const drawn: number[] = []
    const draws = [0, 1, 2, 3, 4].map((index) => () => {
      drawn.push(index)
      takes(4)
    })
    for (const draw of [...draws, ...draws]) queue.ask(draw)
    expect(frame()).toBe(1)
    expect(drawn).toEqual([0, 1])
    frame()
    expect(drawn).toEqual([0, 1, 2, 3])
    frame()
    expect(drawn).toEqual([0, 1, 2, 3, 4])
    expect(frame()).toBe(0)
  })

  it('lets none starve: one that asks again while others wait comes after them', () => {
    const { clock, takes, frame } = clockOf()
    const queue = createDrawQueue(clock)
    const drawn: string[] = []
    const draw = (name: string) => () => {
      drawn.push(name)
      takes(10)
    }
    const [first, second] = [draw('first'), draw('second')]
    queue.ask(first)
    queue.ask(second)
    frame()
    queue.ask(first)
    frame()
    frame()
    expect(drawn).toEqual(['first', 'second', 'first'])
  })

  it('goes on after one that fails, and forgets those that are gone', () => {
    const { clock, frame } = clockOf()
    const queue = createDrawQueue(clock)
    const drawn: string[] = []
    const gone = (): void => void drawn.push('gone')
    queue.ask(() => {
      throw new Error('no picture')
    })
    queue.ask(gone)
    queue.ask(() => drawn.push('next'))
    queue.forget(gone)
    expect(frame).toThrow('no picture')
    frame()
    expect(drawn).toEqual(['next'])
  })
})

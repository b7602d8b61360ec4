import { expect, test } from 'vitest'
import { newestWins } from './newest-wins'

function controlled(): { call: (input: number) => Promise<number>; made: number[]; finish: () => void } {
  const made: number[] = []
  let settle: (() => void)[] = []
  return {
    made,
    call: (input) => {
      made.push(input)
      return new Promise((resolve) => settle.push(() => resolve(input * 10)))
    },
    finish: () => {
      const due = settle
      settle = []
      for (const resolve of due) resolve()
    },
  }
}
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

test('of the calls asked for while one is under way only the newest is made', async () => {
  const { call, made, finish } = controlled()
  const ask = newestWins(call)
  const answers = [ask(1), ask(2), ask(3), ask(4)]
  await tick()
  expect(made).toEqual([1])
  finish()
  await tick()
  expect(made).toEqual([1, 4])
  finish()
  expect(await Promise.all(answers)).toEqual([10, undefined, undefined, 40])
})

test('a failed call does not block those after it', async () => {
  let fail = true
  const ask = newestWins((input: number) => (fail ? Promise.reject(new Error('no')) : Promise.resolve(input)))
  await expect(ask(1)).rejects.toThrow('no')
  fail = false
  expect(await ask(2)).toBe(2)
})

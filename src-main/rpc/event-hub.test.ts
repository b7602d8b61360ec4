import { expect, test } from 'vitest'
import type { HostEvent } from '@shared/rpc/contract'
import { createEventHub } from './event-hub'

const removed = (id: string): HostEvent => ({ name: 'run.removed', payload: { id } })

test('events after a number are handed out while they are kept, and refused when some are gone', () => {
  const hub = createEventHub(3)
  expect(hub.after(0)).toEqual([])
  for (const id of ['1', '2', '3', '4', '5']) hub.publish(removed(id))
  expect(hub.after(5)).toEqual([])
  expect(hub.after(2)?.map(({ number }) => number)).toEqual([3, 4, 5])
  expect(hub.after(1)).toBeNull()
  expect(hub.after(6)).toBeNull()
  expect(hub.after(Number.NaN)).toBeNull()
})

test('events since a moment are those that came then or later', () => {
  let now = 0
  const hub = createEventHub(10, () => now)
  for (now = 0; now < 50; now += 10) hub.publish(removed(String(now)))
  expect(hub.since(30).map(({ atMs }) => atMs)).toEqual([30, 40])
})

test('a listener that ends another one while an event is told disturbs nobody', () => {
  const hub = createEventHub()
  const seen: string[] = []
  hub.subscribe(() => end())
  const end = hub.subscribe(() => seen.push('second'))
  hub.subscribe(() => seen.push('third'))
  hub.publish(removed('1'))
  hub.publish(removed('2'))
  expect(seen).toEqual(['second', 'third', 'third'])
})

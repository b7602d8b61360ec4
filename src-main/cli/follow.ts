import type { Client } from '@shared/rpc/client'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { tell } from './output'
import type { ProgressBar } from './progress-bar'

/** What is told of things of one kind, whichever they are. */
export interface Hearing<Thing> {
  changed(thing: Thing): void
  removed(id: string, error: Error): void
  /** Does it for the thing that is followed, as soon as it is known which that is. */
  about(id: string, action: () => void): void
}

/** Something of the host that goes on for a while: a run, a sweep, a selection, an inquiry. */
export interface Followed<Thing extends { id: string }> {
  client: Client
  interruptions: Interruptions
  bar: ProgressBar
  /** Starts or continues it; events are heard from before. */
  begin: () => Promise<Thing>
  /** As it is now, where events may have been missed. */
  look: (id: string) => Promise<Thing>
  isOver: (thing: Thing) => boolean
  show: (thing: Thing) => void
  /** Returns the ends of its subscriptions. */
  listen: (hearing: Hearing<Thing>) => (() => void)[]
  /** The user wants it to end, for the first time or again; false: there is no gentler way than to leave. */
  interrupt: (id: string, times: number) => Promise<boolean>
}

/** Follows it to its end, as events or a look tell it. */
export async function follow<Thing extends { id: string }>({ client, interruptions, bar, begin, look, isOver, show, listen, interrupt }: Followed<Thing>): Promise<Thing> {
  let current: Thing | undefined
  const early: (() => void)[] = []
  let finish: (thing: Thing) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const ended = new Promise<Thing>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  ended.catch(() => {})
  const hear = (thing: Thing): void => {
    current = thing
    show(thing)
    if (isOver(thing)) finish(thing)
  }
  const about = (id: string, action: () => void): void => {
    if (!current) early.push(() => current?.id === id && action())
    else if (current.id === id) action()
  }
  const ends = [
    ...listen({ about, changed: (thing) => about(thing.id, () => hear(thing)), removed: (id, error) => about(id, () => fail(error)) }),
    client.onGap(() => void (current && look(current.id).then(hear).catch(fail))),
  ]
  const release = interruptions.handle((times) => {
    if (!current) return Promise.resolve(false)
    bar.clear()
    return interrupt(current.id, times)
  })
  try {
    hear(await begin())
    for (const action of early.splice(0)) action()
    return await ended
  } finally {
    release()
    bar.clear()
    for (const end of ends) end()
  }
}

/** Cancels it when the user asks for the first time; the second time the command itself ends. */
export const cancelOnce =
  (cancel: (id: string) => Promise<unknown>) =>
  async (id: string, times: number): Promise<boolean> => {
    if (times > 1) return false
    tell(say('Cancelling …', '正在取消……'))
    await cancel(id)
    return true
  }

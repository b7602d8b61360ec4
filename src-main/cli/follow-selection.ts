import type { Selection } from '@shared/domain/selection'
import type { Client } from '@shared/rpc/client'
import { AppError } from '@shared/rpc/errors'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { tell } from './output'
import { createProgressBar, progressLabel } from './progress-bar'

export interface FollowedSelection {
  client: Client
  interruptions: Interruptions
  /** Starts or continues it; events are watched from before. */
  begin: () => Promise<Selection>
}

export const isOver = ({ status }: Selection): boolean => status !== 'queued' && status !== 'running'

/** Follows a selection to its end, with progress on stderr; the user's interruption cancels it. */
export async function followSelection({ client, interruptions, begin }: FollowedSelection): Promise<Selection> {
  const bar = createProgressBar()
  let id: string | null = null
  let early: Selection[] = []
  let finish: (selection: Selection) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const ended = new Promise<Selection>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  ended.catch(() => {})
  const show = (selection: Selection): void => {
    if (selection.progress) bar.show(selection.progress.fraction, progressLabel({ ...selection.progress, phase: say(selection.progress.phase, '拟合') }))
    if (isOver(selection)) finish(selection)
  }
  const look = async (): Promise<void> => {
    if (id !== null) show(await client.call('selections.get', { id }))
  }
  const ends = [
    client.on('selection.changed', ({ selection }) => {
      if (id === null) early.push(selection)
      else if (selection.id === id) show(selection)
    }),
    client.on('selection.removed', (removed) => {
      if (removed.id === id) fail(new AppError('selection/not-found', { id: removed.id }))
    }),
    client.onGap(() => void look().catch(fail)),
  ]
  const release = interruptions.handle(async (times) => {
    if (id === null || times > 1) return false
    bar.clear()
    tell(say('Cancelling …', '正在取消……'))
    await client.call('selections.cancel', { id })
    return true
  })
  try {
    const begun = await begin()
    id = begun.id
    for (const selection of [begun, ...early]) if (selection.id === id) show(selection)
    early = []
    return await ended
  } finally {
    release()
    bar.clear()
    for (const end of ends) end()
  }
}

import type { Selection } from '@shared/domain/selection'
import type { Client } from '@shared/rpc/client'
import { AppError } from '@shared/rpc/errors'
import { cancelOnce, follow } from './follow'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { createProgressBar, progressLabel } from './progress-bar'

export interface FollowedSelection {
  client: Client
  interruptions: Interruptions
  /** Starts or continues it; events are watched from before. */
  begin: () => Promise<Selection>
}

export const isOver = ({ status }: Selection): boolean => status !== 'queued' && status !== 'running'

/** Follows a selection to its end, with progress on stderr; the user's interruption cancels it. */
export function followSelection({ client, interruptions, begin }: FollowedSelection): Promise<Selection> {
  const bar = createProgressBar()
  return follow({
    ...{ client, interruptions, bar, begin, isOver },
    look: (id) => client.call('selections.get', { id }),
    show: ({ progress }) => progress && bar.show(progress.fraction, progressLabel({ ...progress, phase: say(progress.phase, '拟合') })),
    listen: ({ changed, removed }) => [
      client.on('selection.changed', ({ selection }) => changed(selection)),
      client.on('selection.removed', ({ id }) => removed(id, new AppError('selection/not-found', { id }))),
    ],
    interrupt: cancelOnce((id) => client.call('selections.cancel', { id })),
  })
}

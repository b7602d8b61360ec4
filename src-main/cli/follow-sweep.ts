import { isSweepOver, type Sweep, type Trial } from '@shared/domain/sweep'
import type { Client } from '@shared/rpc/client'
import { AppError } from '@shared/rpc/errors'
import { follow } from './follow'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { tell } from './output'
import { createProgressBar } from './progress-bar'
import { progressText } from './sweep-output'

export interface FollowedSweep {
  client: Client
  interruptions: Interruptions
  begin: () => Promise<Sweep>
  onTrial?: ((trial: Trial) => void) | undefined
}

/** Follows a sweep until it is over: progress on stderr; the user's interruption stops it, so that it can be resumed. */
export async function followSweep({ client, interruptions, begin, onTrial }: FollowedSweep): Promise<{ sweep: Sweep; trials: Trial[] }> {
  const bar = createProgressBar()
  const ended = await follow<Sweep>({
    ...{ client, interruptions, bar, begin, isOver: ({ status }) => isSweepOver(status) },
    look: (id) => client.call('sweeps.get', { id }),
    show: (sweep) => {
      const { counts, plan } = sweep
      bar.show((counts.completed + counts.pruned + counts.failed + counts.cancelled) / plan.trials, progressText(sweep))
    },
    listen: ({ changed, removed, about }) => [
      client.on('sweep.changed', ({ sweep }) => changed(sweep)),
      client.on('sweep.removed', ({ id }) => removed(id, new AppError('sweep/not-found', { id }))),
      client.on('trial.changed', ({ sweep, trial }) =>
        about(sweep, () => {
          if (trial.status === 'running') return
          bar.clear()
          onTrial?.(trial)
        }),
      ),
    ],
    interrupt: async (id) => {
      tell(say(`Stopping; \`latent sweep resume ${id}\` goes on from here …`, `正在停止；可用 latent sweep resume ${id} 从此处继续……`))
      await client.call('sweeps.stop', { id })
      return true
    },
  })
  const { sweep, trials } = await client.call('sweeps.open', { id: ended.id })
  // its end may not be stored yet, e.g. where the disk is full
  return { sweep: isSweepOver(sweep.status) ? sweep : ended, trials }
}

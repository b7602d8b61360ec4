import { isSweepOver, type Sweep, type Trial } from '@shared/domain/sweep'
import type { Client } from '@shared/rpc/client'
import { AppError } from '@shared/rpc/errors'
import type { Interruptions } from './interruptions'
import { say } from './language'
import { tell } from './output'
import { createProgressBar } from './progress-bar'
import { progressText } from './sweep-output'

/** Follows a sweep until it is over: progress on stderr; the user's interruption stops it, so that it can be resumed. */
export async function followSweep({
  client,
  interruptions,
  begin,
  onTrial,
}: {
  client: Client
  interruptions: Interruptions
  begin: () => Promise<Sweep>
  onTrial?: ((trial: Trial) => void) | undefined
}): Promise<{ sweep: Sweep; trials: Trial[] }> {
  const bar = createProgressBar()
  let id: string | null = null
  let finish: (sweep: Sweep) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const ended = new Promise<Sweep>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  ended.catch(() => {})
  const show = (sweep: Sweep): void => {
    if (sweep.id !== id) return
    if (isSweepOver(sweep.status)) return finish(sweep)
    const { counts, plan } = sweep
    bar.show((counts.completed + counts.pruned + counts.failed + counts.cancelled) / plan.trials, progressText(sweep))
  }
  const look = async (): Promise<void> => {
    if (id !== null) show(await client.call('sweeps.get', { id }))
  }
  const ends = [
    client.on('sweep.changed', ({ sweep }) => show(sweep)),
    client.on('sweep.removed', ({ id: removed }) => removed === id && fail(new AppError('sweep/not-found', { id: removed }))),
    client.on('trial.changed', ({ sweep, trial }) => {
      if (sweep !== id || trial.status === 'running') return
      bar.clear()
      onTrial?.(trial)
    }),
    client.onGap(() => void look().catch(fail)),
  ]
  const release = interruptions.handle(async () => {
    if (id === null) return false
    bar.clear()
    tell(say(`Stopping; \`latent sweep resume ${id}\` goes on from here …`, `正在停止；可用 latent sweep resume ${id} 从此处继续……`))
    await client.call('sweeps.stop', { id })
    return true
  })
  try {
    id = (await begin()).id
    // events of the first moments came before the id was known
    await look()
    const told = await ended
    const { sweep, trials } = await client.call('sweeps.open', { id })
    // its end may not be stored yet, e.g. where the disk is full
    return { sweep: isSweepOver(sweep.status) ? sweep : told, trials }
  } finally {
    release()
    bar.clear()
    for (const end of ends) end()
  }
}

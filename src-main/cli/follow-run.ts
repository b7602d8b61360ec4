import { isTerminal, type Run, type SeriesByKey } from '@shared/domain/run'
import { choiceOf } from '@shared/domain/run-choice'
import type { EventPayload } from '@shared/rpc/contract'
import type { Client } from '@shared/rpc/client'
import { AppError } from '@shared/rpc/errors'
import { follow } from './follow'
import { say } from './language'
import { inWords, tell } from './output'
import { createProgressBar, progressLabel } from './progress-bar'
import type { Interruptions } from './interruptions'

type Batch = EventPayload<'run.metrics'>

export interface FollowOptions {
  client: Client
  interruptions: Interruptions
  /** Starts or continues the run; events are watched from before. */
  begin: () => Promise<Run>
  /** Gets every batch of points, once. */
  onBatch?: (batch: Pick<Batch, 'points'>) => void
  /** What a continued run had reported before. */
  before?: SeriesByKey
}

/** Follows a run to its end: progress and warnings on stderr; the user's interruption cancels it, a second one ends it at once. */
export async function followRun({ client, interruptions, begin, onBatch, before = {} }: FollowOptions): Promise<Run> {
  const bar = createProgressBar()
  let warned = 0
  let toldChoice: string | null = null
  const seen = new Map(Object.entries(before).map(([key, { step }]) => [key, step.length]))
  const showBatch = ({ points }: Pick<Batch, 'points'>): void => {
    for (const { key } of points) seen.set(key, (seen.get(key) ?? 0) + 1)
    bar.clear()
    onBatch?.({ points })
  }
  const show = (run: Run): void => {
    for (const warning of run.warnings.slice(warned)) {
      bar.clear()
      tell(`! ${inWords(warning)}`)
    }
    warned = run.warnings.length
    const choice = choiceOf(run)
    if (choice && choice.message !== toldChoice && choice.code !== 'device/chosen-float64') {
      bar.clear()
      tell(`${run.device} (${run.runtime}): ${inWords(choice)}`)
      toldChoice = choice.message
    }
    if (run.progress && !isTerminal(run.status)) bar.show(run.progress.fraction, progressLabel(run.progress))
  }
  /** What events may have missed, from what is stored. */
  const look = async (id: string): Promise<Run> => {
    const { run, series } = await client.call('runs.open', { id })
    if (onBatch) {
      const points = Object.entries(series).flatMap(([key, { step, value }]) =>
        step.flatMap((at, index) => (index < (seen.get(key) ?? 0) ? [] : [{ key, step: at, value: value[index] ?? null }])),
      )
      if (points.length > 0) showBatch({ points })
    }
    return run
  }
  const { id } = await follow<Run>({
    ...{ client, interruptions, bar, begin, look, show, isOver: ({ status }) => isTerminal(status) },
    listen: ({ changed, removed, about }) => [
      client.on('run.metrics', (batch) => about(batch.id, () => showBatch(batch))),
      client.on('run.changed', ({ run }) => changed(run)),
      client.on('run.removed', ({ id: gone }) => removed(gone, new AppError('run/not-found', { id: gone }))),
    ],
    interrupt: async (current, times) => {
      tell(times === 1 ? say('Cancelling … (once more ends it at once)', '正在取消……（再按一次立即结束）') : say('Ending it.', '正在结束。'))
      await client.call(times === 1 ? 'runs.cancel' : 'runs.kill', { id: current })
      return true
    },
  })
  const run = await look(id)
  show(run)
  bar.clear()
  return run
}

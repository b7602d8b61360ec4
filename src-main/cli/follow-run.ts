import { isTerminal, type Run, type SeriesByKey } from '@shared/domain/run'
import { choiceOf } from '@shared/domain/run-choice'
import type { EventPayload } from '@shared/rpc/contract'
import type { Client } from '@shared/rpc/client'
import { AppError } from '@shared/rpc/errors'
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
  const early: (() => void)[] = []
  let current: Run | undefined
  let finish: (run: Run) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const ended = new Promise<Run>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  ended.catch(() => {})

  let warned = 0
  let toldChoice: string | null = null
  const seen = new Map(Object.entries(before).map(([key, { step }]) => [key, step.length]))
  const showBatch = ({ points }: Pick<Batch, 'points'>): void => {
    for (const { key } of points) seen.set(key, (seen.get(key) ?? 0) + 1)
    bar.clear()
    onBatch?.({ points })
  }
  const showRun = (run: Run): void => {
    current = run
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
    if (isTerminal(run.status)) finish(run)
    else if (run.progress) bar.show(run.progress.fraction, progressLabel(run.progress))
  }
  /** What events may have missed, from what is stored. */
  const catchUp = async (id: string): Promise<void> => {
    const { run, series } = await client.call('runs.open', { id })
    if (onBatch) {
      const points = Object.entries(series).flatMap(([key, { step, value }]) =>
        step.flatMap((at, index) => (index < (seen.get(key) ?? 0) ? [] : [{ key, step: at, value: value[index] ?? null }])),
      )
      if (points.length > 0) showBatch({ points })
    }
    showRun(run)
  }
  /** Until the run has an id, events wait. */
  const whenKnown = (id: string, action: () => void): void => {
    if (!current) early.push(() => current?.id === id && action())
    else if (current.id === id) action()
  }
  const ends = [
    client.on('run.metrics', (batch) => whenKnown(batch.id, () => showBatch(batch))),
    client.on('run.changed', ({ run }) => whenKnown(run.id, () => showRun(run))),
    client.on('run.removed', ({ id }) => whenKnown(id, () => fail(new AppError('run/not-found', { id })))),
    client.onGap(() => void (current && catchUp(current.id).catch(fail))),
  ]
  const release = interruptions.handle(async (times) => {
    if (!current) return false
    bar.clear()
    tell(times === 1 ? say('Cancelling … (once more ends it at once)', '正在取消……（再按一次立即结束）') : say('Ending it.', '正在结束。'))
    await client.call(times === 1 ? 'runs.cancel' : 'runs.kill', { id: current.id })
    return true
  })
  try {
    const begun = await begin()
    current ??= begun
    showRun(begun)
    for (const action of early.splice(0)) action()
    const run = await ended
    await catchUp(run.id)
    return current
  } finally {
    release()
    bar.clear()
    for (const end of ends) end()
  }
}

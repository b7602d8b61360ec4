import { AppError } from '@shared/rpc/errors'
import type { Trainer } from './gradient'

export interface RateSearchSpec {
  from: number
  to: number
  steps: number
}

export interface RateStep {
  step: number
  rate: number
  objective: number
  /** The objective's running mean. */
  smoothed: number
}

export interface RateFound {
  /** A tenth of the rate at which the running mean stood highest: there it still climbs, and safely. */
  suggested: number
  highest: number
  /** The rate at which the search was given up, because the objective had fallen too far or was no number; null if it went to its end. */
  gaveUpAt: number | null
}

/** How much of the running mean stays from one step to the next. */
const memory = 0.95
/** So many steps, too slow to change anything, tell where the objective stands and how much it differs from batch to batch. */
const patience = 10

export const rateAt = ({ from, to, steps }: RateSearchSpec, step: number): number => from * (to / from) ** (steps > 1 ? (step - 1) / (steps - 1) : 0)

/**
 * Training steps at a rate that rises geometrically from step to step, until the objective has lost all that it had gained and as much again.
 *
 * Smith 2017, the learning rate range test
 */
export async function searchRate(
  trainer: Pick<Trainer, 'step'>,
  spec: RateSearchSpec,
  onStep: (step: RateStep) => Promise<void>,
): Promise<RateFound> {
  let mean = 0
  let first = 0
  let spread = 0
  let best = -Infinity
  let highest = spec.from
  for (let step = 1; step <= spec.steps; step += 1) {
    const rate = rateAt(spec, step)
    const objective = await trainer.step(step, rate).then((figures) => figures['objective']!, nothingWhereNotANumber)
    if (objective === null) return { suggested: highest / 10, highest, gaveUpAt: rate }
    mean = memory * mean + (1 - memory) * objective
    const smoothed = mean / (1 - memory ** step)
    await onStep({ step, rate, objective, smoothed })
    if (step <= patience) [first, spread] = [smoothed, Math.max(spread, Math.abs(objective - smoothed))]
    if (step < patience) continue
    if (smoothed > best) [best, highest] = [smoothed, rate]
    if (smoothed < first - Math.max(best - first, 3 * spread)) return { suggested: highest / 10, highest, gaveUpAt: rate }
  }
  return { suggested: highest / 10, highest, gaveUpAt: null }
}

function nothingWhereNotANumber(error: unknown): null {
  if (error instanceof AppError && (error.code === 'vae/not-a-number' || error.code === 'vae/gradient-not-a-number')) return null
  throw error
}

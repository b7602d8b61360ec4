import type { Progress } from '@shared/domain/run'

/** Time left with a range, from how fast the fraction has grown lately. */
export interface TimeLeft {
  add(nowMs: number, fraction: number): void
  /** Forgets what it saw: after a pause or a change of pace. */
  reset(): void
  estimate(): Pick<Progress, 'etaMs' | 'etaLowMs' | 'etaHighMs'>
}

const unknown = { etaMs: null, etaLowMs: null, etaHighMs: null } as const
const samplesKept = 64
const shortestMs = 1500
const segments = 6

export function createTimeLeft(): TimeLeft {
  let samples: { atMs: number; fraction: number }[] = []
  return {
    add(atMs, fraction) {
      const last = samples.at(-1)
      if (last && fraction < last.fraction) samples = []
      if (last && atMs - last.atMs < 100) return
      samples.push({ atMs, fraction })
      if (samples.length > samplesKept) samples = samples.filter((_, index) => index % 2 === 1 || index > samplesKept / 2)
    },
    reset() {
      samples = []
    },
    estimate() {
      const first = samples[0]
      const last = samples.at(-1)
      if (!first || !last || last.atMs - first.atMs < shortestMs || last.fraction <= first.fraction) return unknown
      const left = 1 - last.fraction
      const rates = segmentRates(samples)
      const rate = recentRate(samples)
      const slowest = Math.min(rate, ...rates)
      const fastest = Math.max(rate, ...rates)
      return { etaMs: left / rate, etaLowMs: left / fastest, etaHighMs: left / slowest }
    },
  }
}

type Samples = readonly { atMs: number; fraction: number }[]

/** Growth per millisecond over the later half of what was seen, or all of it where the later half stood still. */
function recentRate(samples: Samples): number {
  const last = samples.at(-1) as Samples[number]
  for (const start of [Math.floor(samples.length / 2), 0]) {
    const from = samples[start] as Samples[number]
    if (last.fraction > from.fraction) return (last.fraction - from.fraction) / (last.atMs - from.atMs)
  }
  return Number.NaN
}

/** Growth per millisecond in each of a few stretches of equal length; those that stood still are joined with the next. */
function segmentRates(samples: Samples): number[] {
  const rates: number[] = []
  const length = Math.max(1, Math.floor((samples.length - 1) / segments))
  let from = samples[0] as Samples[number]
  for (let index = length; index < samples.length; index += length) {
    const to = samples[index] as Samples[number]
    if (to.fraction <= from.fraction) continue
    rates.push((to.fraction - from.fraction) / (to.atMs - from.atMs))
    from = to
  }
  return rates
}

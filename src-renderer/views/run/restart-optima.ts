interface RestartOutcome {
  logLikelihood: number | null
  spurious: boolean
  iterations: number
}

export interface Optimum {
  /** The best figure among the restarts that ended here. */
  logLikelihood: number
  hits: number
  spurious: boolean
  /** Mean over the restarts that ended here. */
  iterations: number
}

/** Two restarts that end within so many nats per row of one another found the same optimum; large figures are compared by their digits. */
const sameOptimum = (best: number): number => Math.max(1e-4, 1e-7 * Math.abs(best))

/** The optima that restarts ended in, best first; proper and spurious ones are never put together. */
export function restartOptima(restarts: readonly RestartOutcome[], better: 'higher' | 'lower' = 'higher'): Optimum[] {
  const sign = better === 'higher' ? 1 : -1
  const ended = restarts
    .flatMap(({ logLikelihood, ...rest }) => (logLikelihood === null || !Number.isFinite(logLikelihood) ? [] : [{ logLikelihood, ...rest }]))
    .sort((left, right) => sign * (right.logLikelihood - left.logLikelihood))
  const optima: Optimum[] = []
  for (const { logLikelihood, spurious, iterations } of ended) {
    const same = optima.find((optimum) => optimum.spurious === spurious && Math.abs(optimum.logLikelihood - logLikelihood) < sameOptimum(optimum.logLikelihood))
    if (!same) optima.push({ logLikelihood, hits: 1, spurious, iterations })
    else {
      same.iterations += (iterations - same.iterations) / (same.hits + 1)
      same.hits += 1
    }
  }
  return optima
}

/**
 * Rate of linear convergence at the end of a fit: the factor by which an iteration shrinks the next gain, (l_{t+1} − l_t) / (l_t − l_{t−1}).
 * The median of the last ratios whose gains are well above rounding; null where there are too few, or they still grow.
 */
export function convergenceRate(trace: readonly (number | null)[]): number | null {
  const values = trace.filter((value): value is number => value !== null && Number.isFinite(value))
  const rounding = 1e-12 * Math.max(1, Math.abs(values.at(-1) ?? 0))
  const ratios: number[] = []
  for (let at = values.length - 1; at >= 2 && ratios.length < 9; at -= 1) {
    const gain = Math.abs(values[at]! - values[at - 1]!)
    const before = Math.abs(values[at - 1]! - values[at - 2]!)
    if (gain > 100 * rounding && before > 100 * rounding) ratios.push(gain / before)
  }
  if (ratios.length < 3) return null
  ratios.sort((left, right) => left - right)
  const rate = ratios[Math.floor(ratios.length / 2)]!
  return rate < 1 ? rate : null
}

/** Aitken's estimate of what is left to gain: the sum of all gains to come, if each is the last one times the rate. */
export function leftToGain(trace: readonly (number | null)[]): number | null {
  const rate = convergenceRate(trace)
  const values = trace.filter((value): value is number => value !== null && Number.isFinite(value))
  if (rate === null || values.length < 2) return null
  return (Math.abs(values.at(-1)! - values.at(-2)!) * rate) / (1 - rate)
}

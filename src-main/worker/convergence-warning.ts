import type { Reporter } from './reporter'

/** Says that a fit stopped at its limit of iterations; what is left to gain is told where Aitken's estimate gives a number. */
export function warnUnconverged(reporter: Reporter, { converged, iterations, remaining }: { converged: boolean; iterations: number; remaining: number }): void {
  if (converged) return
  if (Number.isFinite(remaining)) reporter.warn('em/not-converged', { iterations, remaining })
  else reporter.warn('em/still-climbing', { iterations })
}

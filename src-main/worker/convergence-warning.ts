import { AppError } from '@shared/rpc/errors'
import type { EmResult } from '../inference/em'
import type { IterationKeeper } from './iteration-keeper'
import type { Reporter } from './reporter'

/** Says that a fit stopped at its limit of iterations; what is left to gain is told where Aitken's estimate gives a number. */
export function warnUnconverged(reporter: Reporter, { converged, iterations, remaining }: { converged: boolean; iterations: number; remaining: number }): void {
  if (converged) return
  if (Number.isFinite(remaining)) reporter.warn('em/not-converged', { iterations, remaining })
  else reporter.warn('em/still-climbing', { iterations })
}

type Climbed = Pick<EmResult<unknown, unknown>, 'largestFall' | 'trace'>

/**
 * EM and its variational relatives cannot let what they climb fall: where it does, by more than the rounding of a sum over many rows, something is
 * broken and the fit is an error.
 *
 * @param mayFall  covariances are regularized after the M-step, or the fit is known to have collapsed: then a fall is told and no more
 */
export function checkClimb(reporter: Pick<Reporter, 'warn'>, { largestFall, trace }: Climbed, mayFall: boolean): void {
  const { amount, iteration } = largestFall
  if (amount <= 1e-9 * Math.max(1, Math.abs(trace.at(-1)!))) return
  if (!mayFall) throw new AppError('em/bound-fell', { amount, iteration })
  reporter.warn('em/log-likelihood-fell', { amount, iteration })
}

/** Says that not every iteration can be looked at again. */
export function warnThinned(reporter: Reporter, keeper: Pick<IterationKeeper<never>, 'stride' | 'fullBytes'>, iterations: number): void {
  if (keeper.stride === 1) return
  reporter.warn('em/trace-thinned', { stride: keeper.stride, iterations, megabytes: Math.round(keeper.fullBytes(iterations) / 1e6) })
}

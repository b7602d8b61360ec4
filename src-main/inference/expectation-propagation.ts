/*
 * Expectation propagation (Minka 2001): every factor of a posterior is replaced by a Gaussian one, the site. A site is refined by taking it
 * out of q, putting the true factor in, and matching the moments of the product.
 */

export interface SiteProblem {
  /** Number of sites. */
  sites: number
  /**
   * Refines one site; `step` of the way from the old one to the new. Null where it has to wait: what is left without it is no density, or q
   * would not be one afterwards. Otherwise the change of q that it made, relative to q's own spread.
   */
  refine(site: number, step: number): number | null
  /** log ∫ prior · factors, as the sites have it; right at a fixed point. Total nats. */
  logEvidence(): number
}

export interface SweepOptions {
  /** Share of the old site that is kept, 0 … 1. */
  damping: number
  /** A sweep that changes q by less has converged. */
  tolerance: number
  maxIterations: number
  onSweep?(sweep: { iteration: number; change: number; skipped: number; logEvidence: number }): void
  pause?(): Promise<void>
}

export interface Propagated {
  converged: boolean
  iterations: number
  /** Largest change of q by a site in the last sweep. */
  change: number
  /** Sites that had to wait in the last sweep. */
  skipped: number
}

export async function propagate(problem: SiteProblem, options: SweepOptions): Promise<Propagated> {
  let [iterations, change, skipped] = [0, Infinity, 0]
  while (iterations < options.maxIterations && !(change <= options.tolerance && skipped === 0)) {
    await options.pause?.()
    iterations += 1
    change = 0
    skipped = 0
    for (let site = 0; site < problem.sites; site += 1) {
      const moved = problem.refine(site, 1 - options.damping)
      if (moved === null) skipped += 1
      else change = Math.max(change, moved)
    }
    options.onSweep?.({ iteration: iterations, change, skipped, logEvidence: problem.logEvidence() })
    // Every site waits for the others: nothing will change any more.
    if (skipped === problem.sites) break
  }
  return { converged: change <= options.tolerance && skipped === 0, iterations, change, skipped }
}

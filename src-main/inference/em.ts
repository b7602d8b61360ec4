/*
 * Expectation maximization, for any model that can take expectations and maximize:
 *   log p(x; θ) = L(q, θ) + KL(q ‖ p(z|x; θ)),  L(q, θ) = E_q[log p(x, z; θ)] + H(q).
 * The E-step makes KL zero; the M-step raises L and reopens KL; log p rises by both.
 */

export interface Expectation<Statistics> {
  statistics: Statistics
  /** log p(x; θ), total, nats. */
  logLikelihood: number
  /** E_q[log p(x, z; θ)], total, nats. */
  complete: number
  /** KL(q_previous ‖ q), total, nats, where it was asked for. */
  kl: number | null
}

export interface EmProblem<Parameters, Statistics> {
  /** Weight of all rows. */
  weight: number
  /** The E-step at θ; with `previous` it also measures how far q has moved from the posterior at those parameters. */
  expect(parameters: Parameters, previous: Parameters | null): Promise<Expectation<Statistics>>
  maximize(statistics: Statistics, previous: Parameters): Parameters
  expectedCompleteLogLikelihood(parameters: Parameters, statistics: Statistics): number
}

/** One iteration; log-likelihoods are means per row, in nats. */
export interface EmIteration<Parameters> {
  iteration: number
  parameters: Parameters
  logLikelihood: number
  /** The bound after the M-step and the KL it reopened; null at iteration 0 and where it was not asked for. */
  bound: { lowerBound: number; kl: number } | null
}

export interface EmOptions<Parameters> {
  /** Nats per row still to be gained, by Aitken's estimate, below which the fit has converged. */
  tolerance: number
  maxIterations: number
  /** Evaluate the identity at every so many iterations; 0 is never. */
  identityEvery: number
  onIteration?(iteration: EmIteration<Parameters>): void
  /** Called between iterations; throws to stop. */
  pause?(): Promise<void>
}

export interface EmResult<Parameters, Statistics> {
  parameters: Parameters
  expectation: Expectation<Statistics>
  /** log p per row after each iteration, from the start on. */
  trace: number[]
  iterations: number
  converged: boolean
  /** Aitken's estimate of what is left to gain, nats per row. */
  remaining: number
  /** The largest fall of log p from one iteration to the next, nats per row; 0 if it never fell. */
  largestFall: { amount: number; iteration: number }
}

export async function fitByEm<Parameters, Statistics>(
  problem: EmProblem<Parameters, Statistics>,
  start: Parameters,
  options: EmOptions<Parameters>,
): Promise<EmResult<Parameters, Statistics>> {
  let parameters = start
  let expectation = await problem.expect(parameters, null)
  const trace = [expectation.logLikelihood / problem.weight]
  options.onIteration?.({ iteration: 0, parameters, logLikelihood: trace[0]!, bound: null })
  let remaining = Infinity
  let converged = false
  const largestFall = { amount: 0, iteration: 0 }

  while (!converged && trace.length <= options.maxIterations) {
    await options.pause?.()
    const iteration = trace.length
    const next = problem.maximize(expectation.statistics, parameters)
    const wanted = options.identityEvery > 0 && iteration % options.identityEvery === 0
    const entropy = expectation.logLikelihood - expectation.complete
    const lowerBound = wanted ? problem.expectedCompleteLogLikelihood(next, expectation.statistics) + entropy : 0
    const after = await problem.expect(next, wanted ? parameters : null)
    const bound = after.kl === null ? null : { lowerBound: lowerBound / problem.weight, kl: after.kl / problem.weight }
    parameters = next
    expectation = after
    trace.push(after.logLikelihood / problem.weight)
    options.onIteration?.({ iteration, parameters, logLikelihood: trace[iteration]!, bound })

    const fall = trace[iteration - 1]! - trace[iteration]!
    if (fall > largestFall.amount) Object.assign(largestFall, { amount: fall, iteration })
    remaining = remainingGain(trace)
    converged = remaining <= options.tolerance
  }
  return { parameters, expectation, trace, iterations: trace.length - 1, converged, remaining, largestFall }
}

/**
 * What EM will still gain, from the last three log-likelihoods: with gains g, g' and rate a = g'/g, a geometric tail gains g'·a/(1−a).
 * Böhning et al. 1994. Gains at the level of rounding count as none; a rate of 1 or more leaves the estimate open.
 */
export function remainingGain(trace: readonly number[]): number {
  const [before, middle, last] = trace.slice(-3)
  if (last === undefined) {
    return trace.length === 2 && Math.abs(trace[1]! - trace[0]!) <= rounding(trace[1]!) ? 0 : Infinity
  }
  const gain = last - middle!
  if (Math.abs(gain) <= rounding(last)) return 0
  const rate = gain / (middle! - before!)
  return rate >= 0 && rate < 1 && gain > 0 ? Math.max(gain, (gain * rate) / (1 - rate)) : Infinity
}

const rounding = (logLikelihood: number): number => 4e-15 * Math.max(1, Math.abs(logLikelihood))

import { fillUniform } from '@shared/math/random'
import { logSumExpOf } from './log-weights'

/*
 * A latent with few values can be summed out, so log p(x) is known; sampling it all the same shows what an estimator does where the truth
 * is beside it.
 */

/**
 * Log-weights of samples of a discrete z.
 *
 * Uniform over its values, w = |Z|·p(x, z): the naive Monte Carlo of the lecture notes. From the posterior, w = p(x, z)/p(z|x) = p(x)
 * whatever z is drawn: the estimator without variance.
 *
 * @param logJoint  log p(x, z) of one row for every value of z, nats
 * @param stream    tells rows and repeats apart
 */
export function discreteWeights(
  logJoint: ArrayLike<number>,
  { samples, proposal, seed, stream }: { samples: number; proposal: 'uniform' | 'model'; seed: number; stream: string },
): Float64Array {
  const values = logJoint.length
  if (proposal === 'model') return new Float64Array(samples).fill(logSumExpOf(logJoint))
  const draws = new Float64Array(samples)
  fillUniform(draws, { seed, stream })
  return draws.map((draw) => Math.log(values) + logJoint[Math.min(values - 1, Math.floor(draw * values))]!)
}

import type { Runtime } from '../graph/runtime'
import { familyChunks, mixturePosterior, mixtureProblem } from '../inference/mixture-problem'
import { bestRestart } from '../inference/restarts'
import { searchRestarts } from '../inference/search'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import { Draws } from '../models/draws'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import { AppError } from '@shared/rpc/errors'

export interface CodeDensity {
  /** Mean of log p over the codes it was fitted to, nats. */
  logDensity: number
  /** [count, latent] */
  sample(count: number, seed: number): Float32Array
}

const starts = 4
/** Of a part of the variance of a dimension: codes of a dimension that never moves have none. */
const regularization = 1e-6

/**
 * A mixture of Gaussians with full covariances, fitted to codes when training is over: where a decoder has seen codes, whatever the prior said.
 * Ghosh et al. 2020
 *
 * @param codes  [rows, latent]
 */
export async function codeDensity(runtime: Runtime, codes: Float64Array, latent: number, components: number, seed: number): Promise<CodeDensity> {
  const rows = codes.length / latent
  if (rows <= components) throw new AppError('latent/density-rows', { rows, components })
  const family = gaussianFamily({ structure: 'VVV', components, columns: latent, regularization })
  const names = Array.from({ length: latent }, (_, index) => `z${index}`)
  const units = standardUnits(codes, names, family.units, 'pass')
  const features = toStandard(codes, units)
  const problem = await mixtureProblem(runtime, familyChunks(features, family), family)
  const found = bestRestart(
    await searchRestarts({
      problem,
      rows: { features, columns: latent },
      seed,
      initialization: 'kmeans++',
      restarts: starts,
      responsibilities: async (mixture) => (await mixturePosterior({ runtime, features, family, mixture })).responsibilities,
      options: { tolerance: 1e-6, maxIterations: 200 },
    }),
  )
  await problem.dispose()
  if (!found?.parameters) throw new AppError('latent/density-collapsed', { components })
  const mixture = found.parameters
  return {
    logDensity: found.logLikelihood! - logScale(units),
    sample(count, from) {
      const draws = new Draws({ seed: from, stream: 'code-density/components' })
      const which = Int32Array.from({ length: count }, () => draws.index(mixture.weights))
      const drawn = family.sample(mixture, which, { seed: from, stream: 'code-density/noise' })
      return Float32Array.from(drawn, (value, at) => units.shift[at % latent]! + units.scale[at % latent]! * value)
    },
  }
}

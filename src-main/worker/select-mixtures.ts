import type { RunSpec } from '@shared/domain/spec'
import type { Runtime } from '../graph/runtime'
import type { Restart } from '../inference/restarts'
import { bestRestart } from '../inference/restarts'
import { type Hierarchy, hierarchyOf, isCheap } from '../inference/starts'
import type { Mixture } from '../models/mixtures/mixture-family'
import { search } from './mixture-search'
import { type MixtureSetting, mixtureSetting } from './mixture-setting'
import { type HeldData, quietContext } from './select-rows'
import type { CellFit, HeldOutFit } from './select-fits'

/* Mixtures are searched as in a run, but the best fit is not gone over once more to record it. */

export interface QuietFit {
  spec: RunSpec
  data: HeldData
  runtime: Runtime
  runFolder: string
  /** Fits that go on to the end. */
  restarts: number
  /** Agglomerations of these rows; what is not there yet is added for all sizes at once. */
  hierarchies?: { wanted: readonly number[]; found: Hierarchy | null }
}

/** One agglomeration serves every cell of a grid: it is computed for all sizes at once, on rows that are whitened first. */
function hierarchyFor({ hierarchies }: QuietFit, { features, family }: MixtureSetting): Hierarchy | undefined {
  if (!hierarchies) return undefined
  const { columns } = family
  const isWanted = isCheap(features.length / columns, columns) && family.distances === undefined
  hierarchies.found ??= isWanted ? hierarchyOf({ features, columns }, hierarchies.wanted) : new Map()
  return hierarchies.found
}

/** Gives `use` the fit with the highest proper optimum; null where every start collapsed. */
export async function withBestMixture<T>(fit: QuietFit, use: (setting: MixtureSetting, best: Restart<Mixture> | null) => Promise<T>): Promise<T> {
  const spec = { ...fit.spec, inference: { ...fit.spec.inference, restarts: Math.max(2, fit.restarts) } } as RunSpec
  const setting = await mixtureSetting(quietContext({ ...fit, spec }))
  try {
    return await use(setting, bestRestart(await search(setting, hierarchyFor(fit, setting))))
  } finally {
    await setting.problem.dispose()
  }
}

/** Total log-likelihood in the units of the model, nats. */
export const totalOf = ({ problem, shift }: MixtureSetting, { logLikelihood }: Restart<Mixture>): number => (logLikelihood! - shift) * problem.weight

export const fitMixture = (fit: QuietFit): Promise<CellFit> =>
  withBestMixture(fit, async (setting, best) => ({
    rows: setting.problem.weight,
    logLikelihood: best && totalOf(setting, best),
    freeParameters: setting.family.freeParameters,
    certainty: best ? (await setting.problem.expect(best.parameters!, null)).certainty : null,
    converged: best?.converged ?? false,
    spurious: best?.spurious ?? true,
  }))

/** Of the test part; null where every start collapsed. */
export const judgeMixture = (fit: QuietFit): Promise<HeldOutFit | null> =>
  withBestMixture(fit, async (setting, best) => {
    if (!best) return null
    const judged = { rows: 0, sum: 0, squares: 0 }
    const mixture = best.parameters!
    await setting.posteriors('test', mixture, (_, logDensity) => {
      for (const value of logDensity) {
        judged.rows += 1
        judged.sum += value
        judged.squares += value * value
      }
    })
    return judged
  })

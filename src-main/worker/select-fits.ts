import { isMixture } from '@shared/domain/models/mixtures'
import type { UnitOf } from '@shared/domain/selection'
import { families } from './model-families'
import { type QuietFit, fitMixture, judgeMixture } from './select-mixtures'
import { quietContext } from './select-rows'

/* A cell of a grid: any model that tells its likelihood and its BIC. */

export type CellFit = Pick<UnitOf<'cell'>, 'rows' | 'logLikelihood' | 'freeParameters' | 'certainty' | 'converged' | 'spurious'>
export interface HeldOutFit {
  rows: number
  sum: number
  /** Null where the model tells only of the part as a whole. */
  squares: number | null
}

export const fitCell = (fit: QuietFit): Promise<CellFit> => (isMixture(fit.spec.model) ? fitMixture(fit) : fitModel(fit))

/** The held-out rows are the test part of the data. */
export const judgeHeldOut = (fit: QuietFit): Promise<HeldOutFit | null> => (isMixture(fit.spec.model) ? judgeMixture(fit) : judgeModel(fit))

const fitted = ({ spec, ...fit }: QuietFit) => {
  const { inference } = spec
  const wanted = 'restarts' in inference ? { ...spec, inference: { ...inference, restarts: Math.max(inference.restarts, fit.restarts) } } : spec
  return families[spec.model.kind].train(quietContext({ ...fit, spec: wanted }))
}

/** Models other than mixtures go the way of a run; from its figures the number of free parameters is found again. */
async function fitModel(fit: QuietFit): Promise<CellFit> {
  const { metrics, converged } = await fitted(fit)
  const rows = fit.data.dataset.rows
  const figure = (key: string): number | null => metrics[`train/${key}`] ?? null
  const [mean, aic, bic, icl] = [figure('logLikelihood'), figure('aic'), figure('bic'), figure('icl')]
  const total = mean === null ? null : mean * rows
  return {
    rows,
    logLikelihood: total,
    freeParameters: total === null || aic === null ? 0 : Math.round(total - aic / 2),
    certainty: icl === null || bic === null ? null : (icl - bic) / 2,
    converged: converged ?? true,
    spurious: false,
  }
}

async function judgeModel(fit: QuietFit): Promise<HeldOutFit | null> {
  const { metrics } = await fitted(fit)
  const rows = fit.data.dataset.parts.find(({ name }) => name === 'test')!.rows
  const mean = metrics['test/logLikelihood'] ?? null
  return mean === null ? null : { rows, sum: mean * rows, squares: null }
}

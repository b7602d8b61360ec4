import { adjustedRandIndex, normalizedMutualInformation } from '@shared/math/cluster-agreement'
import type { PreparedPart } from '../datasets/prepare'
import { logScales, toStandard } from '../inference/standard-units'
import type { Mixture } from '../models/mixtures/mixture-family'
import { modelPosterior } from './mixture-posterior'
import type { Recorded } from './mixture-record'
import type { MixtureSetting } from './mixture-setting'

/** BIC and ICL as mclust defines them: larger is better. */
export function criteria(total: number, certainty: number, degrees: number, rows: number): { bic: number; aic: number; icl: number } {
  const bic = 2 * total - degrees * Math.log(rows)
  return { bic, aic: 2 * total - 2 * degrees, icl: bic + 2 * certainty }
}

/** What is told of a fit besides its parameters. */
export async function figures(setting: MixtureSetting, fitted: Mixture, { expectation, bound }: Recorded): Promise<Record<string, number | null>> {
  const { data, units, shift, family, problem, runtime, control, reporter, task } = setting
  const rows = problem.weight
  const isLimit = setting.climbed.key === 'inertia'
  const total = expectation.logLikelihood - rows * shift
  const { bic, aic, icl } = criteria(total, expectation.certainty, family.freeParameters, rows)
  const final: Record<string, number> = isLimit ? { 'train/inertia': setting.climbed.tell(expectation.logLikelihood / rows) } : {
    'train/logLikelihood': total / rows,
    'train/bic': bic,
    'train/aic': aic,
    'train/icl': icl,
    ...(bound ? { 'train/lowerBound': bound.lowerBound - shift, 'train/kl': bound.kl } : {}),
  }
  const judge = async (part: PreparedPart | null, name: string): Promise<void> => {
    if (!part || (name === 'train' && !part.labels)) return
    const features = name === 'train' ? setting.features : toStandard(part.features as Float64Array, units)
    const { responsibilities, logDensity } = await modelPosterior({ runtime, model: task.spec.model, features, family, mixture: fitted, pause: control.yield })
    const shifts = logScales(part.features as Float64Array, units)
    if (name !== 'train' && !isLimit) final[`${name}/logLikelihood`] = logDensity.reduce((sum, value, row) => sum + value - shifts[row]!, 0) / part.rows
    if (!part.labels) return
    const assigned = assignments(responsibilities, family.components)
    final[`${name}/ari`] = adjustedRandIndex(part.labels, assigned)
    final[`${name}/nmi`] = normalizedMutualInformation(part.labels, assigned)
  }
  await judge(data.train, 'train')
  await judge(data.validation, 'validation')
  await judge(data.test, 'test')
  reporter.flush()
  return final
}

/** The most responsible component of each row; the first of equals. */
export function assignments(responsibilities: Float64Array, components: number): Int32Array {
  return Int32Array.from({ length: responsibilities.length / components }, (_, row) => {
    let best = 0
    for (let component = 1; component < components; component += 1) {
      if (responsibilities[row * components + component]! > responsibilities[row * components + best]!) best = component
    }
    return best
  })
}

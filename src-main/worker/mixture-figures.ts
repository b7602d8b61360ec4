import { Agreement } from '@shared/math/cluster-agreement'
import { WeightedMean } from '@shared/math/weighted-mean'
import type { Mixture } from '../models/mixtures/mixture-family'
import { type FinalFigures, knownOfMean } from './held-out'
import type { Recorded } from './mixture-record'
import type { MixtureSetting } from './mixture-setting'

/** BIC and ICL as mclust defines them: larger is better. */
export function criteria(total: number, certainty: number, degrees: number, rows: number): { bic: number; aic: number; icl: number } {
  const bic = 2 * total - degrees * Math.log(rows)
  return { bic, aic: 2 * total - 2 * degrees, icl: bic + 2 * certainty }
}

/** What is told of a fit besides its parameters. Rows with weights count as often as their weights say, but not in agreement with labels. */
export async function figures(setting: MixtureSetting, fitted: Mixture, { expectation, bound }: Recorded): Promise<FinalFigures> {
  const { data, shift, family, problem, reporter } = setting
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
  const heldOut: FinalFigures['heldOut'] = {}
  for (const name of ['train', 'validation', 'test'] as const) {
    const labels = data[name]?.labels
    if (!data[name] || (name === 'train' && !labels)) continue
    const weights = setting.weightsOf(name)
    let sum = 0
    const perRow = new WeightedMean()
    const right = { rows: 0, of: 0 }
    const agreement = new Agreement()
    await setting.posteriors(name, fitted, (responsibilities, logDensity, row) => {
      for (const [index, value] of logDensity.entries()) {
        sum += weights ? value * weights[row + index]! : value
        perRow.add(value, weights?.[row + index])
      }
      if (!labels) return
      const own = labels.subarray(row, row + logDensity.length)
      agreement.add(own, assignments(responsibilities, family.components))
      if (setting.known) countRight(right, own, responsibilities, setting.known.classOf)
    })
    if (name !== 'train' && !isLimit) {
      final[`${name}/logLikelihood`] = sum / (weights ? weights.reduce((total, weight) => total + weight, 0) : data[name].rows)
      heldOut[`${name}/logLikelihood`] = knownOfMean(perRow, data[name].rows)
    }
    if (!labels?.some((code) => code >= 0)) continue
    if (right.of > 0) final[`${name}/accuracy`] = right.rows / right.of
    final[`${name}/ari`] = agreement.adjustedRandIndex()
    final[`${name}/nmi`] = agreement.normalizedMutualInformation()
  }
  reporter.flush()
  return { metrics: final, heldOut }
}

/** Rows whose class is the one with most responsibility, told without their labels. Rows of a component without class are of none. */
function countRight(right: { rows: number; of: number }, labels: Int32Array, responsibilities: Float64Array, classOf: Int32Array): void {
  for (const [row, label] of labels.entries()) {
    if (label < 0) continue
    const shares = new Map<number, number>()
    for (const [k, code] of classOf.entries()) shares.set(code, (shares.get(code) ?? 0) + responsibilities[row * classOf.length + k]!)
    const [[best] = [-1]] = [...shares].sort((a, b) => b[1] - a[1])
    right.of += 1
    right.rows += Number(best === label)
  }
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

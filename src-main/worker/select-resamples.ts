import type { BootstrapQuestion, RatioQuestion, UnitOf } from '@shared/domain/selection'
import { cellSpec } from '@shared/domain/selection'
import type { RunSpec } from '@shared/domain/spec'
import { assign } from '@shared/math/assignment'
import { cholesky, logDeterminant } from '@shared/math/cholesky'
import { type RandomKey, fillUniform } from '@shared/math/random'
import { AppError } from '@shared/rpc/errors'
import { fitByEm } from '../inference/em'
import type { Runtime } from '../graph/runtime'
import type { Mixture } from '../models/mixtures/mixture-family'
import type { AnyFamily } from './mixture-families'
import { type QuietFit, totalOf, withBestMixture } from './select-mixtures'
import { mixtureSetting } from './mixture-setting'
import { type HeldData, chosenRows, quietContext, resampled, trainingRows, wholly } from './select-rows'

/*
 * The bootstrap: the same fit again and again, on rows drawn with replacement or drawn from the fitted model. For a mixture of K against
 * one of K + 1 components the likelihood ratio has no known distribution; rows drawn from the fit with K show it (McLachlan 1987).
 */

export interface ResamplePlan {
  spec: RunSpec
  data: HeldData
  runtime: Runtime
  runFolder: string
}

/** A mixture fitted to the data, in the units of the model. */
export interface Fitted {
  family: AnyFamily
  mixture: Mixture
  /** The training rows as the model saw them, complete with their columns' description. */
  seen: HeldData
  total: number
}

/** What the data themselves give: the best fit of a search. Throws AppError where every start collapsed. */
export async function fitToData(plan: ResamplePlan, restarts: number): Promise<Fitted> {
  if ('weights' in plan.spec.model && plan.spec.model.weights !== undefined) throw new AppError('selection/weights', {})
  return withBestMixture({ ...plan, restarts }, async (setting, best) => {
    if (!best) throw new AppError('em/component-collapsed', { component: 1 })
    const { family, units, data } = setting
    const { shift, scale } = units
    const columns = data.features
    const features = setting.features.map((value, index) => value * scale[index % columns]! + shift[index % columns]!)
    const rows = features.length / columns
    const dataset = { ...plan.data.dataset, rows, shape: [rows, ...plan.data.dataset.shape.slice(1)], parts: [] }
    const labels = data.train.labels && Int32Array.from(data.train.labels)
    const seen = { dataset, arrays: { features: Float64Array.from(features), labels } }
    return { family, mixture: family.toModelUnits(best.parameters!, units), seen, total: totalOf(setting, best) }
  })
}

/** The same rows need no preprocessing any more. */
const asSeen = (spec: RunSpec): RunSpec => ({ ...wholly(spec), preprocess: [] })

/** As many rows as were seen, drawn from a mixture; entries that were absent are absent again. */
export function drawnFrom({ family, mixture, seen }: Fitted, key: RandomKey): HeldData {
  const { features } = seen.arrays
  const uniform = new Float64Array(features.length / family.columns)
  fillUniform(uniform, { ...key, stream: `${key.stream}/component` })
  const which = Int32Array.from(uniform, (value) => {
    let component = 0
    for (let rest = value - mixture.weights[0]!; rest >= 0 && component < mixture.components - 1; ) rest -= mixture.weights[(component += 1)]!
    return component
  })
  const drawn = family.sample(mixture, which, { ...key, stream: `${key.stream}/noise` })
  for (const [index, value] of features.entries()) if (Number.isNaN(value)) drawn[index] = NaN
  return { dataset: { ...seen.dataset, classes: null }, arrays: { features: drawn as Float64Array<ArrayBuffer>, labels: null } }
}

/** log p of the data, or of rows drawn from the fit with K components, under K and under K + 1. */
export async function likelihoodRatio(
  plan: ResamplePlan,
  { structures, restarts }: RatioQuestion,
  { components, replicate }: Pick<UnitOf<'ratio'>, 'components' | 'replicate'>,
  base: Fitted,
): Promise<Pick<UnitOf<'ratio'>, 'smaller' | 'larger'>> {
  const structure = structures[0] ?? null
  const fit = (size: number, of: Pick<QuietFit, 'data' | 'spec'>): Promise<number | null> =>
    withBestMixture({ ...plan, ...of, spec: cellSpec(of.spec, size, structure), restarts }, async (setting, best) => best && totalOf(setting, best))
  if (replicate === 0) return { smaller: base.total, larger: await fit(components + 1, { spec: plan.spec, data: plan.data }) }
  const data = drawnFrom(base, { seed: plan.spec.seed, stream: `select/ratio/${components}/${replicate}` })
  const spec = asSeen(plan.spec)
  return { smaller: await fit(components, { spec, data }), larger: await fit(components + 1, { spec, data }) }
}

/** Parameters of a resample, fitted from those of the data, and its components in their order. */
export async function replicate(plan: ResamplePlan, question: BootstrapQuestion, index: number, base: Fitted): Promise<Record<string, unknown> | null> {
  if (index === 0) return base.family.describe(base.mixture)
  const key = { seed: plan.spec.seed, stream: `select/bootstrap/${index}` }
  const spec = asSeen(plan.spec)
  const whole = chosenRows(base.seen, trainingRows(spec, base.seen))
  const data = question.resampling === 'parametric' ? drawnFrom(base, key) : resampled(whole, spec, key)
  const setting = await mixtureSetting(quietContext({ ...plan, spec, data }))
  try {
    const { family, units, problem, inference } = setting
    const tolerance = inference.kind === 'em' ? inference.tolerance : 1e-8
    const options = { tolerance, maxIterations: inference.maxIterations, identityEvery: 0 }
    const { parameters } = await fitByEm(problem, family.toStandardUnits(base.mixture, units), options)
    const mixture = family.toModelUnits(parameters, units)
    const order = sameOrder(base.family, base.mixture, mixture)
    return reordered(family.describe(mixture), order) as Record<string, unknown>
  } finally {
    await setting.problem.dispose()
  }
}

/**
 * For each component of `base` the component of `other` that is it, by the assignment of least total Bhattacharyya distance between their
 * moments. Labels of mixtures are exchangeable; only aligned ones can be compared.
 */
export function sameOrder(family: AnyFamily, base: Mixture, other: Mixture): number[] {
  const all = (mixture: Mixture) => Array.from({ length: family.components }, (_, k) => family.moments(mixture, k))
  const [ours, theirs] = [all(base), all(other)]
  const distances = ours.map((one) => theirs.map((two) => distanceOf(one, two, family.columns)))
  return assign(distances)
}

type Moments = ReturnType<AnyFamily['moments']>

/** ⅛ (a − b)ᵀ S⁻¹ (a − b) + ½ log(|S| / √(|A||B|)), S the mean of the covariances; of flat covariances by their diagonals alone. */
function distanceOf(one: Moments, two: Moments, columns: number): number {
  const mean = one.covariance.map((value, index) => (value + two.covariance[index]!) / 2)
  const factors = [mean, one.covariance, two.covariance].map((matrix) => cholesky(matrix.slice(), columns))
  if (factors.every((factor) => factor !== null)) {
    const [joint, first, second] = factors as [Float64Array, Float64Array, Float64Array]
    const log = logDeterminant(joint, columns) - (logDeterminant(first, columns) + logDeterminant(second, columns)) / 2
    return squaredDistance(joint, one.mean, two.mean) / 8 + log / 2
  }
  return one.mean.reduce((sum, value, d) => sum + (value - two.mean[d]!) ** 2 / (8 * Math.max(mean[d * (columns + 1)]!, 1e-12)), 0)
}

/** (a − b)ᵀ S⁻¹ (a − b) with S = LLᵀ, by forward substitution. */
function squaredDistance(factor: Float64Array, a: Float64Array, b: Float64Array): number {
  const columns = a.length
  const solved = new Float64Array(columns)
  for (let row = 0; row < columns; row += 1) {
    let value = a[row]! - b[row]!
    for (let column = 0; column < row; column += 1) value -= factor[row * columns + column]! * solved[column]!
    solved[row] = value / factor[row * columns + row]!
  }
  return solved.reduce((sum, value) => sum + value * value, 0)
}

/** Lists with one entry per component, in another order of the components. */
function reordered(value: unknown, order: readonly number[]): unknown {
  if (Array.isArray(value)) return value.length === order.length ? order.map((k) => value[k] as unknown) : value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reordered(item, order)]))
}

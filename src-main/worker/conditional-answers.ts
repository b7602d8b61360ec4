import type { Dataset } from '@shared/domain/dataset'
import type { Matrix } from '@shared/domain/run'
import { AppError } from '@shared/rpc/errors'
import { toStandard } from '../inference/standard-units'
import { type Moments, gaussianMoments, mixedMoments, productMoments } from '../models/mixtures/conditional-moments'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'
import type { FittedMixture } from './fitted-mixture'

/*
 * p(x_T | x_G) of a mixture: log p(x_T | x_G) = log p(x_T, x_G) − log p(x_G), where a density of some columns is that of rows in which all
 * others are absent; the weights of the components become p(k | x_G).
 */

/** Places of columns among the features. */
export interface Condition {
  given: readonly number[]
  target: readonly number[]
}

export interface Conditioned {
  /** p(k | x_G): [rows, K] */
  weights: Float64Array
  /** Of the target columns, as mixtures over components: one per row. */
  moments: Moments[]
  /** log p(x_T | x_G) where all targets are there, else NaN; log p(x_G): [rows] */
  logDensity: Float64Array
  logDensityOfGiven: Float64Array
}

export function conditionOf({ data }: Pick<FittedMixture, 'data'>, given: readonly string[], target: readonly string[] | undefined): Condition {
  const names = data.featureNames
  const place = (column: string): number => {
    const at = names.indexOf(column)
    if (at < 0) throw new AppError('conditional/no-such-column', { column, known: names })
    return at
  }
  const known = given.map(place)
  const wanted = target?.map(place) ?? names.flatMap((_, at) => (known.includes(at) ? [] : [at]))
  const both = wanted.find((at) => known.includes(at))
  if (both !== undefined) throw new AppError('conditional/both', { column: names[both]! })
  if (wanted.length === 0) throw new AppError('conditional/nothing-left')
  return { given: known, target: wanted }
}

const only = (rows: Float64Array, columns: number, kept: readonly number[]): Float64Array =>
  rows.map((value, index) => (kept.includes(index % columns) ? value : NaN))

/** Densities of the columns that are kept; of a row that has none of them, the prior. */
async function densityOf(fitted: FittedMixture, rows: Float64Array, kept: readonly number[]) {
  const { columns, components } = fitted.family
  const masked = only(rows, columns, kept)
  const { responsibilities, logDensity } = await fitted.posterior(masked)
  for (let row = 0; row < logDensity.length; row += 1) {
    if (kept.some((column) => !Number.isNaN(masked[row * columns + column]!))) continue
    responsibilities.set(fitted.mixture.weights, row * components)
    logDensity[row] = 0
  }
  return { responsibilities, logDensity }
}

/** @param rows  [rows, columns], in the units the model saw; NaN where an entry is absent */
export async function conditioned(fitted: FittedMixture, rows: Float64Array, condition: Condition): Promise<Conditioned> {
  const { family, units } = fitted
  const { columns, components } = family
  const { given, target } = condition
  const before = await densityOf(fitted, rows, given)
  const after = await densityOf(fitted, rows, [...given, ...target])
  const momentsOf = componentMoments(fitted, condition)
  const standard = toStandard(rows, units)
  const moments = Array.from(before.logDensity, (_, row) => {
    const shares = before.responsibilities.subarray(row * components, (row + 1) * components)
    return inModelUnits(mixedMoments(shares, momentsOf(standard.subarray(row * columns, (row + 1) * columns))), fitted, target)
  })
  const isWhole = (row: number): boolean => target.every((column) => !Number.isNaN(rows[row * columns + column]!))
  return {
    weights: before.responsibilities,
    moments,
    logDensity: after.logDensity.map((value, row) => (isWhole(row) ? value - before.logDensity[row]! : NaN)),
    logDensityOfGiven: before.logDensity,
  }
}

/** Components in which columns depend on each other. */
const isOfGaussians: ReadonlySet<string> = new Set(['gaussian-mixture', 'mixture-of-factor-analyzers', 'bayesian-gaussian-mixture'])

function componentMoments({ run, family, mixture, units }: FittedMixture, { given, target }: Condition) {
  const own = family.toStandardUnits(mixture, units)
  return isOfGaussians.has(run.spec.model.kind) ? gaussianMoments(own as GaussianMixture, given, target) : productMoments(family, own, target)
}

function inModelUnits({ mean, covariance }: Moments, { units: { shift, scale } }: FittedMixture, target: readonly number[]): Moments {
  return {
    mean: mean.map((value, at) => value * scale[target[at]!]! + shift[target[at]!]!),
    covariance: covariance.map((value, index) => value * scale[target[Math.floor(index / target.length)]!]! * scale[target[index % target.length]!]!),
  }
}

/**
 * One row per row of a dataset: mean and standard deviation of each target (of categories, the probability of each), their covariances, the
 * log-density of the row's own targets and the weights of the components.
 */
export async function conditionalRows(fitted: FittedMixture, blocks: Iterable<Float64Array>, dataset: Dataset, condition: Condition): Promise<Matrix> {
  const { target } = condition
  const columns = [...target.flatMap((at) => headings(fitted, at)), ...pairsOf(fitted, target).map(({ name }) => name), 'logDensity', ...weightNames(fitted)]
  const values = new Float64Array(dataset.rows * columns.length)
  let at = 0
  for (const block of blocks) {
    const found = await conditioned(fitted, block, condition)
    for (const [row, moments] of found.moments.entries()) {
      values.set(told(fitted, condition, found, moments, row), at)
      at += columns.length
    }
  }
  return { columns, rows: dataset.rows, values }
}

const weightNames = ({ mixture }: FittedMixture): string[] => Array.from({ length: mixture.components }, (_, k) => `weight ${k + 1}`)

const namesOfCodes = ({ run, data }: FittedMixture, at: number, count: number): string[] => {
  const { categories } = run.dataset.columns.find(({ name }) => name === data.featureNames[at]) ?? {}
  return Array.from({ length: count }, (_, code) => categories?.[code] ?? String(code))
}

const codesOf = ({ family, mixture }: FittedMixture, at: number, k: number): Float64Array | null => family.codeProbabilities?.(mixture, k, at) ?? null

function headings(fitted: FittedMixture, at: number): string[] {
  const name = fitted.data.featureNames[at]!
  const codes = codesOf(fitted, at, 0)
  return codes ? namesOfCodes(fitted, at, codes.length).map((category) => `p ${name}=${category}`) : [`mean ${name}`, `sd ${name}`]
}

/** Covariances of two targets that are numbers. */
function pairsOf(fitted: FittedMixture, target: readonly number[]): { name: string; index: number }[] {
  const names = fitted.data.featureNames
  return target.flatMap((a, i) =>
    target.flatMap((b, j) =>
      j > i && !codesOf(fitted, a, 0) && !codesOf(fitted, b, 0) ? [{ name: `cov ${names[a]} ${names[b]}`, index: i * target.length + j }] : [],
    ),
  )
}

function told(fitted: FittedMixture, { target }: Condition, found: Conditioned, { mean, covariance }: Moments, row: number): number[] {
  const { components } = fitted.mixture
  const weights = found.weights.subarray(row * components, (row + 1) * components)
  const ofTargets = target.flatMap((at, i) => {
    const codes = codesOf(fitted, at, 0)
    if (!codes) return [mean[i]!, Math.sqrt(covariance[i * (target.length + 1)]!)]
    return Array.from(codes, (_, code) => weights.reduce((sum, weight, k) => sum + weight * codesOf(fitted, at, k)![code]!, 0))
  })
  return [...ofTargets, ...pairsOf(fitted, target).map(({ index }) => covariance[index]!), found.logDensity[row]!, ...weights]
}


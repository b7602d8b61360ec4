import type { ConditionalColumn, ConditionalPicture, ConditionalRequest } from '@shared/domain/conditional'
import { type ColumnFamilyName, columnFamiliesOf } from '@shared/domain/models/mixed'
import { withoutWeights } from '@shared/domain/weight-column'
import { nested } from '../models/mixtures/nested'
import { conditionOf, conditioned } from './conditional-answers'
import type { FittedMixture } from './fitted-mixture'

/** Points of an axis of real numbers, for one target and for two. */
const points = { one: 240, two: 72 }
/** How far an axis reaches beyond the data, as a fraction of their range. */
const room = 0.15
const mostCounts = 400

type Wanted = Pick<ConditionalRequest, 'given' | 'target'>

/** Density of one or two columns over their range, given values of others, beside that without them. */
export async function conditionalPicture(fitted: FittedMixture, { given, target }: Wanted): Promise<ConditionalPicture> {
  const { data, mixture } = fitted
  const condition = conditionOf(
    fitted,
    given.map(({ column }) => column),
    target,
  )
  const columns = data.featureNames.map((_, at) => columnOf(fitted, at))
  const axes = condition.target.map((at) => axisOf(columns[at]!, condition.target.length === 1 ? points.one : points.two))
  const rows = gridRows(data.featureNames.length, axes, condition.target)
  for (let row = 0; row < rows.length; row += data.featureNames.length) condition.given.forEach((at, i) => (rows[row + at] = given[i]!.value))
  const found = await conditioned(fitted, rows, condition)
  const without = given.length === 0 ? found : await conditioned(fitted, rows, { given: [], target: condition.target })
  const [{ mean, covariance }] = found.moments as [(typeof found.moments)[number]]
  return {
    columns,
    target,
    axes,
    density: found.logDensity.map(Math.exp),
    marginal: without.logDensity.map(Math.exp),
    weights: [...found.weights.subarray(0, mixture.components)],
    priorWeights: [...mixture.weights],
    logDensityOfGiven: found.logDensityOfGiven[0]!,
    mean: [...mean],
    covariance: nested(covariance, target.length),
  }
}

function familyOf({ run }: FittedMixture, at: number): ColumnFamilyName {
  const { model } = run.spec
  switch (model.kind) {
    case 'bernoulli-mixture':
      return 'binary'
    case 'categorical-mixture':
      return 'category'
    case 'poisson-mixture':
      return 'count'
    case 'mixed-mixture': {
      const families = columnFamiliesOf(model, withoutWeights(model, run.dataset).columns)
      return families[Math.min(at, families.length - 1)] ?? 'real'
    }
    default:
      return 'real'
  }
}

function columnOf(fitted: FittedMixture, at: number): ConditionalColumn {
  const { data, family, mixture, run } = fitted
  const name = data.featureNames[at]!
  const features = data.train.features as Float64Array
  let [minimum, maximum, sum, count] = [Infinity, -Infinity, 0, 0]
  for (let index = at; index < features.length; index += family.columns) {
    const value = features[index]!
    if (Number.isNaN(value)) continue
    minimum = Math.min(minimum, value)
    maximum = Math.max(maximum, value)
    sum += value
    count += 1
  }
  const codes = family.codeProbabilities?.(mixture, 0, at) ?? null
  const names = run.dataset.columns.find((column) => column.name === name)?.categories
  const categories = codes && Array.from(codes, (_, code) => names?.[code] ?? String(code))
  return { name, family: familyOf(fitted, at), minimum, maximum, mean: sum / count, categories }
}

function axisOf({ family, minimum, maximum, categories }: ConditionalColumn, count: number): number[] {
  switch (family) {
    case 'category':
      return categories!.map((_, code) => code)
    case 'binary':
      return [0, 1]
    case 'count': {
      const last = Math.ceil(maximum + room * (maximum - minimum) + 1)
      const first = Math.max(0, Math.floor(minimum - room * (maximum - minimum)))
      const step = Math.max(1, Math.ceil((last - first) / mostCounts))
      return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step)
    }
    case 'real': {
      const width = maximum - minimum || 1
      const [from, to] = [minimum - room * width, maximum + room * width]
      return Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1))
    }
    default:
      return family satisfies never
  }
}

/** Rows that hold each point of the axes in the target columns and nothing elsewhere. */
function gridRows(columns: number, axes: readonly number[][], target: readonly number[]): Float64Array {
  const total = axes.reduce((product, axis) => product * axis.length, 1)
  const rows = new Float64Array(total * columns).fill(NaN)
  const inner = axes[1]?.length ?? 1
  for (let row = 0; row < total; row += 1) {
    rows[row * columns + target[0]!] = axes[0]![Math.floor(row / inner)]!
    if (axes[1]) rows[row * columns + target[1]!] = axes[1][row % inner]!
  }
  return rows
}

import { parameterImportance } from '../math/parameter-importance'
import type { ParameterRange, ParameterValue, SearchSpace } from './search-space'
import type { SweepPlan, Trial } from './sweep'

/** A trial that has a value, as charts take it. */
export interface ValuedTrial {
  index: number
  status: Trial['status']
  values: number[]
  parameters: Trial['parameters']
}

export const valuedTrials = (trials: readonly Pick<Trial, 'index' | 'status' | 'values' | 'parameters'>[]): ValuedTrial[] =>
  trials.flatMap(({ index, status, values, parameters }) => (values.every((value) => value !== null) ? [{ index, status, parameters, values: values as number[] }] : []))

export interface ParameterAxis {
  path: string
  isLog: boolean
  /** Values in their order where the parameter takes listed ones that are no numbers. */
  categories: string[] | null
}

export const shortPath = (path: string): string => {
  const parts = path.split('.')
  // two networks have fields of the same names: encoder.mlp, decoder.mlp.0
  const network = parts.findIndex((part) => part === 'encoder' || part === 'decoder')
  if (network > 0) return parts.slice(network).join('.')
  const last = parts.at(-1)!
  return /^\d+$/.test(last) ? parts.slice(-3).join('.') : last
}
export const textOfValue = (value: ParameterValue | undefined): string => (value === undefined ? '—' : Array.isArray(value) ? `[${value.join(', ')}]` : String(value))

const categoriesOf = (range: ParameterRange): string[] | null =>
  'values' in range && !range.values.every((value) => typeof value === 'number') ? range.values.map(textOfValue) : null

export const axesOf = (space: SearchSpace): ParameterAxis[] =>
  Object.entries(space).map(([path, range]) => ({ path, isLog: 'logUniform' in range || 'logInteger' in range, categories: categoriesOf(range) }))

/** Where a value stands on its axis: the number itself, or the place of a category; null where the parameter is absent. */
export function placeOf({ categories }: ParameterAxis, value: ParameterValue | undefined): number | null {
  if (value === undefined) return null
  if (!categories) return Number(value)
  const index = categories.indexOf(textOfValue(value))
  return index < 0 ? null : index
}

/** Best first by the first objective. */
export function bestFirst<T extends { values: readonly (number | null)[] }>(trials: readonly T[], { objective }: Pick<SweepPlan, 'objective'>): T[] {
  const sign = objective[0]!.direction === 'maximize' ? -1 : 1
  return [...trials].sort((a, b) => sign * (a.values[0]! - b.values[0]!))
}

/** Share of each parameter in what the completed trials' values vary by, largest first; null where there are too few. */
export function trialImportance(trials: readonly Pick<Trial, 'index' | 'status' | 'values' | 'parameters'>[], { parameters }: Pick<SweepPlan, 'parameters'>): { name: string; path: string; value: number }[] | null {
  const axes = axesOf(parameters)
  const completed = valuedTrials(trials).filter(({ status }) => status === 'completed')
  const logOf = (isLog: boolean, place: number | null): number => (place === null ? NaN : isLog ? Math.log(place) : place)
  const rows = completed.map((trial) => Float64Array.from(axes, (axis) => logOf(axis.isLog, placeOf(axis, trial.parameters[axis.path]))))
  const shares = parameterImportance(rows, Float64Array.from(completed, ({ values }) => values[0]!))
  return shares && axes.map(({ path }, index) => ({ name: shortPath(path), path, value: shares[index]! })).sort((a, b) => b.value - a.value)
}

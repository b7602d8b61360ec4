import type { ParameterRange, ParameterValue, SearchSpace } from '@shared/domain/search-space'
import type { SweepPlan, Trial } from '@shared/domain/sweep'

/** A trial that has a value, as charts take it. */
export interface ValuedTrial {
  index: number
  status: Trial['status']
  values: number[]
  parameters: Trial['parameters']
}

export const valuedTrials = (trials: readonly Trial[]): ValuedTrial[] =>
  trials.flatMap(({ index, status, values, parameters }) => (values.every((value) => value !== null) ? [{ index, status, parameters, values: values as number[] }] : []))

export interface ParameterAxis {
  path: string
  isLog: boolean
  /** Values in their order where the parameter takes listed ones that are no numbers. */
  categories: string[] | null
}

export const shortPath = (path: string): string => {
  const parts = path.split('.')
  const last = parts.at(-1)!
  return /^\d+$/.test(last) ? parts.slice(-2).join('.') : last
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

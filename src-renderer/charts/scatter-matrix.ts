import type { Comparison } from '@shared/domain/comparison'

export interface ScatterAxis {
  name: string
  isMetric: boolean
  /** Positive throughout, and over two decades or more. */
  isLog: boolean
  /** One for each run, null where it has none. */
  values: (number | null)[]
}

const logFrom = 100

/** Fields that differ and are numbers in some run, then figures: what a matrix of scatter plots can show. */
export function scatterColumns({ differingParameters, metrics, runs }: Comparison): string[] {
  const several = (values: Record<string, unknown>): boolean => new Set(runs.map(({ id }) => values[id]).filter((value) => typeof value === 'number')).size > 1
  const fields = Object.keys(differingParameters).filter((path) => several(differingParameters[path]!))
  return [...fields, ...Object.keys(metrics).filter((key) => several(metrics[key]!))]
}

export function scatterAxes({ differingParameters, metrics, runs }: Comparison, columns: readonly string[]): ScatterAxis[] {
  return columns.flatMap((name): ScatterAxis[] => {
    const found = metrics[name] ?? differingParameters[name]
    if (!found) return []
    const values = runs.map(({ id }) => (typeof found[id] === 'number' ? found[id] : null))
    const known = values.filter((value) => value !== null)
    const low = known.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
    const high = known.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
    return [{ name, isMetric: name in metrics, isLog: low > 0 && high / low >= logFrom, values }]
  })
}

const bins = 20
/** Corners of a histogram: [left edge, count] of each bin, and the right edge of the last. */
export function histogramOf({ values, isLog }: ScatterAxis): [number, number][] {
  const at = (value: number): number => (isLog ? Math.log(value) : value)
  const known = values.flatMap((value) => (value === null ? [] : [at(value)]))
  if (known.length === 0) return []
  const low = known.reduce((least, value) => Math.min(least, value))
  const high = known.reduce((most, value) => Math.max(most, value))
  const width = (high - low) / bins || 1
  const counts = new Array<number>(bins).fill(0)
  for (const value of known) counts[Math.min(bins - 1, Math.floor((value - low) / width))]! += 1
  const back = (value: number): number => (isLog ? Math.exp(value) : value)
  return [[back(low), 0], ...counts.map((count, bin): [number, number] => [back(low + width * (bin + 1)), count])]
}

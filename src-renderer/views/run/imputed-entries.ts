import type { Imputation } from '@shared/domain/inside'

/** An entry that a model filled in. */
export interface ImputedEntry {
  /** Row of the dataset. */
  row: number
  column: number
  value: number
  deviation: number
}

export const isImputed = ({ deviations, featureNames }: Imputation, at: number, column: number): boolean =>
  !Number.isNaN(deviations[at * featureNames.length + column]!)

export function imputedEntries(found: Imputation): ImputedEntry[] {
  const columns = found.featureNames.length
  return Array.from(found.deviations.keys()).flatMap((index) => {
    const deviation = found.deviations[index]!
    if (Number.isNaN(deviation)) return []
    return [{ row: found.rowIndex[Math.floor(index / columns)]!, column: index % columns, value: found.values[index]!, deviation }]
  })
}

export interface ColumnOfGaps {
  column: number
  missing: number
  /** Mean of the entries that were observed, in complete rows and in others; null where there are none. */
  observed: number | null
  imputed: number
  /** Root mean square of the deviations. */
  deviation: number
}

/** What was filled in, column by column; columns without gaps are left out. */
export function columnsOfGaps(found: Imputation): ColumnOfGaps[] {
  const columns = found.featureNames.length
  const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((sum, value) => sum + value / values.length, 0))
  return found.featureNames.flatMap((_, column) => {
    const own = imputedEntries(found).filter((entry) => entry.column === column)
    if (own.length === 0) return []
    const beside = Array.from(found.rowIndex.keys()).filter((at) => !isImputed(found, at, column))
    const seen = [
      ...Array.from(found.complete).filter((_value, index) => index % columns === column),
      ...beside.map((at) => found.values[at * columns + column]!),
    ]
    const squares = own.map(({ deviation }) => deviation ** 2)
    return [{ column, missing: own.length, observed: mean(seen), imputed: mean(own.map(({ value }) => value))!, deviation: Math.sqrt(mean(squares)!) }]
  })
}

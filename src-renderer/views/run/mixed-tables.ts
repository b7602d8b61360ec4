/** A column as `inspect.params` of a mixed mixture tells it: lists by component. */
export type MixedColumn =
  | { family: 'real'; means: number[]; standardDeviations: number[] }
  | { family: 'count'; rates: number[] }
  | { family: 'binary'; probabilities: number[] }
  | { family: 'category'; categories: string[]; probabilities: number[][] }

export interface MixedTable {
  /** Name of a category column, else of the family. */
  key: string
  /** Which words title it. */
  title: 'mixedReal' | 'mixedCount' | 'mixedBinary' | 'mixedCategory'
  headings: string[]
  /** [component][heading] */
  values: number[][]
  /** Are the values probabilities? */
  share: boolean
}

const transposed = (lists: readonly (readonly number[])[]): number[][] => (lists[0] ?? []).map((_, k) => lists.map((list) => list[k]!))

/** One table for all real columns, one for all counts, one for all binary ones, and one for each column of categories. */
export function tablesOf(columns: Readonly<Record<string, MixedColumn>>): MixedTable[] {
  const entries = Object.entries(columns)
  const together = (key: string, title: MixedTable['title'], share: boolean, listsOf: (name: string, column: MixedColumn) => [string, number[]][]): MixedTable[] => {
    const lists = entries.flatMap(([name, column]) => listsOf(name, column))
    if (lists.length === 0) return []
    return [{ key, title, headings: lists.map(([name]) => name), values: transposed(lists.map(([, list]) => list)), share }]
  }
  return [
    ...together('real', 'mixedReal', false, (name, column) =>
      column.family === 'real'
        ? [
            [name, column.means],
            [`± ${name}`, column.standardDeviations],
          ]
        : [],
    ),
    ...together('count', 'mixedCount', false, (name, column) => (column.family === 'count' ? [[name, column.rates]] : [])),
    ...together('binary', 'mixedBinary', true, (name, column) => (column.family === 'binary' ? [[name, column.probabilities]] : [])),
    ...entries.flatMap(([name, column]): MixedTable[] =>
      column.family === 'category'
        ? [{ key: name, title: 'mixedCategory', headings: column.categories, values: column.probabilities, share: true }]
        : [],
    ),
  ]
}

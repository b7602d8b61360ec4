import type { FlatSpec } from '@shared/domain/flat-spec'
import { metricInfo, primaryMetric } from '@shared/domain/metric'
import type { RunStatus, Shelf } from '@shared/domain/run'
import type { ColumnKey, ColumnValues, RunSummary } from '@shared/domain/run-table'
import type { SqliteDatabase } from './open-database'
import { createRunFilter } from './run-filter'
import { type RunRow, summaryColumns, toSummary } from './run-rows'

export interface Member {
  number: number
  id: string
  name: string
  status: RunStatus
  seed: number
  variant: number
}

/** What the table of runs reads: summaries and columns, never a document and never a point. */
export interface RunTable {
  /** All runs, newest first. */
  summaries(): RunSummary[]
  /** Newest first. */
  members(query: string, shelf: Shelf | 'all'): Member[]
  /** Names of all metrics and of all fields of specifications that any run has. */
  names(): { metrics: string[]; parameters: string[] }
  /** Values of a column by the number of the run. */
  column(key: ColumnKey): Map<number, number | string | null>
  /** What the runs of a variant were asked to do, without seed and name. */
  variants(numbers: ReadonlySet<number>): Map<number, FlatSpec>
  /** Columns side by side: one value for each id. */
  columns(keys: readonly ColumnKey[]): { ids: string[]; columns: ColumnValues[] }
  /** Metrics and fields that are not the same in all runs that match; one that only some have varies. */
  varying(query: string, shelf: Shelf | 'all'): { metrics: string[]; parameters: string[] }
  /** Returns where each was; runs that are not there are left out. */
  shelve(ids: readonly string[], shelf: Shelf): { id: string; from: Shelf }[]
}

export const isLowerBetter = (key: string): boolean => metricInfo[key.slice(key.indexOf('/') + 1).replace(/\[\d+\]$/, '')]?.better === 'lower'

export function createRunTable(database: SqliteDatabase): RunTable {
  const filterRuns = createRunFilter(database)
  const summaries = database.prepare<[], RunRow>(`SELECT ${summaryColumns} FROM runs ORDER BY number DESC`)
  const numbers = database.prepare<[], [number, string]>('SELECT number, id FROM runs ORDER BY number').raw()
  const present = (keys: string, values: string): { name: string; number: number }[] =>
    database.prepare<[], { name: string; number: number }>(`SELECT name, number FROM ${keys} WHERE EXISTS (SELECT 1 FROM ${values} WHERE key = number) ORDER BY name`).all()
  const column = (table: string, keys: string, value: string) =>
    database.prepare<{ name: string }, [number, number | string | null]>(`SELECT run, ${value} FROM ${table} WHERE key = (SELECT number FROM ${keys} WHERE name = @name)`).raw()
  const read = {
    parameter: column('parameters', 'parameterKeys', 'value'),
    end: column('figures', 'metricKeys', 'value'),
    lowest: column('figures', 'metricKeys', 'lowest'),
    highest: column('figures', 'metricKeys', 'highest'),
    heldOut: column('figures', 'metricKeys', 'heldOut'),
  }
  const variants = database.prepare<{ numbers: string }, { number: number; document: string }>(
    'SELECT number, document FROM variants WHERE number IN (SELECT value FROM json_each(@numbers))',
  )
  const rowsOf = ({ kind, name, of }: ColumnKey): [number, number | string | null][] =>
    (kind === 'parameter' ? read.parameter : of === 'best' ? (isLowerBetter(name) ? read.lowest : read.highest) : read[of]).all({ name })

  function members(query: string, shelf: Shelf | 'all'): Member[] {
    const { where, parameters } = filterRuns(query, shelf)
    return database.prepare<[object], Member>(`SELECT number, id, name, status, seed, variant FROM runs WHERE ${where} ORDER BY number DESC`).all(parameters)
  }

  /** One value that occurs, and whether all runs of the list have it and no other; stops at the first that differs. */
  function varyingOf(keys: string, values: string, total: number): string[] {
    // a lookup for each run, so that the first that differs ends it; IN would gather the whole list for each of thousands of keys
    const isListed = 'EXISTS (SELECT 1 FROM temp.listed WHERE number = run)'
    const first = database.prepare<{ key: number }, [number | string | null]>(
      `SELECT value FROM ${values} WHERE key = @key AND ${isListed} LIMIT 1`,
    ).raw()
    const other = database.prepare(`SELECT 1 FROM ${values} WHERE key = @key AND value IS NOT @value AND ${isListed} LIMIT 1`)
    const having = database.prepare<{ key: number }, [number]>(`SELECT count(*) FROM ${values} WHERE key = @key AND ${isListed}`).raw()
    return present(keys, values).flatMap(({ name, number: key }) => {
      const found = first.get({ key })
      if (!found) return []
      return other.get({ key, value: found[0] }) || having.get({ key })![0] < total ? [name] : []
    })
  }

  const moving = database.prepare<{ ids: string }, { id: string; from: Shelf }>('SELECT id, shelf AS "from" FROM runs WHERE id IN (SELECT value FROM json_each(@ids))')
  const move = database.prepare<{ ids: string; shelf: Shelf }>('UPDATE runs SET shelf = @shelf WHERE id IN (SELECT value FROM json_each(@ids))')

  return {
    summaries: () => {
      const rows = summaries.all()
      const wanted = new Set(rows.map(({ modelKind }) => primaryMetric[modelKind as keyof typeof primaryMetric]))
      const figures = new Map([...wanted].map((name) => [name as string, new Map(read.end.all({ name }))] as const))
      return rows.map((row) => toSummary(row, (figures.get(primaryMetric[row['modelKind'] as keyof typeof primaryMetric])?.get(row['number'] as number) as number | undefined) ?? null))
    },
    members,
    names: () => ({ metrics: present('metricKeys', 'figures').map(({ name }) => name), parameters: present('parameterKeys', 'parameters').map(({ name }) => name) }),
    variants: (wanted) =>
      new Map(
        variants
          .all({ numbers: JSON.stringify([...wanted]) })
          .map(({ number, document }) => [number, Object.fromEntries(JSON.parse(document) as [string, FlatSpec[string]][])]),
      ),
    column: (key) => new Map(rowsOf(key)),
    columns: (keys) => {
      const runs = numbers.all()
      const at = new Map(runs.map(([number], index) => [number, index]))
      const columns = keys.map((key): ColumnValues => {
        const values = key.kind === 'metric' && key.of !== 'heldOut' ? new Float64Array(runs.length).fill(Number.NaN) : new Array<number | string | null>(runs.length).fill(null)
        for (const [run, value] of rowsOf(key)) {
          const index = at.get(run)
          if (index !== undefined && value !== null) values[index] = value as number
        }
        return values
      })
      return { ids: runs.map(([, id]) => id), columns }
    },
    varying: database.transaction((query: string, shelf: Shelf | 'all') => {
      const { where, parameters } = filterRuns(query, shelf)
      database.exec('CREATE TEMP TABLE IF NOT EXISTS listed (number INTEGER PRIMARY KEY); DELETE FROM temp.listed')
      const { changes } = database.prepare(`INSERT INTO temp.listed SELECT number FROM runs WHERE ${where}`).run(parameters)
      return { metrics: varyingOf('metricKeys', 'figures', changes), parameters: varyingOf('parameterKeys', 'parameters', changes) }
    }),
    shelve: database.transaction((ids: readonly string[], shelf: Shelf) => {
      const list = JSON.stringify(ids)
      const before = moving.all({ ids: list })
      move.run({ ids: list, shelf })
      return before
    }),
  }
}

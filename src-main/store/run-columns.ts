import { type FlatSpec, groupKey, parametersOf } from '@shared/domain/flat-spec'
import type { HeldOut } from '@shared/domain/held-out'
import { columnValue } from '@shared/domain/run-table'
import { floatsOf } from './metric-chunks'
import type { SqliteDatabase } from './open-database'

/** Names that occur again and again, by number. */
export interface KeyTable {
  numberOf(name: string): number
  /** After a transaction that failed: what it added is not there. */
  forget(): void
}

export function createKeyTable(database: SqliteDatabase, table: 'metricKeys' | 'parameterKeys'): KeyTable {
  const add = database.prepare<{ name: string }>(`INSERT INTO ${table} (name) VALUES (@name) ON CONFLICT (name) DO NOTHING`)
  const find = database.prepare<{ name: string }, { number: number }>(`SELECT number FROM ${table} WHERE name = @name`)
  const numbers = new Map<string, number>()
  return {
    numberOf: (name) => {
      let number = numbers.get(name)
      if (number === undefined) {
        add.run({ name })
        number = (find.get({ name }) as { number: number }).number
        numbers.set(name, number)
      }
      return number
    },
    forget: () => numbers.clear(),
  }
}

export interface Extent {
  lowest: number | null
  highest: number | null
}
export const extentOf = (values: Iterable<number | null>): Extent => {
  const extent: Extent = { lowest: null, highest: null }
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue
    if (extent.lowest === null || value < extent.lowest) extent.lowest = value
    if (extent.highest === null || value > extent.highest) extent.highest = value
  }
  return extent
}

/** Keeps the columns of the table of runs in step with the rows of the runs. Every call belongs in the transaction of its row. */
export interface ColumnWriter {
  /** What the run was asked to do; also its place among runs that differ in nothing but the seed. */
  describe(run: number, parameters: FlatSpec): void
  /** Points were added, of which `value` is the last. */
  extend(run: number, key: number, value: number | null, extent: Extent): void
  /** All points that are left, of which `value` is the last; undefined: none is. */
  replace(run: number, key: number, value: number | null | undefined, extent: Extent): void
  /** The figures of a run are these and no longer those that it had. */
  setFigures(run: number, figures: Record<string, number | null>, former: readonly string[]): void
  /** What is known of some of these figures. */
  setHeldOut(run: number, heldOut: Readonly<Record<string, HeldOut>>): void
  /** Of a run that has these figures. */
  remove(run: number, figures: readonly string[]): void
  forget(): void
}

export function createColumnWriter(database: SqliteDatabase): ColumnWriter {
  const metricKeys = createKeyTable(database, 'metricKeys')
  const parameterKeys = createKeyTable(database, 'parameterKeys')
  const addVariant = database.prepare<{ document: string }>('INSERT INTO variants (document) VALUES (@document) ON CONFLICT (document) DO NOTHING')
  const place = database.prepare<{ run: number; document: string }>('UPDATE runs SET variant = (SELECT number FROM variants WHERE document = @document) WHERE number = @run')
  const putParameter = database.prepare('INSERT INTO parameters (key, run, value) VALUES (@key, @run, @value)')
  /** Every run has a field of this name. */
  const isKnown = database.prepare("SELECT 1 FROM parameters WHERE run = @run AND key = (SELECT number FROM parameterKeys WHERE name = 'dataset.sha256')")
  const put = database.prepare('INSERT OR REPLACE INTO figures (key, run, value, lowest, highest) VALUES (@key, @run, @value, @lowest, @highest)')
  const extend = database.prepare(
    `INSERT INTO figures (key, run, value, lowest, highest) VALUES (@key, @run, @value, @lowest, @highest) ON CONFLICT (key, run) DO UPDATE SET
       value = excluded.value,
       lowest = coalesce(min(lowest, excluded.lowest), lowest, excluded.lowest),
       highest = coalesce(max(highest, excluded.highest), highest, excluded.highest)`,
  )
  // not before it is called: a database on its way from an earlier version has no such column yet
  const tell = (): ReturnType<typeof database.prepare> => (telling ??= database.prepare('UPDATE figures SET heldOut = @heldOut WHERE key = @key AND run = @run'))
  let telling: ReturnType<typeof database.prepare> | null = null
  const drop = database.prepare('DELETE FROM figures WHERE key = @key AND run = @run')
  const dropParameters = database.prepare('DELETE FROM parameters WHERE run = @run AND key IN (SELECT number FROM parameterKeys)')
  return {
    describe: (run, parameters) => {
      const document = groupKey(parameters)
      addVariant.run({ document })
      place.run({ run, document })
      if (isKnown.get({ run })) dropParameters.run({ run })
      for (const [path, value] of Object.entries(parameters)) {
        if (path !== 'name') putParameter.run({ run, key: parameterKeys.numberOf(path), value: columnValue(value) })
      }
    },
    extend: (run, key, value, extent) => void extend.run({ run, key, value, ...extent }),
    replace: (run, key, value, extent) => void (value === undefined ? drop.run({ run, key }) : put.run({ run, key, value, ...extent })),
    setFigures: (run, figures, former) => {
      for (const name of former) if (!(name in figures)) drop.run({ run, key: metricKeys.numberOf(name) })
      for (const [name, figure] of Object.entries(figures)) {
        const value = figure !== null && Number.isFinite(figure) ? figure : null
        extend.run({ run, key: metricKeys.numberOf(name), value, lowest: value, highest: value })
      }
    },
    setHeldOut: (run, heldOut) => {
      for (const [name, known] of Object.entries(heldOut)) tell().run({ run, key: metricKeys.numberOf(name), heldOut: JSON.stringify(known) })
    },
    remove: (run, figures) => {
      for (const name of figures) drop.run({ run, key: metricKeys.numberOf(name) })
      dropParameters.run({ run })
    },
    forget: () => {
      metricKeys.forget()
      parameterKeys.forget()
    },
  }
}

interface FormerRow {
  number: number
  spec: string
  datasetName: string
  datasetSha256: string
  metrics: string
}

/** Columns of the runs of an earlier version. */
export function fillColumns(database: SqliteDatabase): void {
  const writer = createColumnWriter(database)
  const rows = database.prepare<[], FormerRow>('SELECT number, spec, datasetName, datasetSha256, metrics FROM runs')
  const complete = database.prepare('UPDATE runs SET inferenceKind = @kind, seed = @seed WHERE number = @number')
  const chunks = database.prepare<{ run: number }, { key: number; values: Uint8Array }>('SELECT key, "values" FROM metricChunks WHERE run = @run')
  const widen = database.prepare(
    `UPDATE figures SET lowest = coalesce(min(lowest, @lowest), lowest, @lowest), highest = coalesce(max(highest, @highest), highest, @highest)
     WHERE run = @run AND key = @key`,
  )
  for (const { number, spec: text, metrics, ...dataset } of rows.all()) {
    const spec = JSON.parse(text) as { inference?: { kind?: string }; seed?: number }
    complete.run({ number, kind: spec.inference?.kind ?? '', seed: spec.seed ?? 0 })
    writer.describe(number, parametersOf({ spec, ...dataset }))
    writer.setFigures(number, JSON.parse(metrics) as Record<string, number | null>, [])
    for (const { key, values } of chunks.all({ run: number })) widen.run({ run: number, key, ...extentOf(floatsOf(values)) })
  }
}

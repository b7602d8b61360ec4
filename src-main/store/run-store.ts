import { parametersOf } from '@shared/domain/flat-spec'
import type { Artifact, Run, RunStatus, Shelf } from '@shared/domain/run'
import type { SqliteDatabase } from './open-database'
import type { ColumnWriter } from './run-columns'
import { createRunFilter } from './run-filter'
import { fromRow, type RunRow, runColumns, toRow } from './run-rows'

export interface RunStore {
  insert(run: Run): void
  get(id: string): Run | null
  has(id: string): boolean
  /** Writes the given fields and returns the whole run. */
  update(id: string, change: Partial<Run>): Run
  remove(id: string): void
  /** Newest first. `total` counts all runs, `matching` those the query holds for. */
  list(query: string, offset: number, limit: number, shelf?: Shelf | 'all'): { runs: Run[]; total: number; matching: number }
  /** Oldest first. */
  withStatus(...statuses: RunStatus[]): Run[]
  /** Ids that begin with the prefix, oldest first, at most `limit`. */
  idsFrom(prefix: string, limit: number): string[]
  latestId(): string | null
  putArtifact(id: string, artifact: Artifact): void
  artifacts(id: string): Artifact[]
}

export function createRunStore(database: SqliteDatabase, columns: ColumnWriter): RunStore {
  const filterRuns = createRunFilter(database)
  const insert = database.prepare(
    `INSERT INTO runs (${runColumns.join(', ')}) VALUES (${runColumns.map((column) => `@${column}`).join(', ')})`,
  )
  const get = database.prepare<{ id: string }, RunRow>('SELECT * FROM runs WHERE id = @id')
  const updates = new Map<string, ReturnType<typeof database.prepare>>()
  const remove = database.prepare<{ id: string }>('DELETE FROM runs WHERE id = @id')
  const placeOf = database.prepare<{ id: string }, { number: number; metrics: string }>('SELECT number, metrics FROM runs WHERE id = @id')
  const keysOf = (metrics: string): string[] => Object.keys(JSON.parse(metrics) as object)
  const count = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM runs')
  const byStatus = database.prepare<{ statuses: string }, RunRow>(
    'SELECT * FROM runs WHERE status IN (SELECT value FROM json_each(@statuses)) ORDER BY number',
  )
  const idsFrom = database.prepare<{ prefix: string; limit: number }, { id: string }>(
    'SELECT id FROM runs WHERE substr(id, 1, length(@prefix)) = @prefix ORDER BY number LIMIT @limit',
  )
  const latest = database.prepare<[], { id: string }>('SELECT id FROM runs ORDER BY number DESC LIMIT 1')
  const putArtifact = database.prepare(
    `INSERT INTO artifacts (run, name, kind, step, bytes) SELECT number, @name, @kind, @step, @bytes FROM runs WHERE id = @id
     ON CONFLICT (run, name) DO UPDATE SET kind = excluded.kind, step = excluded.step, bytes = excluded.bytes`,
  )
  const artifacts = database.prepare<{ id: string }, Artifact>(
    `SELECT name, kind, step, bytes FROM artifacts WHERE run = (SELECT number FROM runs WHERE id = @id) ORDER BY step, name`,
  )

  const getRun = (id: string): Run | null => {
    const row = get.get({ id })
    return row ? fromRow(row) : null
  }

  function put(run: Run): void {
    const number = Number(insert.run(toRow(run)).lastInsertRowid)
    columns.describe(number, parametersOf(run))
    columns.setFigures(number, run.metrics, [])
    columns.setHeldOut(number, run.heldOut)
  }
  function change(id: string, fields: Partial<Run>): void {
    const row = toRow(fields)
    const names = Object.keys(row).filter((column) => column !== 'id')
    if (names.length === 0) return
    const sql = `UPDATE runs SET ${names.map((column) => `${column} = @${column}`).join(', ')} WHERE id = @id`
    const statement = updates.get(sql) ?? database.prepare(sql)
    updates.set(sql, statement)
    const place = fields.metrics || fields.heldOut || fields.spec ? placeOf.get({ id }) : undefined
    statement.run({ ...row, id })
    if (!place) return
    if (fields.metrics) columns.setFigures(place.number, fields.metrics, keysOf(place.metrics))
    if (fields.heldOut) columns.setHeldOut(place.number, fields.heldOut)
    if (fields.spec) columns.describe(place.number, parametersOf(getRun(id)!))
  }
  function drop(id: string): void {
    const place = placeOf.get({ id })
    if (!place) return
    columns.remove(place.number, keysOf(place.metrics))
    remove.run({ id })
  }
  const whole = <A extends unknown[]>(action: (...given: A) => void): ((...given: A) => void) => {
    const transaction = database.transaction(action)
    return (...given) => {
      try {
        transaction(...given)
      } catch (error) {
        columns.forget()
        throw error
      }
    }
  }
  const tell = { put: whole(put), change: whole(change), drop: whole(drop) }

  return {
    insert: tell.put,
    get: getRun,
    has: (id) => placeOf.get({ id }) !== undefined,
    update: (id, fields) => {
      tell.change(id, fields)
      const run = getRun(id)
      if (!run) throw new Error(`run ${id} is not stored`)
      return run
    },
    remove: tell.drop,
    list: (query, offset, limit, shelf = 'all') => {
      const filter = filterRuns(query, shelf)
      const total = count.get()?.count ?? 0
      const matching =
        filter.where === '1'
          ? total
          : (database.prepare<[object], { count: number }>(`SELECT count(*) AS count FROM runs WHERE ${filter.where}`).get(filter.parameters)?.count ?? 0)
      const page = database.prepare<[object], RunRow>(`SELECT * FROM runs WHERE ${filter.where} ORDER BY number DESC LIMIT @limit OFFSET @offset`)
      return { runs: page.all({ ...filter.parameters, limit, offset }).map(fromRow), total, matching }
    },
    withStatus: (...statuses) => byStatus.all({ statuses: JSON.stringify(statuses) }).map(fromRow),
    idsFrom: (prefix, limit) => idsFrom.all({ prefix, limit }).map((row) => row.id),
    latestId: () => latest.get()?.id ?? null,
    putArtifact: (id, artifact) => void putArtifact.run({ id, ...artifact }),
    artifacts: (id) => artifacts.all({ id }),
  }
}

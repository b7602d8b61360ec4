import type { Artifact, Run, RunStatus } from '@shared/domain/run'
import type { SqliteDatabase } from './open-database'
import { filterRuns } from './run-filter'
import { fromRow, type RunRow, runColumns, toRow } from './run-rows'

export interface RunStore {
  insert(run: Run): void
  get(id: string): Run | null
  /** Writes the given fields and returns the whole run. */
  update(id: string, change: Partial<Run>): Run
  remove(id: string): void
  /** Newest first. `total` counts all runs, `matching` those the query holds for. */
  list(query: string, offset: number, limit: number): { runs: Run[]; total: number; matching: number }
  /** Oldest first. */
  withStatus(...statuses: RunStatus[]): Run[]
  /** Ids that begin with the prefix, oldest first, at most `limit`. */
  idsFrom(prefix: string, limit: number): string[]
  latestId(): string | null
  putArtifact(id: string, artifact: Artifact): void
  artifacts(id: string): Artifact[]
}

export function createRunStore(database: SqliteDatabase): RunStore {
  const insert = database.prepare(
    `INSERT INTO runs (${runColumns.join(', ')}) VALUES (${runColumns.map((column) => `@${column}`).join(', ')})`,
  )
  const get = database.prepare<{ id: string }, RunRow>('SELECT * FROM runs WHERE id = @id')
  const updates = new Map<string, ReturnType<typeof database.prepare>>()
  const remove = database.prepare<{ id: string }>('DELETE FROM runs WHERE id = @id')
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

  return {
    insert: (run) => void insert.run(toRow(run)),
    get: getRun,
    update: (id, change) => {
      const row = toRow(change)
      const columns = Object.keys(row).filter((column) => column !== 'id')
      const sql = `UPDATE runs SET ${columns.map((column) => `${column} = @${column}`).join(', ')} WHERE id = @id`
      if (columns.length > 0) {
        const statement = updates.get(sql) ?? database.prepare(sql)
        updates.set(sql, statement)
        statement.run({ ...row, id })
      }
      const run = getRun(id)
      if (!run) throw new Error(`run ${id} is not stored`)
      return run
    },
    remove: (id) => void remove.run({ id }),
    list: (query, offset, limit) => {
      const filter = filterRuns(query)
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

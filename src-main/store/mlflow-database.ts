import Database from 'better-sqlite3'

export interface MlflowRow {
  id: string
  name: string
  experiment: string
  status: string
  start: number | null
  end: number | null
}

export interface MlflowDatabase {
  runs(): MlflowRow[]
  /** In the order they were logged. */
  metrics(run: string): { tag: string; step: number; value: number | null }[]
  parameters(run: string): Record<string, string>
  tags(run: string): Record<string, string>
  close(): void
}

const needed = ['experiments', 'runs', 'metrics', 'params', 'tags']

/** A database of MLflow's tracking server, opened for reading only; null where it is none. */
export function openMlflowDatabase(path: string): MlflowDatabase | null {
  const database = new Database(path, { readonly: true, fileMustExist: true })
  try {
    const there = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
    if (!needed.every((name) => there.includes(name))) {
      database.close()
      return null
    }
    const pairs = (table: string): ((run: string) => Record<string, string>) => {
      const statement = database.prepare<{ run: string }, { key: string; value: string | null }>(`SELECT key, value FROM ${table} WHERE run_uuid = @run ORDER BY key`)
      return (run) => Object.fromEntries(statement.all({ run }).map(({ key, value }) => [key, value ?? '']))
    }
    const metrics = database.prepare<{ run: string }, { tag: string; step: number; value: number; is_nan: number | null }>(
      'SELECT key AS tag, step, value, is_nan FROM metrics WHERE run_uuid = @run ORDER BY timestamp, step',
    )
    return {
      runs: () =>
        database
          .prepare<[], MlflowRow>(
            `SELECT runs.run_uuid AS id, coalesce(runs.name, '') AS name, experiments.name AS experiment, runs.status AS status,
                    runs.start_time AS start, runs.end_time AS "end"
             FROM runs JOIN experiments ON experiments.experiment_id = runs.experiment_id
             WHERE runs.lifecycle_stage = 'active' ORDER BY runs.start_time, runs.run_uuid`,
          )
          .all(),
      metrics: (run) => metrics.all({ run }).map(({ tag, step, value, is_nan: isNan }) => ({ tag, step, value: isNan ? null : value })),
      parameters: pairs('params'),
      tags: pairs('tags'),
      close: () => database.close(),
    }
  } catch (error) {
    database.close()
    throw error
  }
}

import { asCost, type Sweep, type SweepStatus, type Trial, type TrialStatus } from '@shared/domain/sweep'
import type { SqliteDatabase } from './open-database'

/** A sweep without what is counted over its trials. */
export type StoredSweep = Omit<Sweep, 'counts' | 'best' | 'bestValue' | 'etaMs'>

export interface SweepStore {
  insert(sweep: StoredSweep): void
  get(id: string): StoredSweep | null
  update(id: string, change: Partial<StoredSweep>): StoredSweep
  remove(id: string): void
  /** Newest first. */
  list(): StoredSweep[]
  withStatus(status: SweepStatus): StoredSweep[]
  /** Ids that begin with the prefix, oldest first, at most `limit`. */
  idsFrom(prefix: string, limit: number): string[]
  latestId(): string | null
  /** In the order they were proposed. */
  trials(id: string): Trial[]
  trial(id: string, index: number): Trial | null
  insertTrial(id: string, trial: Trial): void
  updateTrial(id: string, index: number, change: Partial<Omit<Trial, 'index' | 'runs'>>): Trial
  addRun(id: string, index: number, run: Trial['runs'][number]): Trial
  /** How long trials took that are over; null where none is. */
  meanTrialMs(id: string): number | null
  /** How its trials ended so far, and which completed one is best by the first objective (the earlier of equals). */
  summary(id: string): Pick<Sweep, 'counts' | 'best' | 'bestValue'>
}

type Row = Record<string, string | number | null>

const sweepJson = ['spec', 'plan', 'error', 'enqueued'] as const
const trialJson = ['parameters', 'values', 'reason'] as const

const asColumns = (document: object, json: readonly string[]): Row =>
  Object.fromEntries(
    Object.entries(document)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, json.includes(name) && value !== null ? JSON.stringify(value) : value]),
  )
const asDocument = (row: Row, json: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, json.includes(name) && value !== null ? JSON.parse(value as string) : value]))

const sweepColumns = 'id, name, status, spec, "plan", datasetName, createdAt, endedAt, error, enqueued'
const trialColumns = '"index", status, parameters, "values", reason, source, epochs, startedAt, endedAt'
const assignments = (columns: readonly string[]): string => columns.map((column) => `"${column}" = @${column}`).join(', ')

// rows were written from documents of these types, and the columns are NOT NULL where those have no null
const toSweep = (row: Row): StoredSweep => asDocument(row, sweepJson) as unknown as StoredSweep
const toTrial = (row: Row, runs: Trial['runs']): Trial => ({ ...(asDocument(row, trialJson) as unknown as Trial), runs })

export function createSweepStore(database: SqliteDatabase): SweepStore {
  const insert = database.prepare(
    `INSERT INTO sweeps (${sweepColumns}) VALUES (@id, @name, @status, @spec, @plan, @datasetName, @createdAt, @endedAt, @error, @enqueued)`,
  )
  const get = database.prepare<{ id: string }, Row>(`SELECT ${sweepColumns} FROM sweeps WHERE id = @id`)
  const list = database.prepare<[], Row>(`SELECT ${sweepColumns} FROM sweeps ORDER BY number DESC`)
  const byStatus = database.prepare<{ status: string }, Row>(`SELECT ${sweepColumns} FROM sweeps WHERE status = @status ORDER BY number`)
  const remove = database.prepare<{ id: string }>('DELETE FROM sweeps WHERE id = @id')
  const idsFrom = database.prepare<{ prefix: string; limit: number }, { id: string }>(
    'SELECT id FROM sweeps WHERE substr(id, 1, length(@prefix)) = @prefix ORDER BY number LIMIT @limit',
  )
  const latest = database.prepare<[], { id: string }>('SELECT id FROM sweeps ORDER BY number DESC LIMIT 1')
  const ofSweep = 'sweep = (SELECT number FROM sweeps WHERE id = @id)'
  const trials = database.prepare<{ id: string }, Row>(`SELECT ${trialColumns} FROM trials WHERE ${ofSweep} ORDER BY "index"`)
  const trial = database.prepare<{ id: string; index: number }, Row>(`SELECT ${trialColumns} FROM trials WHERE ${ofSweep} AND "index" = @index`)
  const runs = database.prepare<{ id: string }, { trial: number; seed: number; run: string }>(
    `SELECT trial, seed, run FROM trialRuns WHERE ${ofSweep} ORDER BY trial`,
  )
  const runsOfTrial = database.prepare<{ id: string; index: number }, { seed: number; run: string }>(
    `SELECT seed, run FROM trialRuns WHERE ${ofSweep} AND trial = @index`,
  )
  const insertTrial = database.prepare(
    `INSERT INTO trials (sweep, value, ${trialColumns})
     SELECT number, @value, @index, @status, @parameters, @values, @reason, @source, @epochs, @startedAt, @endedAt FROM sweeps WHERE id = @id`,
  )
  const addRun = database.prepare(
    `INSERT INTO trialRuns (sweep, trial, seed, run) SELECT number, @index, @seed, @run FROM sweeps WHERE id = @id
     ON CONFLICT (sweep, trial, seed) DO UPDATE SET run = excluded.run`,
  )
  const counts = database.prepare<{ id: string }, { status: TrialStatus; count: number }>(
    `SELECT status, count(*) AS count FROM trials WHERE ${ofSweep} GROUP BY status`,
  )
  const mean = database.prepare<{ id: string }, { mean: number | null }>(
    `SELECT avg((julianday(endedAt) - julianday(startedAt)) * 86400000) AS mean FROM trials WHERE ${ofSweep} AND endedAt IS NOT NULL`,
  )
  const best = database.prepare<{ id: string; sign: number }, { index: number; value: number }>(
    `SELECT "index", value FROM trials WHERE ${ofSweep} AND status = 'completed' AND value IS NOT NULL ORDER BY @sign * value, "index" LIMIT 1`,
  )

  const getSweep = (id: string): StoredSweep | null => {
    const row = get.get({ id })
    return row ? toSweep(row) : null
  }
  const required = (id: string): StoredSweep => {
    const sweep = getSweep(id)
    if (!sweep) throw new Error(`sweep ${id} is not stored`)
    return sweep
  }
  const getTrial = (id: string, index: number): Trial | null => {
    const row = trial.get({ id, index })
    return row ? toTrial(row, runsOfTrial.all({ id, index }).map(({ seed, run }) => ({ seed, id: run }))) : null
  }
  const requiredTrial = (id: string, index: number): Trial => {
    const found = getTrial(id, index)
    if (!found) throw new Error(`trial ${index} of sweep ${id} is not stored`)
    return found
  }
  const change = (table: string, where: string, row: Row, key: Record<string, string | number>): void => {
    const columns = Object.keys(row)
    if (columns.length > 0) database.prepare(`UPDATE ${table} SET ${assignments(columns)} WHERE ${where}`).run({ ...row, ...key })
  }
  const withValue = (fields: { values?: Trial['values'] }): object => (fields.values ? { value: fields.values[0] ?? null } : {})

  return {
    insert: (sweep) => void insert.run(asColumns(sweep, sweepJson)),
    get: getSweep,
    update: (id, { id: _, ...fields }) => {
      change('sweeps', 'id = @key', asColumns(fields, sweepJson), { key: id })
      return required(id)
    },
    remove: (id) => void remove.run({ id }),
    list: () => list.all().map(toSweep),
    withStatus: (status) => byStatus.all({ status }).map(toSweep),
    idsFrom: (prefix, limit) => idsFrom.all({ prefix, limit }).map(({ id }) => id),
    latestId: () => latest.get()?.id ?? null,
    trials: (id) => {
      const ofTrial = new Map<number, Trial['runs']>()
      for (const { trial: index, seed, run } of runs.all({ id })) {
        const known = ofTrial.get(index)
        if (known) known.push({ seed, id: run })
        else ofTrial.set(index, [{ seed, id: run }])
      }
      return trials.all({ id }).map((row) => toTrial(row, ofTrial.get(row['index'] as number) ?? []))
    },
    trial: getTrial,
    insertTrial: (id, { runs: given, ...fields }) => {
      insertTrial.run({ id, ...asColumns({ ...fields, ...withValue(fields) }, trialJson) })
      for (const run of given) addRun.run({ id, index: fields.index, seed: run.seed, run: run.id })
    },
    updateTrial: (id, index, fields) => {
      const row = asColumns({ ...fields, ...withValue(fields) }, trialJson)
      change('trials', 'sweep = (SELECT number FROM sweeps WHERE id = @key) AND "index" = @at', row, { key: id, at: index })
      return requiredTrial(id, index)
    },
    addRun: (id, index, run) => {
      addRun.run({ id, index, seed: run.seed, run: run.id })
      return requiredTrial(id, index)
    },
    meanTrialMs: (id) => mean.get({ id })?.mean ?? null,
    summary: (id) => {
      const found = { running: 0, completed: 0, pruned: 0, failed: 0, cancelled: 0 }
      for (const { status, count } of counts.all({ id })) found[status] = count
      const { objective } = required(id).plan
      const first = best.get({ id, sign: asCost(1, objective[0]!.direction) })
      return { counts: found, best: objective.length === 1 ? (first?.index ?? null) : null, bestValue: first?.value ?? null }
    },
  }
}

import type { Series, SeriesByKey } from '@shared/domain/run'
import type { MetricPoint } from '@shared/rpc/contract'
import { bucketFor, decodeChunk, encodeChunk, mergeChunks, type StoredChunk, type StoredCurve, thinCurve, wholeCurve } from './metric-chunks'
import type { SqliteDatabase } from './open-database'
import { type ColumnWriter, createKeyTable, extentOf } from './run-columns'

export interface MetricStore {
  /** One transaction: points, last values in the run's row, and the count of batches, which is returned. */
  append(runId: string, points: readonly MetricPoint[]): number
  /** Drops the points of these keys with a step above afterStep; counts as a batch. */
  rewind(runId: string, keys: readonly string[], afterStep: number): number
  /** Every point of every key, or of one. */
  read(runId: string, key?: string): SeriesByKey
  /** One series as numbers, NaN where a point has no value; every point, or extremes where there are more than `most`. Null where there is none. */
  curve(runId: string, key: string, most?: number): StoredCurve | null
  /** Batches stored so far. */
  sequence(runId: string): number
  /** Joins the small chunks of a run that has ended. */
  settle(runId: string): void
  /** A snapshot: series and sequence that belong together. */
  snapshot(runId: string): { series: SeriesByKey; sequence: number }
}

/** After so many batches the chunks written since are joined, so that a long run does not end up as one row per reported point. */
const batchesPerMerge = 64

interface RunKey {
  number: number
  sequence: number
  metrics: string
}

export function createMetricStore(database: SqliteDatabase, columns: ColumnWriter): MetricStore {
  const run = database.prepare<{ id: string }, RunKey>('SELECT number, sequence, metrics FROM runs WHERE id = @id')
  const advance = database.prepare<{ number: number; sequence: number; metrics: string }>(
    'UPDATE runs SET sequence = @sequence, metrics = @metrics WHERE number = @number',
  )
  const keys = createKeyTable(database, 'metricKeys')
  const insert = database.prepare('INSERT INTO metricChunks (run, key, sequence, steps, "values", pyramid) VALUES (@run, @key, @sequence, @steps, @values, @pyramid)')
  const chunksSince = database.prepare<{ run: number; after: number }, StoredChunk>(
    'SELECT key, sequence, steps, "values", pyramid FROM metricChunks WHERE run = @run AND sequence > @after ORDER BY key, sequence',
  )
  const chunksOfKey = database.prepare<{ run: number; key: number }, StoredChunk>(
    'SELECT key, sequence, steps, "values" FROM metricChunks WHERE run = @run AND key = @key ORDER BY sequence',
  )
  const outlineOfKey = database.prepare<{ run: number; key: number }, { sequence: number; points: number; pyramid: Uint8Array | null }>(
    'SELECT sequence, length(steps) / 8 AS points, pyramid FROM metricChunks WHERE run = @run AND key = @key ORDER BY sequence',
  )
  const oneChunk = database.prepare<{ run: number; key: number; sequence: number }, Pick<StoredChunk, 'steps' | 'values'>>(
    'SELECT steps, "values" FROM metricChunks WHERE run = @run AND key = @key AND sequence = @sequence',
  )
  const numberOfRun = database.prepare<{ id: string }, { number: number }>('SELECT number FROM runs WHERE id = @id')
  const findKey = database.prepare<{ name: string }, { number: number }>('SELECT number FROM metricKeys WHERE name = @name')
  const removeSince = database.prepare<{ run: number; after: number }>('DELETE FROM metricChunks WHERE run = @run AND sequence > @after')
  const removeOne = database.prepare<{ run: number; key: number; sequence: number }>(
    'DELETE FROM metricChunks WHERE run = @run AND key = @key AND sequence = @sequence',
  )
  const keyNames = database.prepare<{ run: number }, { number: number; name: string }>(
    'SELECT number, name FROM metricKeys WHERE number IN (SELECT key FROM metricChunks WHERE run = @run) ORDER BY number',
  )

  const runKey = (id: string): RunKey => {
    const found = run.get({ id })
    if (!found) throw new Error(`metrics of run ${id}, which is not stored`)
    return found
  }
  function merge(number: number, after: number): void {
    const chunks = chunksSince.all({ run: number, after })
    const merged = mergeChunks(chunks)
    // a chunk that stays as it is may have got its pyramid
    if (merged.length === chunks.length && merged.every((chunk, index) => chunk.pyramid === chunks[index]!.pyramid)) return
    removeSince.run({ run: number, after })
    for (const chunk of merged) insert.run({ run: number, ...chunk, pyramid: chunk.pyramid ?? null })
  }

  function append(runId: string, points: readonly MetricPoint[]): number {
    const { number, sequence, metrics } = runKey(runId)
    const next = sequence + 1
    const last = JSON.parse(metrics) as Record<string, number | null>
    for (const [key, series] of byKey(points)) {
      const keyNumber = keys.numberOf(key)
      insert.run({ run: number, key: keyNumber, sequence: next, pyramid: null, ...encodeChunk(series) })
      const value = series.value.at(-1) ?? null
      last[key] = value !== null && Number.isFinite(value) ? value : null
      columns.extend(number, keyNumber, last[key], extentOf(series.value))
    }
    advance.run({ number, sequence: next, metrics: JSON.stringify(last) })
    if (next % batchesPerMerge === 0) merge(number, next - batchesPerMerge)
    return next
  }

  function rewind(runId: string, names: readonly string[], afterStep: number): number {
    const { number, sequence, metrics } = runKey(runId)
    const last = JSON.parse(metrics) as Record<string, number | null>
    for (const name of names) {
      const key = keys.numberOf(name)
      const extents: (number | null)[] = []
      let remaining: number | null | undefined
      for (const chunk of chunksOfKey.all({ run: number, key })) {
        const kept = upTo(decodeChunk(chunk), afterStep)
        if (kept.step.length * 8 !== chunk.steps.byteLength) {
          removeOne.run({ run: number, key, sequence: chunk.sequence })
          if (kept.step.length > 0) insert.run({ run: number, key, sequence: chunk.sequence, pyramid: null, ...encodeChunk(kept) })
        }
        if (kept.value.length > 0) remaining = kept.value.at(-1)
        const { lowest, highest } = extentOf(kept.value)
        extents.push(lowest, highest)
      }
      columns.replace(number, key, remaining, extentOf(extents))
      if (remaining === undefined) delete last[name]
      else last[name] = remaining
    }
    advance.run({ number, sequence: sequence + 1, metrics: JSON.stringify(last) })
    return sequence + 1
  }

  function read(runId: string, only?: string): SeriesByKey {
    const { number } = runKey(runId)
    const series: SeriesByKey = {}
    for (const { number: key, name } of keyNames.all({ run: number })) {
      if (only !== undefined && name !== only) continue
      const joined: Series = { step: [], value: [] }
      for (const chunk of chunksOfKey.all({ run: number, key })) decodeChunk(chunk, joined)
      series[name] = joined
    }
    return series
  }

  function curve(runId: string, name: string, most = Number.POSITIVE_INFINITY): StoredCurve | null {
    const run = numberOfRun.get({ id: runId })
    const key = findKey.get({ name })
    if (!run || !key) return null
    const at = { run: run.number, key: key.number }
    const outline = Number.isFinite(most) ? outlineOfKey.all(at) : []
    const bucket = bucketFor(outline.reduce((sum, { points }) => sum + points, 0), most)
    if (bucket === 1) {
      const chunks = chunksOfKey.all(at)
      return chunks.length === 0 ? null : wholeCurve(chunks)
    }
    return thinCurve(outline.map((chunk) => ({ ...chunk, read: () => oneChunk.get({ ...at, sequence: chunk.sequence })! })), bucket)
  }

  const tell = { append: database.transaction(append), rewind: database.transaction(rewind) }
  const whole = <T>(transaction: () => T): T => {
    try {
      return transaction()
    } catch (error) {
      keys.forget()
      throw error
    }
  }
  return {
    append: (runId, points) => whole(() => tell.append(runId, points)),
    rewind: (runId, names, afterStep) => whole(() => tell.rewind(runId, names, afterStep)),
    read,
    curve,
    sequence: (runId) => runKey(runId).sequence,
    settle: database.transaction((runId: string) => merge(runKey(runId).number, 0)),
    snapshot: database.transaction((runId: string) => ({ series: read(runId), sequence: runKey(runId).sequence })),
  }
}

function byKey(points: readonly MetricPoint[]): Map<string, Series> {
  const grouped = new Map<string, Series>()
  for (const point of points) {
    let series = grouped.get(point.key)
    if (!series) grouped.set(point.key, (series = { step: [], value: [] }))
    series.step.push(point.step)
    series.value.push(point.value)
  }
  return grouped
}

function upTo(series: Series, step: number): Series {
  const kept: Series = { step: [], value: [] }
  series.step.forEach((at, index) => {
    if (at > step) return
    kept.step.push(at)
    kept.value.push(series.value[index] ?? null)
  })
  return kept
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { parse } from 'yaml'
import type { ForeignRun } from '@shared/domain/foreign-run'
import { AppError } from '@shared/rpc/errors'
import { DamagedEvents, type EventFile, OtherEventVersion, readEvents } from '../reports/event-file'
import { seriesOf } from '../reports/foreign-series'
import { openMlflowDatabase } from '../store/mlflow-database'

/* Runs that TensorBoard and MLflow wrote, as files of this machine. */

const breathe = (): Promise<void> => new Promise((resume) => setImmediate(resume))
const isEvents = (name: string): boolean => name.includes('tfevents')
const byName = (left: string, right: string): number => left.localeCompare(right, 'en')

type OnProgress = (fraction: number) => void

/** What lies at a path, by what it holds. */
export async function readForeignRuns(path: string, onProgress: OnProgress): Promise<ForeignRun[]> {
  if (!existsSync(path)) throw new AppError('import/no-path', { path })
  const runs = statSync(path).isDirectory() ? await readFolder(path, onProgress) : await readFile(path, onProgress)
  if (runs.length === 0) throw new AppError('import/nothing', { path })
  return runs
}

async function readFile(path: string, onProgress: OnProgress): Promise<ForeignRun[]> {
  if (isEvents(basename(path))) return [await readEventFiles([path], { name: basename(dirname(path)), source: path }, onProgress)]
  const head = readFileSync(path).subarray(0, 16).toString('latin1')
  if (!head.startsWith('SQLite format 3')) throw new AppError('import/nothing', { path })
  return await readDatabase(path, onProgress)
}

async function readFolder(folder: string, onProgress: OnProgress): Promise<ForeignRun[]> {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = all.map((entry) => join(entry.parentPath, entry.name)).sort(byName)
  const metas = paths.filter((one) => basename(one) === 'meta.yaml')
  if (metas.length > 0) return readMlruns(metas, onProgress)
  // as TensorBoard has it: a folder with event files is a run
  const byFolder = Map.groupBy(paths.filter((one) => isEvents(basename(one))), (one) => dirname(one))
  const runs: ForeignRun[] = []
  for (const [where, files] of byFolder) {
    const name = relative(folder, where).split(sep).join('/') || basename(folder)
    runs.push(await readEventFiles(files, { name, source: where }, (fraction) => onProgress((runs.length + fraction) / byFolder.size)))
    onProgress(runs.length / byFolder.size)
    await breathe()
  }
  return runs
}

async function readEventFile(path: string, onProgress: OnProgress): Promise<EventFile> {
  const reading = readEvents(readFileSync(path))
  try {
    for (;;) {
      const { done, value } = reading.next()
      if (done) return value
      onProgress(value)
      await breathe()
    }
  } catch (error) {
    if (error instanceof OtherEventVersion) throw new AppError('import/event-version', { path, version: error.message })
    if (error instanceof DamagedEvents) throw new AppError('import/event-damaged', { path, reason: error.message })
    throw error
  }
}

async function readEventFiles(paths: readonly string[], { name, source }: { name: string; source: string }, onProgress: OnProgress): Promise<ForeignRun> {
  const files: EventFile[] = []
  for (const path of paths) files.push(await readEventFile(path, (fraction) => onProgress((files.length + fraction) / paths.length)))
  const points = files.flatMap((file) => file.points)
  const times = points.map(({ wallTime }) => wallTime * 1000)
  const isCutOff = files.some((file) => file.isCutOff)
  return {
    ...{ program: 'tensorboard', name, source, status: isCutOff ? 'interrupted' : 'completed', ...seriesOf(points) },
    ...{ start: least(times), end: greatest(times), parameters: {}, tags: {}, notes: '', passedBy: files.reduce((sum, file) => sum + file.passedBy, 0), isCutOff },
  }
}
const least = (values: readonly number[]): number | null => values.reduce<number | null>((low, one) => (low === null || one < low ? one : low), null)
const greatest = (values: readonly number[]): number | null => values.reduce<number | null>((high, one) => (high === null || one > high ? one : high), null)

/** As MLflow's RunStatus counts and calls them. */
const statuses: Record<string, ForeignRun['status']> = { '3': 'completed', FINISHED: 'completed', '4': 'failed', FAILED: 'failed', '5': 'cancelled', KILLED: 'cancelled' }
const noteTag = 'mlflow.note.content'

async function readDatabase(path: string, onProgress: OnProgress): Promise<ForeignRun[]> {
  let database
  try {
    database = openMlflowDatabase(path)
  } catch (error) {
    throw new AppError('import/database-damaged', { path, reason: (error as Error).message })
  }
  if (!database) throw new AppError('import/no-mlflow', { path })
  try {
    const [rows, runs]: [ReturnType<typeof database.runs>, ForeignRun[]] = [database.runs(), []]
    for (const { id, name, experiment, status, start, end } of rows) {
      const tags = database.tags(id)
      runs.push({
        ...{ program: 'mlflow', name: name || tags['mlflow.runName'] || `${experiment} · ${id.slice(0, 8)}`, source: id, status: statuses[status] ?? 'interrupted', start, end },
        ...{ ...seriesOf(database.metrics(id)), parameters: database.parameters(id), tags, notes: tags[noteTag] ?? '', passedBy: 0, isCutOff: false },
      })
      onProgress(runs.length / rows.length)
      await breathe()
    }
    return runs
  } finally {
    database.close()
  }
}

async function readMlruns(metas: readonly string[], onProgress: OnProgress): Promise<ForeignRun[]> {
  const runs: ForeignRun[] = []
  for (const [index, path] of metas.entries()) {
    const run = await readMlflowRun(path, (fraction) => onProgress((index + fraction) / metas.length))
    if (run) runs.push(run)
    onProgress((index + 1) / metas.length)
    await breathe()
  }
  return runs
}

const textsIn = (folder: string): Record<string, string> =>
  existsSync(folder)
    ? Object.fromEntries(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .sort(byName)
          .map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
      )
    : {}

/** A folder of a run by its meta.yaml; null where that is of an experiment or the run was deleted. */
async function readMlflowRun(path: string, onProgress: OnProgress): Promise<ForeignRun | null> {
  let meta: Record<string, unknown>
  try {
    meta = parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  } catch (error) {
    throw new AppError('import/mlflow-damaged', { path, reason: (error as Error).message })
  }
  const id = meta?.['run_id'] ?? meta?.['run_uuid']
  if (typeof id !== 'string' || meta['lifecycle_stage'] === 'deleted') return null
  const folder = dirname(path)
  const points = await metricPoints(join(folder, 'metrics'), onProgress)
  const tags = textsIn(join(folder, 'tags'))
  const time = (name: string): number | null => (typeof meta[name] === 'number' ? meta[name] : null)
  return {
    ...{ program: 'mlflow', name: String(meta['run_name'] || tags['mlflow.runName'] || id.slice(0, 8)), source: id, status: statuses[String(meta['status'])] ?? 'interrupted' },
    ...{ start: time('start_time'), end: time('end_time'), ...seriesOf(points), parameters: textsIn(join(folder, 'params')), tags, notes: tags[noteTag] ?? '', passedBy: 0, isCutOff: false },
  }
}

interface MetricPoint {
  tag: string
  step: number
  value: number | null
}
const linesAtOnce = 50_000
async function metricPoints(folder: string, onProgress: OnProgress): Promise<MetricPoint[]> {
  const points: MetricPoint[] = []
  const files = Object.entries(textsIn(folder))
  for (const [index, [tag, content]] of files.entries()) {
    const lines = content.split('\n').filter(Boolean)
    for (const [at, line] of lines.entries()) {
      points.push(metricLine(tag, line, join(folder, tag)))
      if (at % linesAtOnce === 0) {
        onProgress((index + at / lines.length) / files.length)
        await breathe()
      }
    }
  }
  return points
}

/** `timestamp value step`; the step came later and is 0 where it is missing. */
function metricLine(tag: string, line: string, path: string): MetricPoint {
  const [timestamp, text, step = '0'] = line.trim().split(/\s+/)
  const value = Number(text?.replace(/^\+?inf(inity)?$/i, 'Infinity').replace(/^-inf(inity)?$/i, '-Infinity'))
  if (timestamp === undefined || text === undefined || !Number.isFinite(Number(timestamp)) || !Number.isFinite(Number(step)) || (Number.isNaN(value) && !/^nan$/i.test(text))) {
    throw new AppError('import/mlflow-damaged', { path, reason: line.slice(0, 80) })
  }
  return { tag, step: Number(step), value: Number.isFinite(value) ? value : null }
}

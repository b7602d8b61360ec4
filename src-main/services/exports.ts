import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ExportFormat } from '@shared/domain/report'
import type { Run } from '@shared/domain/run'
import { AppError } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import { writeFileAtomic } from '../files/atomic-write'
import { encodeSafetensors } from '../files/safetensors'
import { metricsCsv } from '../reports/metrics-csv'
import { experimentId, experimentMeta, mlflowFiles } from '../reports/mlflow'
import { encodeNpz } from '../reports/npz'
import { paramArrays } from '../reports/param-arrays'
import { encodeEvents, unwritableSteps } from '../reports/tensorboard'
import type { Store } from '../store/store'
import { findRun } from './run-ids'

export interface ExportServiceOptions {
  store: Store
  params(id: string): Promise<Record<string, unknown>>
}

/** Runs written for other programs. What is there already is not overwritten where the format is a folder that others fill too. */
export function createExportMethods({ store, params }: ExportServiceOptions): MethodsOf<'exports'> {
  const writers: Record<ExportFormat, (run: Run, out: string) => Promise<string[]>> = {
    params: async (run, out) => writeParams(await params(run.id), run, out),
    csv: async (run, out) => writeAs(out, '.csv', metricsCsv(store.metrics.read(run.id))),
    parquet: async (run, out) => {
      const { encodeParquet, metricColumns } = await import('../reports/parquet')
      return writeAs(out, '.parquet', encodeParquet(metricColumns([{ id: run.id, series: store.metrics.read(run.id) }], false)))
    },
    tensorboard: async (run, out) => {
      const series = wholeSteps(store.metrics.read(run.id))
      const seconds = Date.parse(run.startedAt ?? run.createdAt) / 1000
      return [writeFile(join(out, `events.out.tfevents.${Math.floor(seconds)}.${run.id}`), encodeEvents(series, seconds))]
    },
    mlflow: async (run, out) => writeMlflow(run, out),
  }

  function wholeSteps(series: ReturnType<Store['metrics']['read']>): typeof series {
    const keys = unwritableSteps(series)
    if (keys.length > 0) throw new AppError('export/fractional-steps', { keys })
    return series
  }

  /** Into a store of MLflow's, which may hold other experiments and runs. */
  function writeMlflow(run: Run, out: string): string[] {
    const experiment = join(out, experimentId)
    const runId = createHash('sha256').update(run.id).digest('hex').slice(0, 32)
    const folder = join(experiment, runId)
    if (existsSync(folder)) throw new AppError('export/exists', { path: folder })
    const location = pathToFileURL(experiment).href
    const start = Date.parse(run.startedAt ?? run.createdAt)
    const end = run.endedAt === null ? null : Date.parse(run.endedAt)
    const beside = join(experiment, `.${runId}.part`)
    try {
      const files = mlflowFiles(run, wholeSteps(store.metrics.read(run.id)), { runId, location, start, end })
      for (const [name, content] of Object.entries(files)) writeFile(join(beside, name), content)
      mkdirSync(join(beside, 'artifacts'), { recursive: true })
      renameSync(beside, folder)
    } finally {
      rmSync(beside, { recursive: true, force: true })
    }
    const meta = join(experiment, 'meta.yaml')
    if (!existsSync(meta)) writeFile(meta, experimentMeta(Date.parse(run.createdAt), location))
    return [folder]
  }

  /** Every run that matches, on every shelf but the trash. */
  function matching(query: string): Run[] {
    const found: Run[] = []
    for (const shelf of ['current', 'archive'] as const) {
      for (let offset = 0; ; ) {
        const { runs } = store.runs.list(query, offset, 1000, shelf)
        if (runs.length === 0) break
        found.push(...runs)
        offset += runs.length
      }
    }
    return found
  }

  return {
    'exports.table': async ({ what, query, out: wanted }) => {
      const out = resolve(wanted)
      const [{ columnsCsv, runColumns }, { encodeParquet, metricColumns }] = [await import('../reports/runs-table'), await import('../reports/parquet')]
      const runs = matching(query)
      const columns = what === 'runs' ? runColumns(runs) : metricColumns(runs.map(({ id }) => ({ id, series: store.metrics.read(id) })), true)
      const ending = extname(out)
      if (ending !== '.csv' && ending !== '.parquet') throw new AppError('export/ending', { path: out, endings: ['.csv', '.parquet'] })
      writeFile(out, ending === '.csv' ? columnsCsv(columns) : encodeParquet(columns))
      return { out, rows: columns[0]!.values.length, runs: runs.length }
    },
    'exports.write': async ({ id, format, out }) => {
      const run = findRun(store.runs, id)
      return { out: await writers[format](run, resolve(out)) }
    },
  }
}

function writeParams(params: Record<string, unknown>, run: Run, out: string): string[] {
  const about = { run: run.id, spec: JSON.stringify(run.spec), dataset: run.datasetName, datasetSha256: run.datasetSha256 }
  switch (extname(out)) {
    case '.json':
      return [writeFile(out, `${JSON.stringify(params, plainNumbers, 1)}\n`)]
    case '.npz':
      return [writeFile(out, encodeNpz(paramArrays(params)))]
    case '.safetensors': {
      const tensors = Object.fromEntries(paramArrays(params).map(({ name, shape, values }) => [name, { shape, values }]))
      return [writeFile(out, encodeSafetensors({ tensors, metadata: about }))]
    }
    default:
      throw new AppError('export/ending', { path: out, endings: ['.json', '.npz', '.safetensors'] })
  }
}

const plainNumbers = (_: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>, (one) => (Number.isFinite(one) ? one : null)) : value

function writeAs(path: string, ending: string, content: string | Uint8Array): string[] {
  if (extname(path) !== ending) throw new AppError('export/ending', { path, endings: [ending] })
  return [writeFile(path, content)]
}

/** Whole or not at all; what stands in the way is told with its path. */
export function writeFile(path: string, content: string | Uint8Array): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new AppError('export/is-folder', { path })
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileAtomic(path, content)
  } catch (error) {
    throw new AppError('cli/out-unwritable', { path, reason: (error as Error).message })
  }
  return path
}

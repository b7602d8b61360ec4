import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ArchiveManifest,
  archivedDatasetSchema,
  archivedReportSchema,
  archivedRunSchema,
  archivedSelectionSchema,
  archivedSweepSchema,
  type ImportedArchive,
} from '@shared/domain/archive'
import type { Dataset } from '@shared/domain/dataset'
import type { Inquiry, InquiryAnswer } from '@shared/domain/inquiry'
import type { Report } from '@shared/domain/report'
import type { Artifact, Run, SeriesByKey } from '@shared/domain/run'
import { AppError } from '@shared/rpc/errors'
import type { z } from 'zod'
import { type ImportArchive, newDatasetId, readJson } from './archive-import'
import { freeName } from './datasets'
import { seriesSha256 } from './report-source'
import { newRunId } from './run-ids'

/* What was unpacked and checked joins what is there: the same is not added twice, and nothing that is there is replaced. */

interface ArchivedRun {
  run: Run
  series: SeriesByKey
  artifacts: Artifact[]
  inquiries: { inquiry: Inquiry; answer: InquiryAnswer | null }[]
}

interface Plan {
  datasets: { dataset: Dataset; from: string; isNew: boolean }[]
  runs: (ArchivedRun & { from: string; isNew: boolean })[]
}

type Merge = ImportArchive & { scratch: string; names: readonly string[] }

function parsed<S extends z.ZodType>(schema: S, { scratch, path }: Merge, name: string): z.output<S> {
  let raw: unknown
  try {
    raw = readJson(scratch, name)
  } catch {
    throw new AppError('archive/tampered', { path, name })
  }
  const found = schema.safeParse(raw)
  if (!found.success) throw new AppError('archive/unreadable', { path, name, problem: `${found.error.issues[0]?.path.join('.')}: ${found.error.issues[0]?.message}` })
  return found.data
}

const idsIn = (names: readonly string[], place: string): string[] => names.flatMap((name) => new RegExp(`^${place}/([^/]+)/\\w+\\.json$`).exec(name)?.[1] ?? [])
const filesIn = (names: readonly string[], place: string): string[] => names.filter((name) => new RegExp(`^${place}/[^/]+\\.json$`).test(name))

function planDatasets(merge: Merge): Plan['datasets'] {
  const { datasets } = merge.store
  return idsIn(merge.names, 'datasets').map((from) => {
    const archived = parsed(archivedDatasetSchema, merge, `datasets/${from}/dataset.json`)
    // the id is the name of its folder, and the file says no other
    if (archived.id !== from) throw new AppError('archive/tampered', { path: merge.path, name: `datasets/${from}/dataset.json` })
    const there = datasets.get(from)
    const same = there?.sha256 === archived.sha256 ? there : datasets.findBySha(archived.sha256)
    if (same) return { dataset: same, from, isNew: false }
    return { dataset: { ...archived, id: there ? newDatasetId() : from }, from, isNew: true }
  })
}

const sameRun = (there: Run, series: SeriesByKey, archived: ArchivedRun): boolean =>
  there.createdAt === archived.run.createdAt && there.datasetSha256 === archived.run.datasetSha256 && seriesSha256(series) === seriesSha256(archived.series)

function planRuns(merge: Merge, datasetIds: ReadonlyMap<string, string>): Plan['runs'] {
  const { runs, metrics } = merge.store
  return idsIn(merge.names, 'runs').map((from) => {
    // the schema leaves specifications of other versions as they are
    const archived = parsed(archivedRunSchema, merge, `runs/${from}/run.json`) as unknown as ArchivedRun
    if (archived.run.id !== from) throw new AppError('archive/tampered', { path: merge.path, name: `runs/${from}/run.json` })
    const there = runs.get(from)
    if (there && sameRun(there, metrics.read(from), archived)) return { ...archived, from, isNew: false }
    const id = there ? newRunId(new Date(archived.run.createdAt)) : from
    const datasetId = datasetIds.get(archived.run.datasetId) ?? archived.run.datasetId
    const { spec } = archived.run
    const ownData = spec.dataset === archived.run.datasetId ? { ...spec, dataset: datasetId } : spec
    return { ...archived, run: { ...archived.run, id, datasetId, spec: ownData }, from, isNew: true }
  })
}

const none = { datasets: 0, runs: 0, sweeps: 0, selections: 0, reports: 0 }

/** What was not there before, by the ids it has here. */
export type FreshIds = Record<keyof typeof none, string[]>
export interface MergedArchive {
  imported: ImportedArchive
  fresh: FreshIds
}

/** Folders first, then everything about them in one transaction; where that fails, the folders go again. */
export function mergeArchive(options: ImportArchive, { files }: ArchiveManifest, scratch: string): MergedArchive {
  const merge: Merge = { ...options, scratch, names: files.map(({ name }) => name) }
  const { store, folder } = options
  const datasets = planDatasets(merge)
  const datasetIds = new Map(datasets.map(({ from, dataset }) => [from, dataset.id]))
  const runs = planRuns(merge, datasetIds)
  const runIds = new Map(runs.map(({ from, run }) => [from, run.id]))
  const fresh: FreshIds = { datasets: [], runs: [], sweeps: [], selections: [], reports: [] }
  const present = { ...none }
  const count = (what: keyof typeof none, id: string, isNew: boolean): void => void (isNew ? fresh[what].push(id) : (present[what] += 1))
  const placed: string[] = []
  const place = (from: string, to: string): void => {
    // only a leftover of an import that was cut off can lie there: no row names it
    rmSync(to, { recursive: true, force: true })
    if (existsSync(from)) renameSync(from, to)
    else mkdirSync(to, { recursive: true })
    placed.push(to)
  }
  try {
    for (const { dataset, from, isNew } of datasets) if (isNew) place(join(scratch, 'datasets', from, 'files'), folder.datasetFolder(dataset.id))
    for (const { run, from, isNew } of runs) if (isNew) place(join(scratch, 'runs', from, 'files'), folder.runFolder(run.id))
    store.together(() => {
      for (const { dataset, isNew } of datasets) {
        count('datasets', dataset.id, isNew)
        if (isNew) store.datasets.insert({ ...dataset, name: freeName(store.datasets, dataset.name) })
      }
      for (const one of runs) {
        count('runs', one.run.id, one.isNew)
        if (one.isNew) insertRun(options, one)
      }
      insertOthers(merge, { runIds, datasetIds, count })
    })
  } catch (error) {
    for (const path of placed) rmSync(path, { recursive: true, force: true })
    throw error
  }
  const added = { datasets: fresh.datasets.length, runs: fresh.runs.length, sweeps: fresh.sweeps.length, selections: fresh.selections.length, reports: fresh.reports.length }
  return { imported: { added, present, runs: runs.map(({ run, from, isNew }) => ({ id: run.id, from, isNew })) }, fresh }
}

function insertRun({ store }: ImportArchive, { run, series, artifacts, inquiries, from }: Plan['runs'][number]): void {
  store.runs.insert({ ...run, metrics: {} })
  const points = Object.entries(series).flatMap(([key, { step, value }]) => step.map((at, index) => ({ key, step: at, value: value[index] ?? null })))
  if (points.length > 0) store.metrics.append(run.id, points)
  // at the end a run has the figures of its best epoch, which are not always the last points
  store.runs.update(run.id, { metrics: run.metrics, heldOut: run.heldOut })
  for (const artifact of artifacts) store.runs.putArtifact(run.id, artifact)
  for (const { inquiry, answer } of [...inquiries].reverse()) {
    if (store.inquiries.get(inquiry.id) && run.id === from) continue
    const own: Inquiry = { ...inquiry, id: store.inquiries.get(inquiry.id) ? newRunId(new Date(inquiry.createdAt)) : inquiry.id, runId: run.id }
    store.inquiries.insert(own)
    if (answer) store.inquiries.answer(own.id, answer, {})
  }
}

interface Ids {
  runIds: ReadonlyMap<string, string>
  datasetIds: ReadonlyMap<string, string>
  count(what: keyof typeof none, id: string, isNew: boolean): void
}

function insertOthers(merge: Merge, { runIds, datasetIds, count }: Ids): void {
  const { store, names } = merge
  const runId = (id: string): string => runIds.get(id) ?? id
  const fresh = (taken: boolean, id: string, createdAt: string): string => (taken ? newRunId(new Date(createdAt)) : id)
  const sweepIds = new Map<string, string>()
  for (const name of filesIn(names, 'sweeps')) {
    const { sweep, trials } = parsed(archivedSweepSchema, merge, name)
    const there = store.sweeps.get(sweep.id)
    const isNew = !there || there.createdAt !== sweep.createdAt
    const id = isNew ? fresh(there !== null, sweep.id, sweep.createdAt) : sweep.id
    count('sweeps', id, isNew)
    sweepIds.set(sweep.id, id)
    if (!isNew) continue
    store.sweeps.insert({ ...sweep, id })
    for (const trial of trials) store.sweeps.insertTrial(id, { ...trial, runs: trial.runs.map(({ seed, id: run }) => ({ seed, id: runId(run) })) })
  }
  for (const name of filesIn(names, 'selections')) {
    const { selection, units } = parsed(archivedSelectionSchema, merge, name)
    const there = store.selections.get(selection.id)
    const isNew = !there || there.createdAt !== selection.createdAt
    const id = isNew ? fresh(there !== null, selection.id, selection.createdAt) : selection.id
    count('selections', id, isNew)
    if (!isNew) continue
    store.selections.insert({ ...selection, id, datasetId: datasetIds.get(selection.datasetId) ?? selection.datasetId })
    for (const unit of units) store.selections.putUnit(id, unit)
  }
  for (const name of filesIn(names, 'reports')) {
    const report: Report = parsed(archivedReportSchema, merge, name)
    const there = store.reports.get(report.id)
    const isNew = !there || there.createdAt !== report.createdAt
    const id = isNew ? fresh(there !== null, report.id, report.createdAt) : report.id
    count('reports', id, isNew)
    if (!isNew) continue
    const sweep = report.plan.sweep === null ? null : (sweepIds.get(report.plan.sweep) ?? report.plan.sweep)
    store.reports.put({ ...report, id, plan: { ...report.plan, sweep, runs: report.plan.runs.map(runId) } })
  }
}

import { createHash } from 'node:crypto'
import type { Evidence } from '@shared/domain/evidence'
import type { InquiryAnswer, InquiryKind } from '@shared/domain/inquiry'
import type { ReportManifest, ReportPlan } from '@shared/domain/report'
import type { Run, SeriesByKey } from '@shared/domain/run'
import type { MethodOutput } from '@shared/rpc/contract'
import { AppError } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { DataFolder } from '../files/data-folder'
import { readPictures } from '../files/pictures'
import { runFiles } from '../files/run-files'
import { rasterize } from '../jobs/rasterize'
import type { Inside, ReportedRun, ReportSource } from '../reports/build'
import type { Store } from '../store/store'
import { compareRuns } from './compare'
import { preflight } from './report-preflight'
import { findRun } from './run-ids'

export interface ReportSourceOptions {
  store: Store
  folder: DataFolder
  version: string
  inspect: MethodsOf<'inspect'>
  sweeps: Pick<MethodsOf<'sweeps'>, 'sweeps.open'>
  fontFolder: string
}

const statistics = { confidence: 0.95, resamples: 1000, seed: 0 }
type InspectMethod = keyof MethodsOf<'inspect'>
const mostRemembered = 64

/** Of keys in order and of steps and values as JSON writes them, which is exact. */
export const seriesSha256 = (series: SeriesByKey): string => sha256(JSON.stringify(Object.keys(series).sort().map((key) => [key, series[key]!.step, series[key]!.value])))
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Gives what the blocks of a report are made of, out of the store and by questions to fitted runs. */
export function createReportSource({ store, folder, version, inspect, sweeps, fontFolder }: ReportSourceOptions) {
  /** Answers about fitted runs, by run, state of its files and question: a page that is edited asks the same again and again. */
  const answers = new Map<string, Promise<unknown>>()
  async function remember<T>(run: Run, question: string, ask: () => T | Promise<T>): Promise<T> {
    const key = `${run.id} ${runFiles(folder.runFolder(run.id)).version()} ${question}`
    // the same key was set by the same call
    const known = answers.get(key) as Promise<T> | undefined
    if (known) return known
    const answer = Promise.resolve(ask())
    answers.set(key, answer)
    answer.catch(() => answers.delete(key))
    for (const oldest of answers.keys()) if (answers.size > mostRemembered) answers.delete(oldest)
    return answer
  }
  const inside: Inside = {
    pictures: (run, step) => {
      const stored = store.runs.artifacts(run.id).filter(({ kind }) => kind === 'pictures')
      const one = step === undefined ? stored.at(-1) : stored.find((artifact) => artifact.step === step)
      return one ? readPictures(folder.runFolder(run.id), one.name, one.step ?? 0) : null
    },
    ask: <M extends InspectMethod>(run: Run, method: M, question?: object) =>
      // the handler of a method takes its question and gives its answer
      remember(run, `${method} ${JSON.stringify(question ?? {})}`, () => (inspect[method] as (input: object) => Promise<MethodOutput<M>>)({ id: run.id, ...question })),
    png: (svg) => rasterize(svg, { dpi: 300, fontFolder }),
    sha256,
    milliseconds: (iso) => Date.parse(iso),
  }

  function reported(run: Run): ReportedRun {
    const dataset = store.datasets.get(run.datasetId)
    return { run, series: store.metrics.read(run.id), dataset: dataset?.sha256 === run.datasetSha256 ? dataset : null, evidence: evidenceOf(run.id) }
  }
  const answersOf = (runId: string, kind: InquiryKind): InquiryAnswer[] =>
    store.inquiries.list(runId).flatMap((inquiry) => (inquiry.status === 'completed' && inquiry.question.kind === kind ? (store.inquiries.answerOf(inquiry.id) ?? []) : []))
  const answer: ReportSource['answer'] = (about) => ('inquiry' in about ? (store.inquiries.get(about.inquiry) && store.inquiries.answerOf(about.inquiry)) : (answersOf(about.run, about.kind)[0] ?? null))
  const evidenceOf = (id: string): Evidence[] => answersOf(id, 'evidence').flatMap((one) => (one.kind === 'evidence' ? [one.evidence] : []))

  const manifestOf = (runs: readonly Pick<ReportedRun, 'run' | 'series'>[]): ReportManifest => ({
    format: 'latent-report',
    version: 1,
    app: version,
    createdAt: new Date().toISOString(),
    runs: runs.map(({ run, series }) => ({
      ...{ id: run.id, name: run.name, spec: run.spec, dataset: { name: run.datasetName, sha256: run.datasetSha256 } },
      ...{ device: run.device, runtime: run.runtime, environment: run.environment, metrics: run.metrics, seriesSha256: seriesSha256(series) },
    })),
  })

  /** Ids of runs as a plan has them: whole, each once. */
  const findAll = (ids: readonly string[]): Run[] => [...new Map(ids.map((id) => findRun(store.runs, id)).map((run) => [run.id, run])).values()]

  /** Of a plan whose runs may be gone since: the others, and which are missing. */
  async function sourceOf(plan: ReportPlan): Promise<ReportSource> {
    const found = [...new Set(plan.runs)].map((id) => ({ id, run: store.runs.get(id) }))
    const gone = found.filter(({ run }) => run === null).map(({ id }) => id)
    const runs = found.flatMap(({ run }) => (run ? [reported(run)] : []))
    if (runs.length === 0 && gone.length > 0) throw new AppError('report/no-runs', { runs: gone })
    const anySweep: ReportSource['anySweep'] = async (id) => (store.sweeps.get(id) ? await sweeps['sweeps.open']({ id }) : null)
    const sweep = plan.sweep === null ? null : await anySweep(plan.sweep)
    const groupsOf: ReportSource['groupsOf'] = (some) => compareRuns(some, { runs: [], metrics: [], ...statistics }).statistics.groups
    const comparison = runs.length > 0 ? compareRuns(runs.map(({ run }) => run), { runs: [], ...statistics }) : null
    const notices = preflight({ runs, comparison, gone, sweep: sweep?.sweep ?? null, sweepGone: sweep === null ? plan.sweep : null })
    const selection: ReportSource['selection'] = (id) => {
      const found = store.selections.get(id)
      return found && { selection: found, units: store.selections.units(id) }
    }
    return { runs, comparison, groupsOf, sweep, anySweep, selection, answer, notices, manifest: manifestOf(runs), inside }
  }
  return { findAll, sourceOf, manifestOf, reported }
}

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { ReportLanguage, ReportManifest } from '@shared/domain/report'
import { sentence } from '@shared/messages/messages'
import { type Notice, type Run, type SeriesByKey } from '@shared/domain/run'
import { AppError, notice } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { DataFolder } from '../files/data-folder'
import { readPictures } from '../files/pictures'
import { printPdf } from '../jobs/print-pdf'
import type { ReportedRun } from '../reports/build'
import type { ReportDocument } from '../reports/document'
import type { Store } from '../store/store'
import { compareRuns } from './compare'
import { writeFile } from './exports'
import { findRun } from './run-ids'

export interface ReportServiceOptions {
  store: Store
  folder: DataFolder
  version: string
}

const endings = ['.html', '.md', '.tex', '.pdf'] as const
const statistics = { confidence: 0.95, resamples: 1000, seed: 0 }

export function createReportMethods({ store, folder, version }: ReportServiceOptions): MethodsOf<'reports'> {
  const findAll = (ids: readonly string[]): Run[] => [...new Map(ids.map((id) => findRun(store.runs, id)).map((run) => [run.id, run])).values()]

  function reported(run: Run): ReportedRun {
    const dataset = store.datasets.get(run.datasetId)
    const last = store.runs.artifacts(run.id).filter(({ kind }) => kind === 'pictures').at(-1)
    return {
      run,
      series: store.metrics.read(run.id),
      dataset: dataset?.sha256 === run.datasetSha256 ? dataset : null,
      pictures: last ? readPictures(folder.runFolder(run.id), last.name, last.step ?? 0) : null,
      estimators: store.inquiries.list(run.id).flatMap(({ status, question }) =>
        status === 'completed' && question.kind === 'evidence' ? [`${question.options.estimator} (${question.options.samples} samples)`] : [],
      ),
    }
  }

  async function documentOf(ids: readonly string[], language: ReportLanguage): Promise<{ document: ReportDocument; notices: Notice[] }> {
    // the drawing of figures is loaded where a report is made, not with every command
    const { buildReport } = await import('../reports/build')
    const runs = findAll(ids).map(reported)
    const notices = preflight(runs)
    const inWords = notices.map(({ code, details, message }) => sentence(code, details, language, message))
    const comparison = compareRuns(runs.map(({ run }) => run), { runs: [], ...statistics })
    return { document: buildReport({ runs, comparison, notices: inWords, language, manifest: manifestOf(runs) }), notices }
  }

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

  async function htmlOf(ids: readonly string[], language: ReportLanguage): Promise<{ html: string; notices: Notice[] }> {
    const { reportHtml } = await import('../reports/html')
    const { document, notices } = await documentOf(ids, language)
    return { html: reportHtml(document), notices }
  }

  async function write(ids: readonly string[], language: ReportLanguage, out: string): Promise<Notice[]> {
    const ending = extname(out)
    if (ending === '.html') {
      const { html, notices } = await htmlOf(ids, language)
      writeFile(out, html)
      return notices
    }
    if (ending === '.pdf') {
      const { html, notices } = await htmlOf(ids, language)
      const scratch = mkdtempSync(join(tmpdir(), 'latent-report-'))
      try {
        await printPdf(writeFile(join(scratch, 'report.html'), html), out)
      } finally {
        rmSync(scratch, { recursive: true, force: true })
      }
      return notices
    }
    const { document, notices } = await documentOf(ids, language)
    const assets = `${basename(out, ending)}-files`
    const { text, files } =
      ending === '.md' ? (await import('../reports/markdown')).reportMarkdown(document, assets) : (await import('../reports/latex')).reportLatex(document, assets)
    for (const [name, content] of Object.entries(files)) writeFile(join(dirname(out), name), content)
    writeFile(out, text)
    return notices
  }

  return {
    'reports.write': async ({ runs, language, out: wanted }) => {
      const out = resolve(wanted)
      if (!endings.some((ending) => ending === extname(out))) throw new AppError('export/ending', { path: out, endings: [...endings] })
      const notices = await write(runs, language, out)
      return { out, bytes: statSync(out).size, notices }
    },
    'reports.preview': ({ runs, language }) => htmlOf(runs, language),
    'reports.manifest': ({ runs }) => manifestOf(findAll(runs).map((run) => ({ run, series: store.metrics.read(run.id) }))),
  }
}

/** Of keys in order and of steps and values as JSON writes them, which is exact. */
export const seriesSha256 = (series: SeriesByKey): string =>
  createHash('sha256').update(JSON.stringify(Object.keys(series).sort().map((key) => [key, series[key]!.step, series[key]!.value]))).digest('hex')

/** What a reviewer would ask for. */
export function preflight(runs: readonly ReportedRun[]): Notice[] {
  const named = (wanted: (one: ReportedRun) => boolean): string[] => runs.filter(wanted).map(({ run }) => run.id)
  const notices: Notice[] = []
  const tell = (code: 'report/unfinished' | 'report/no-test' | 'report/no-estimator' | 'report/data-changed', ids: string[]): void => {
    if (ids.length > 0) notices.push(notice(code, { runs: ids }))
  }
  if (new Set(runs.map(({ run }) => run.spec.seed)).size === 1) notices.push(notice('report/one-seed', { seed: runs[0]!.run.spec.seed }))
  tell('report/no-test', named(({ run }) => !Object.keys(run.metrics).some((key) => key.startsWith('test/'))))
  tell('report/unfinished', named(({ run }) => run.status !== 'completed'))
  tell('report/no-estimator', named(({ run, estimators }) => run.spec.model.kind === 'vae' && estimators.length === 0))
  tell('report/data-changed', named(({ dataset }) => dataset === null))
  return notices
}

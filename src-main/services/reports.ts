import { resolve } from 'node:path'
import { reportBlockSchema, type Report, type ReportBlock, type ReportLanguage, type ReportPlan, type ReportTemplate } from '@shared/domain/report'
import { templateBlocks, usualTemplate } from '@shared/domain/report-templates'
import { type Notice } from '@shared/domain/run'
import type { HostEvent } from '@shared/rpc/contract'
import { AppError } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { Block, ReportDocument } from '../reports/document'
import type { Section } from '../reports/build'
import { writeFile } from './exports'
import { blockFiles, figureBytes, figureFormatOf } from './report-figures'
import { fileNameOf, formatOfPath, packed, reportFiles, writeReport } from './report-files'
import { createFigureFonts } from './figure-fonts'
import { createReportSource, type ReportSourceOptions } from './report-source'
import { newRunId } from './run-ids'
import { findableFigures, hasMatter } from './report-choices'

export { seriesSha256 } from './report-source'

export interface ReportServiceOptions extends Omit<ReportSourceOptions, 'fontFolder'> {
  /** The program's resources; the font of figures lies in its folder fonts. */
  resourcesFolder: string
  publish(event: HostEvent): void
}

interface Choice {
  runs: readonly string[]
  sweep: string | null
  language: ReportLanguage
  template?: ReportTemplate | undefined
}

export function createReportMethods(options: ReportServiceOptions): MethodsOf<'reports'> {
  const { store, publish, sweeps } = options
  const fonts = createFigureFonts(options.resourcesFolder)
  const { findAll, sourceOf, manifestOf, reported } = createReportSource({ ...options, fontFolder: fonts.folder })

  /** The plan of a report that begins with a template. A sweep without runs is reported with those of its best trial. */
  async function planOf({ runs: ids, sweep: wanted, language, template }: Choice): Promise<ReportPlan> {
    const opened = wanted === null ? null : await sweeps['sweeps.open']({ id: wanted })
    const best = opened?.sweep.best ?? null
    const ofSweep = ids.length > 0 || best === null ? [] : (opened?.trials[best]?.runs ?? []).filter(({ id }) => store.runs.get(id)).map(({ id }) => id)
    const runs = findAll([...ids, ...ofSweep])
    if (runs.length === 0 && !opened) throw new AppError('report/nothing', {})
    const kind = template ?? usualTemplate({ kinds: runs.map(({ spec }) => spec.model.kind), runs: runs.length, sweep: opened !== null })
    return { title: '', language, runs: runs.map(({ id }) => id), sweep: opened?.sweep.id ?? null, blocks: templateBlocks[kind].filter((block) => hasMatter(block, { runs: runs.map(reported), sweep: opened })) }
  }
  async function documentOf(plan: ReportPlan): Promise<{ document: ReportDocument; notices: Notice[] }> {
    const { buildReport } = await import('../reports/build')
    const source = await sourceOf(plan)
    return { document: await buildReport(plan, source), notices: source.notices }
  }
  async function sectionOf(plan: ReportPlan, index: number): Promise<{ section: Section; block: ReportBlock }> {
    const block = plan.blocks[index]
    if (!block) throw new AppError('figure/none', {})
    const { composeSections } = await import('../reports/build')
    const [section] = await composeSections({ ...plan, blocks: [block] }, await sourceOf(plan))
    if (section!.problem) throw new AppError(section!.problem.code as 'report/no-figure-data', section!.problem.details)
    return { section: section!, block }
  }
  const get = (id: string): Report => {
    const found = store.reports.get(id)
    if (!found) throw new AppError('report/not-found', { id })
    return found
  }
  function save(id: string | undefined, plan: ReportPlan): Report {
    const now = new Date().toISOString()
    const before = id === undefined ? null : get(id)
    const report: Report = { id: before?.id ?? newRunId(new Date()), createdAt: before?.createdAt ?? now, updatedAt: now, plan }
    store.reports.put(report)
    publish({ name: 'report.changed', payload: { report } })
    return report
  }
  const drawn = (blocks: readonly Block[]): Block => {
    const found = blocks.find(({ kind }) => kind === 'figure' || kind === 'chart' || kind === 'picture')
    if (!found) throw new AppError('figure/none', {})
    return found
  }

  return {
    'reports.write': async ({ report, out: wanted, ...choice }) => {
      const out = resolve(wanted)
      formatOfPath(out)
      const plan = report === undefined ? await planOf(choice) : get(report).plan
      const { document, notices } = await documentOf(plan)
      return { out, bytes: await writeReport(document, out, fonts), notices }
    },
    'reports.preview': async (choice) => {
      const { document, notices } = await documentOf(await planOf(choice))
      const { reportHtml } = await import('../reports/html')
      return { html: await fonts.inPage(reportHtml(document)), notices }
    },
    'reports.template': planOf,
    'reports.list': () =>
      store.reports.list().map(({ plan, ...report }) => ({ ...report, title: plan.title, runs: plan.runs.length, language: plan.language })),
    'reports.get': ({ id }) => get(id),
    'reports.save': ({ id, plan }) => save(id, plan),
    'reports.remove': ({ id }) => {
      get(id)
      store.reports.remove(id)
      publish({ name: 'report.removed', payload: { id } })
      return null
    },
    'reports.compose': async ({ plan }) => {
      const [{ composeSections, headOf }, { blockHtml }, { reportStyles }] = [await import('../reports/build'), await import('../reports/html'), await import('../reports/styles')]
      const source = await sourceOf(plan)
      const sections = await composeSections(plan, source)
      const blocks = sections.map(({ blocks: made, problem }) => ({ html: made.map((block) => blockHtml(block, plan.language)).join('\n'), problem }))
      return { ...headOf(plan, source), css: reportStyles('article'), blocks, notices: source.notices, metrics: Object.keys(source.comparison?.metrics ?? {}) }
    },
    'reports.freeze': async ({ plan, index }) => {
      const { section, block } = await sectionOf(plan, index)
      const figure = drawn(section.blocks)
      if (block.kind !== 'figure' || figure.kind !== 'figure') throw new AppError('figure/none', {})
      return reportBlockSchema.parse({ ...block, frozen: { at: new Date().toISOString(), figures: figure.figures, caption: figure.caption } })
    },
    'reports.figures': async ({ runs, sweep }) => findableFigures(findAll(runs).map(reported), sweep === null ? null : await sweeps['sweeps.open']({ id: sweep }), store),
    'reports.render': async ({ plan, format }) => {
      const { document } = await documentOf(plan)
      const name = fileNameOf(document.title)
      return packed(await reportFiles(document, format, name, fonts), name)
    },
    'reports.renderFigure': async ({ plan, index, format, look }) => {
      const { section } = await sectionOf(plan, index)
      const name = `figure-${index + 1}`
      return packed(await blockFiles(drawn(section.blocks), format, look, name, fonts), name)
    },
    'reports.writeFigure': async ({ figure, look, out: wanted, ...choice }) => {
      const out = resolve(wanted)
      const format = figureFormatOf(out)
      const plan: ReportPlan = { ...(await planOf(choice)), blocks: [{ kind: 'figure', figure, frozen: null }] }
      const { section } = await sectionOf(plan, 0)
      const block = drawn(section.blocks)
      if (block.kind !== 'figure') throw new AppError('figure/none', {})
      const content = await figureBytes(block.figures, format, look, fonts)
      writeFile(out, content)
      return { out, bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.length }
    },
    'reports.manifest': ({ runs }) => manifestOf(findAll(runs).map((run) => ({ run, series: store.metrics.read(run.id) }))),
  }
}

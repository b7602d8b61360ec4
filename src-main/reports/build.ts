import type { Comparison } from '@shared/domain/comparison'
import type { Dataset } from '@shared/domain/dataset'
import { flattenSpec, specValueText } from '@shared/domain/flat-spec'
import type { ReportManifest } from '@shared/domain/report'
import { shownEnvironment } from '@shared/domain/run-choice'
import type { Pictures, Run, SeriesByKey } from '@shared/domain/run'
import { type Block, type Cell, type Curve, type Figure, type Language, numberCell, type ReportDocument, shown } from './document'
import { methodsParagraph } from './methods'
import { pictureGrid } from './png'
import { referencesOf } from './references'
import { thinCurve } from './thin-curve'
import { wordsOf } from './words'

export interface ReportedRun {
  run: Run
  series: SeriesByKey
  /** Null where it was removed, or holds other numbers than when the run was made. */
  dataset: Dataset | null
  pictures: Pictures | null
  /** Estimators of log p(x) that were used, e.g. `iwae (5000 samples)`. */
  estimators: string[]
}

export interface ReportInput {
  runs: ReportedRun[]
  comparison: Comparison
  /** What a reviewer would ask for, in the report's language. */
  notices: string[]
  language: Language
  manifest: ReportManifest
}

const perDimension = /\[\d+\]$/

export function buildReport({ runs, comparison, notices, language, manifest }: ReportInput): ReportDocument {
  const words = wordsOf(language)
  const data = [...new Set(runs.map(({ run }) => run.datasetName))].join(', ')
  const blocks: Block[] = []
  const section = (text: string, ...inner: Block[]): void => void blocks.push({ kind: 'heading', text }, ...inner)
  if (notices.length > 0) section(words.before, { kind: 'notices', texts: notices })
  section(words.card, runCard(runs.map(({ run }) => run), language))
  section(runs.length > 1 ? words.differs : words.specification, ...specBlocks(runs, comparison, language))
  section(words.results, ...resultTables(runs, comparison, language))
  section(words.figures, ...figuresOf(runs, language))
  section(words.methods, ...methodsOf(runs, comparison, language))
  section(words.environment, environmentTable(runs.map(({ run }) => run), language))
  section(words.reproduce, { kind: 'paragraph', text: words.reproduceText(runs.length) })
  blocks.push({ kind: 'references', references: referencesOf(runs.map(({ run }) => run.spec)) })
  const [only] = runs
  const title = runs.length === 1 ? only!.run.name : `${words.report}: ${data}`
  return { title, subtitle: `${words.of(runs.length, data)} · ${manifest.createdAt.slice(0, 10)}`, language, blocks, manifest }
}

const text = (value: string): Cell => ({ text: value })

function runCard(runs: readonly Run[], language: Language): Block {
  const { columns, card } = wordsOf(language)
  const rows = runs.map(({ id, name, status, spec, device, runtime, durationMs, datasetName, datasetSha256 }) => [
    ...[text(id), text(name), text(status), numberCell(spec.seed)],
    text(device === null ? '—' : `${device} (${runtime})`),
    numberCell(durationMs === null ? null : durationMs / 1000),
    text(`${datasetName} · ${datasetSha256.slice(0, 12)}`),
  ])
  return { kind: 'table', caption: card, header: [columns.id, columns.name, columns.status, columns.seed, columns.device, columns.seconds, columns.data], rows }
}

function specBlocks(runs: readonly ReportedRun[], comparison: Comparison, language: Language): Block[] {
  const words = wordsOf(language)
  if (runs.length === 1) {
    const rows = Object.entries(flattenSpec(runs[0]!.run.spec)).map(([path, value]) => [text(path), text(specValueText(value))])
    return [{ kind: 'table', caption: words.specification, header: [words.field, words.value], rows }]
  }
  const rows = Object.entries(comparison.differingParameters).map(([path, byRun]) => [
    text(path),
    ...runs.map(({ run }) => text(specValueText(byRun[run.id] as Parameters<typeof specValueText>[0]))),
  ])
  const table: Block = { kind: 'table', caption: words.differs, header: [words.field, ...runs.map(({ run }) => run.id)], rows }
  return [...(rows.length > 0 ? [table] : []), { kind: 'paragraph', text: words.same }]
}

function resultTables(runs: readonly ReportedRun[], { statistics, metrics }: Comparison, language: Language): Block[] {
  const words = wordsOf(language)
  const grouped = Object.entries(statistics.metrics).map(([key, { summaries, better }]) => {
    const means = summaries.flatMap(({ mean }) => mean ?? [])
    const best = better === 'neither' || means.length < 2 ? null : better === 'higher' ? Math.max(...means) : Math.min(...means)
    const cells = summaries.map(({ mean, interval, n }): Cell => {
      if (mean === null) return text('—')
      const width = interval ? ` ± ${Number(((interval.high - interval.low) / 2).toPrecision(2))} (${n})` : ''
      return { text: `${shown(mean)}${width}`, value: mean, bold: mean === best }
    })
    return [text(key), ...cells]
  })
  const level = `${Number((100 * statistics.confidence).toPrecision(4))} %`
  const summary: Block = {
    kind: 'table',
    caption: words.resultsCaption(level),
    header: [words.metric, ...statistics.groups.map(({ label }) => label)],
    rows: grouped,
  }
  if (runs.length === statistics.groups.length) return [summary]
  const each = Object.entries(metrics).map(([key, byRun]) => [text(key), ...runs.map(({ run }) => numberCell(byRun[run.id]))])
  return [summary, { kind: 'table', caption: words.perRun, header: [words.metric, ...runs.map(({ run }) => run.id)], rows: each }]
}

function figuresOf(runs: readonly ReportedRun[], language: Language): Block[] {
  const words = wordsOf(language)
  const keys = [...new Set(runs.flatMap(({ series }) => Object.keys(series)))].filter((key) => !perDimension.test(key))
  const figures = keys.flatMap((key, index): Block[] => {
    const whole = runs.flatMap(({ run, series }): Curve[] => (series[key] ? [{ label: `${run.name} · ${run.id}`, ...series[key] }] : []))
    if (!whole.some(({ step }) => step.length > 1)) return []
    const curves = whole.map((curve) => thinCurve(curve))
    const count = (all: readonly Curve[]): number => all.reduce((sum, { step }) => sum + step.length, 0)
    const thinned = count(curves) < count(whole) ? words.thinned(count(curves), count(whole)) : ''
    const figure: Figure = { name: `figure-${index + 1}`, title: key, xLabel: words.step, yLabel: key, curves }
    return [{ kind: 'figure', figure, caption: `${key}.${thinned}` }]
  })
  const pictures = runs.flatMap(({ run, pictures: stored }, index): Block[] => {
    const grid = stored && pictureGrid(stored)
    return grid ? [{ kind: 'picture', picture: { name: `pictures-${index + 1}`, ...grid }, caption: words.pictures(`${run.name} · ${run.id}`, stored.step) }] : []
  })
  return [...figures, ...pictures, { kind: 'paragraph', text: words.onePoint }]
}

/** One paragraph for each group of runs that differ in their seeds only. */
function methodsOf(runs: readonly ReportedRun[], { statistics }: Comparison, language: Language): Block[] {
  return statistics.groups.flatMap(({ runs: ids, seeds }): Block[] => {
    const first = runs.find(({ run }) => run.id === ids[0])
    if (!first) return []
    const estimators = [...new Set(runs.filter(({ run }) => ids.includes(run.id)).flatMap((one) => one.estimators))]
    const { run, dataset } = first
    const { spec, datasetName, device, runtime } = run
    return [{ kind: 'paragraph', text: methodsParagraph({ spec, dataset, datasetName, seeds, estimators, device, runtime }, language) }]
  })
}

function environmentTable(runs: readonly Run[], language: Language): Block {
  const words = wordsOf(language)
  const names = [...new Set(runs.flatMap((run) => Object.keys(shownEnvironment(run))))]
  const values = (name: string): string => [...new Set(runs.map((run) => run.environment[name] ?? '—'))].join(' / ')
  return { kind: 'table', caption: words.environment, header: [words.field, words.value], rows: names.map((name) => [text(name), text(values(name))]) }
}

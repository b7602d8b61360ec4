import type { Comparison, PairComparison } from '@shared/domain/comparison'
import { flattenSpec, specValueText } from '@shared/domain/flat-spec'
import { estimatorWord, heldOutOf } from '@shared/domain/held-out'
import { primaryMetric } from '@shared/domain/metric'
import { shownEnvironment } from '@shared/domain/run-choice'
import { bestFirst, textOfValue, valuedTrials } from '@shared/domain/trial-axes'
import { AppError } from '@shared/rpc/errors'
import { sentence } from '@shared/messages/messages'
import type { BlockContext } from './build'
import { type Block, type Cell, numberCell, shown, textCell as text } from './document'
import { estimatorNames, methodsParagraph } from './methods'
import { directionInWords, prunerInWords, rangeInWords, samplerInWords, statusInWords, sweepParagraph } from './sweep-in-words'

/* Tables of a report: every number in them is one of the store, or what a comparison makes of such. */

export function cardTable({ runs, words, language }: BlockContext): Block {
  const { columns, card } = words
  const rows = runs.map(({ run: { id, name, status, spec, device, runtime, durationMs, datasetName, datasetSha256 } }) => [
    ...[text(id), text(name), text(statusInWords(status, language)), numberCell(spec.seed)],
    text(device === null ? '—' : `${device} (${runtime})`),
    numberCell(durationMs === null ? null : durationMs / 1000),
    text(`${datasetName} · ${datasetSha256.slice(0, 12)}`),
  ])
  return { kind: 'table', caption: card, header: [columns.id, columns.name, columns.status, columns.seed, columns.device, columns.seconds, columns.data], rows }
}

export function specBlocks({ runs, comparison, words }: BlockContext): Block[] {
  if (runs.length === 1) {
    const rows = Object.entries(flattenSpec(runs[0]!.run.spec)).map(([path, value]) => [text(path), text(specValueText(value))])
    return [{ kind: 'table', caption: words.specification, header: [words.field, words.value], rows }]
  }
  if (!comparison) return []
  const differing = Object.entries(comparison.differingParameters)
  const tables = inParts(runs).map((part, index, all): Block => {
    const rows = differing.map(([path, byRun]) => [text(path), ...part.map(({ run }) => text(specValueText(byRun[run.id] as Parameters<typeof specValueText>[0])))])
    return { kind: 'table', caption: words.part(words.differs, index + 1, all.length), header: [words.field, ...part.map(({ run }) => run.id)], rows }
  })
  return [...(differing.length > 0 ? tables : []), { kind: 'paragraph', text: words.same }]
}

export function resultTables({ runs, comparison, words, language }: BlockContext, wanted: readonly string[] | undefined): Block[] {
  if (!comparison) return []
  const { statistics, metrics } = comparison
  const isWanted = (key: string): boolean => wanted === undefined || wanted.includes(key)
  const grouped = Object.entries(statistics.metrics).filter(([key]) => isWanted(key)).map(([key, { summaries, better }]) => {
    const means = summaries.flatMap(({ mean }) => mean ?? [])
    const best = better === 'neither' || means.length < 2 ? null : better === 'higher' ? Math.max(...means) : Math.min(...means)
    const cells = summaries.map(({ mean, interval, n }): Cell => {
      if (mean === null) return text('—')
      const width = interval ? ` ± ${Number(((interval.high - interval.low) / 2).toPrecision(2))} (${n})` : ''
      return { text: `${shown(mean)}${width}`, value: mean, bold: mean === best }
    })
    return [text(key), ...cells]
  })
  const summary: Block = {
    kind: 'table',
    caption: words.resultsCaption(levelOf(comparison)),
    header: [words.metric, ...statistics.groups.map(({ label }) => label)],
    rows: grouped,
  }
  const known = heldOutTables({ runs, words }, isWanted, language)
  if (runs.length === statistics.groups.length) return [summary, ...known]
  const each = inParts(runs).map((part, index, all): Block => {
    const rows = Object.entries(metrics).filter(([key]) => isWanted(key)).map(([key, byRun]) => [text(key), ...part.map(({ run }) => numberCell(byRun[run.id]))])
    return { kind: 'table', caption: words.part(words.perRun, index + 1, all.length), header: [words.metric, ...part.map(({ run }) => run.id)], rows }
  })
  return [summary, ...each, ...known]
}

/** How each figure of log p(x) of held-out rows was estimated, and how far it is known. */
function heldOutTables({ runs, words }: Pick<BlockContext, 'runs' | 'words'>, isWanted: (key: string) => boolean, language: BlockContext['language']): Block[] {
  const rows = runs.flatMap(({ run }) =>
    Object.entries(run.metrics).flatMap(([key, value]) => {
      const known = isWanted(key) ? heldOutOf(run, key) : null
      if (!known) return []
      const { estimator, samples, rows: count, standardError, rowStandardError, effectiveSampleSize } = known
      return [[text(run.id), text(key), numberCell(value), text(estimatorWord(estimator, language)), ...[samples, standardError, rowStandardError, effectiveSampleSize, count].map((one) => numberCell(one))]]
    }),
  )
  return rows.length > 0 ? [{ kind: 'table', caption: words.heldOutCaption, header: [...words.heldOutColumns], rows }] : []
}

/** As many runs as have columns on a page. */
const runsAcross = 6
const inParts = <T>(all: readonly T[]): T[][] => Array.from({ length: Math.ceil(all.length / runsAcross) }, (_, part) => all.slice(part * runsAcross, (part + 1) * runsAcross))

const levelOf = ({ statistics }: Comparison): string => `${Number((100 * statistics.confidence).toPrecision(4))} %`

/** The metric that lists show first, where the runs have it; else the first they have. */
function usualMetric({ runs, comparison }: BlockContext): string | undefined {
  const keys = Object.keys(comparison?.statistics.metrics ?? {})
  const usual = runs[0] && (primaryMetric as Record<string, string | undefined>)[runs[0].run.spec.model.kind]
  const held = usual?.replace('train/', 'test/')
  return [held, usual].find((key) => key !== undefined && keys.includes(key)) ?? keys[0]
}

/** Tests of all pairs of groups by one metric; nothing where there is only one group. */
export function statisticsTable(context: BlockContext, wanted: string | undefined): Block[] {
  const { comparison, words, language } = context
  if (!comparison || comparison.statistics.groups.length < 2) return []
  const metric = wanted ?? usualMetric(context)
  const found = metric === undefined ? undefined : comparison.statistics.metrics[metric]
  if (!found || metric === undefined) throw new AppError('report/no-metric', { metric: metric ?? '—' })
  const { groups, resamples } = comparison.statistics
  const p = (value: number | null): Cell => (value === null ? text('—') : { text: value < 1e-4 ? '< 0.0001' : value.toFixed(4), value })
  const effect = ({ effectSize }: PairComparison): Cell =>
    !effectSize || effectSize.value === null ? text('—') : { text: `${effectSize.kind === 'cohen-d' ? 'd' : 'r'} = ${shown(effectSize.value)}`, value: effectSize.value }
  const rows = found.comparisons.map((pair) => [
    text(`${groups[pair.groups[0]]!.label} − ${groups[pair.groups[1]]!.label}`),
    text(pair.test ? words.tests[pair.test] : words.notTested),
    text([...new Set(pair.n)].join(' / ')),
    numberCell(pair.difference),
    text(pair.interval ? `[${shown(pair.interval.low)}, ${shown(pair.interval.high)}]` : '—'),
    effect(pair),
    p(pair.pValue),
    p(pair.adjustedPValue),
  ])
  const { columns } = words.testTable
  const warnings = [...new Set(found.comparisons.flatMap((pair) => pair.warnings.map(({ code, details, message }) => sentence(code, details, language, message))))]
  const notes: Block[] = warnings.length > 0 ? [{ kind: 'notices', texts: warnings }] : []
  return [{ kind: 'table', caption: words.testTable.caption(metric, levelOf(comparison), resamples), header: [...columns], rows }, ...notes]
}

/** One paragraph for each group of runs that differ in their seeds only. */
export function methodsOf({ runs, comparison, sweep, language }: BlockContext): Block[] {
  const searched: Block[] = sweep ? [{ kind: 'paragraph', text: sweepParagraph(sweep.sweep, sweep.trials, language) }] : []
  const fitted = (comparison?.statistics.groups ?? []).flatMap(({ runs: ids, seeds }): Block[] => {
    const first = runs.find(({ run }) => run.id === ids[0])
    if (!first) return []
    const mine = runs.filter(({ run }) => ids.includes(run.id))
    const estimators = mine.flatMap(({ evidence }) => evidence)
    const { run, dataset } = first
    const { spec, datasetName, device, runtime } = run
    return [{ kind: 'paragraph', text: methodsParagraph({ spec, dataset, datasetName, seeds, estimators, device, runtime }, language) }]
  })
  return [...searched, ...fitted]
}

export function environmentTable({ runs, words }: BlockContext): Block {
  const names = [...new Set(runs.flatMap(({ run }) => Object.keys(shownEnvironment(run))))]
  const values = (name: string): string => [...new Set(runs.map(({ run }) => run.environment[name] ?? '—'))].join(' / ')
  return { kind: 'table', caption: words.environment, header: [words.field, words.value], rows: names.map((name) => [text(name), text(values(name))]) }
}

export function evidenceTable({ runs, words, language }: BlockContext): Block {
  const rows = runs.flatMap(({ run, evidence }) =>
    evidence.map((one) => [
      ...[text(run.id), text(estimatorNames[one.estimator][language]), numberCell(one.samples), text(words.parts[one.part] ?? one.part), numberCell(one.rows)],
      ...[numberCell(one.logLikelihood), numberCell(one.standardError), numberCell(one.effectiveSampleSize)],
    ]),
  )
  if (rows.length === 0) throw new AppError('report/no-evidence', {})
  return { kind: 'table', caption: words.evidenceCaption, header: [...words.evidenceColumns], rows }
}

/** What a sweep searched and found, and its best trials. */
export function sweepBlocks({ sweep: found, words, language }: BlockContext, count: number): Block[] {
  if (!found) throw new AppError('report/no-sweep', {})
  const { sweep, trials } = found
  const { plan, counts, status } = sweep
  const facts: [string, Cell][] = [
    [words.status, text(statusInWords(status, language))],
    [words.data, text(sweep.datasetName)],
    [words.objective, text(plan.objective.map(({ metric, direction }) => `${metric} (${directionInWords(direction, language)})`).join(', '))],
    [words.sampler, text(samplerInWords(plan.sampler, language))],
    [words.pruner, text(prunerInWords(plan.pruner, language))],
    [words.seeds, text(plan.seeds.join(', '))],
    ...Object.entries(plan.parameters).map(([path, range]): [string, Cell] => [path, text(rangeInWords(range, language))]),
    ...Object.entries(counts).map(([name, number]): [string, Cell] => [`${words.trials}: ${statusInWords(name, language)}`, numberCell(number)]),
  ]
  const valued = bestFirst(valuedTrials(trials).filter((trial) => trial.status === 'completed'), plan)
  const paths = Object.keys(plan.parameters)
  const best = valued.slice(0, count).map((trial, place) => [
    numberCell(trial.index),
    ...paths.map((path): Cell => {
      const value = trial.parameters[path]
      return typeof value === 'number' ? numberCell(value) : text(textOfValue(value))
    }),
    ...trial.values.map((value, objective): Cell => ({ ...numberCell(value), bold: place === 0 && objective === 0 && plan.objective.length === 1 })),
  ])
  return [
    { kind: 'table', caption: words.sweepCaption(sweep.id), header: [words.field, words.value], rows: facts.map(([name, cell]) => [text(name), cell]) },
    { kind: 'table', caption: words.bestTrials(best.length, valued.length, trials.length), header: [words.trial, ...paths, ...plan.objective.map(({ metric }) => metric)], rows: best },
  ]
}

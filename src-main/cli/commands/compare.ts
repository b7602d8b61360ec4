import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Comparison, type PairComparison, heldOutOfGroup } from '@shared/domain/comparison'
import { comparisonLatex } from '@shared/domain/comparison-latex'
import { type SpecValue, specValueText } from '@shared/domain/flat-spec'
import { heldOutInWords } from '@shared/domain/held-out'
import { metricLabel } from '@shared/domain/metric'
import type { Client } from '@shared/rpc/client'
import { writeFileAtomic } from '../../files/atomic-write'
import { language, say } from '../language'
import { inWords, type Result, shortNumber, table, WrongArguments } from '../output'
import type { Session } from '../session'

export interface CompareFlags {
  metric: string[]
  latex?: boolean
  seed?: number
  /** A folder for what the runs show, at `step` or the last epoch they have in common. */
  pictures?: string
  step?: number
}

/** Runs side by side, grouped by everything except their seed. */
export async function compare({ client }: Session, names: string[], { metric, latex, seed, pictures, step }: CompareFlags): Promise<Result> {
  const runs = await Promise.all(names.map(async (id) => (await client.call('runs.get', { id })).id))
  const different = [...new Set(runs)]
  if (different.length < 2) throw new WrongArguments('compare/one-run', { count: different.length })
  if (pictures !== undefined) return writePictures(client, different, { folder: resolve(pictures), step })
  const comparison = await client.call('compare.runs', { runs: different, ...(metric.length > 0 && { metrics: metric }), ...(seed !== undefined && { seed }) })
  const keys = Object.keys(comparison.statistics.metrics)
  if (latex) return { json: { latex: comparisonLatex(comparison, keys, language) }, text: comparisonLatex(comparison, keys, language) }
  return { json: comparison, text: comparisonText(comparison) }
}

async function writePictures(client: Client, runs: string[], { folder, step }: { folder: string; step: number | undefined }): Promise<Result> {
  const found = await client.call('compare.sheets', { runs, ...(step !== undefined && { step }) })
  mkdirSync(folder, { recursive: true })
  const written = found.sheets.map(({ id, png }) => {
    const path = join(folder, `${id}-epoch-${found.step}.png`)
    writeFileAtomic(path, png)
    return { id, path }
  })
  const text = say(`Epoch ${found.step}; rows: inputs, reconstructions, samples.`, `第 ${found.step} 轮；各行为：输入、重构、样本。`)
  return { json: { step: found.step, pictures: written }, text: [text, ...written.map(({ path }) => path)].join('\n') }
}

function comparisonText(comparison: Comparison): string {
  const { groups, metrics, warnings, confidence, resamples } = comparison.statistics
  const name = (index: number): string => `${index + 1}`
  const listed = table(
    ['#', say('runs', '运行'), say('seeds', '种子'), 'id'],
    groups.map(({ label, seeds, runs }, index) => [name(index), label, seeds.join(', '), runs.length > 3 ? `${runs.slice(0, 3).join(' ')} …` : runs.join(' ')]),
  )
  const summary = table(
    [say('metric', '指标'), ...groups.map((_, index) => `#${name(index)}`)],
    Object.entries(metrics).map(([key, { summaries }]) => [
      metricLabel(key, language),
      ...summaries.map(({ mean, interval, n }) => (mean === null ? '–' : `${shortNumber(mean)}${interval ? ` ± ${shortNumber(Number(((interval.high - interval.low) / 2).toPrecision(3)))}` : ''} (n=${n})`)),
    ]),
  )
  const tests = Object.entries(metrics).flatMap(([key, { comparisons }]) => comparisons.filter(({ test }) => test !== null).map((pair) => testRow(key, pair, name)))
  const header = [say('metric', '指标'), say('pair', '组合'), say('test', '检验'), 'n', say('difference', '差值'), `${100 * confidence}% CI`, say('effect', '效应量'), 'p', 'p (Holm)', say('wins', '胜负')]
  const level = say(
    `Means ± half of a ${100 * confidence} % interval (Student's t); differences with bootstrap intervals (${resamples} resamples).`,
    `均值 ± ${100 * confidence}% 置信区间（Student t）半宽；差值附自助法区间（重抽样 ${resamples} 次）。`,
  )
  const remarks = [...warnings, ...Object.values(metrics).flatMap(({ comparisons }) => comparisons.flatMap((pair) => pair.warnings))].map(inWords)
  return [listed, differences(comparison), summary, estimates(comparison), tests.length > 0 ? table(header, tests) : '', level, ...[...new Set(remarks)].map((text) => `! ${text}`)].filter(Boolean).join('\n\n')
}

/** How the figures of held-out rows were estimated: one line for each figure and group. */
function estimates(comparison: Comparison): string {
  const rows = Object.keys(comparison.statistics.metrics).flatMap((key) =>
    comparison.statistics.groups.flatMap((_, index) => {
      const words = heldOutInWords(heldOutOfGroup(comparison, key, index), language)
      return words === '' ? [] : [[metricLabel(key, language), `#${index + 1}`, words]]
    }),
  )
  return rows.length > 0 ? table([say('held out', '留出'), '#', say('estimated', '估计方式')], rows) : ''
}

function testRow(key: string, { groups: [first, second], test, n, difference, interval, effectSize, pValue, adjustedPValue, wins }: PairComparison, name: (index: number) => string): string[] {
  const short = (value: number | null | undefined): string => shortNumber(value === null || value === undefined ? null : Number(value.toPrecision(4))) ?? '–'
  return [
    ...[metricLabel(key, language), `#${name(first)} − #${name(second)}`, test === 'welch-t' ? say('Welch t', 'Welch t 检验') : say('signed rank', '符号秩检验')],
    ...[n[0] === n[1] ? String(n[0]) : n.join('/'), short(difference), `[${short(interval?.low)}, ${short(interval?.high)}]`],
    ...[`${effectSize?.kind === 'cohen-d' ? 'd' : 'r'} = ${short(effectSize?.value)}`, short(pValue), short(adjustedPValue), wins ? `${wins.first}:${wins.second}` : '–'],
  ]
}

/** One line for each field that differs between groups. */
function differences({ differingParameters, statistics: { groups } }: Comparison): string {
  const rows = Object.entries(differingParameters)
    .filter(([path]) => path !== 'seed')
    .map(([path, values]) => [path, ...groups.map(({ runs }) => specValueText(values[runs[0]!] as SpecValue | undefined))])
  return rows.length > 0 ? table([say('parameter', '参数'), ...groups.map((_, index) => `#${index + 1}`)], rows) : ''
}

import { type Comparison, type GroupSummary, heldOutOfGroup } from './comparison'
import { heldOutInWords } from './held-out'
import { metricLabel } from './metric'

const special: Record<string, string> = { '&': '\\&', '%': '\\%', $: '\\$', '#': '\\#', _: '\\_', '{': '\\{', '}': '\\}', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}', '\\': '\\textbackslash{}' }
export const escapeLatex = (text: string): string => text.replaceAll(/[&%$#_{}~^\\]/g, (character) => special[character]!)

/** Decimals so that the half width keeps two digits. */
const decimalsFor = (halfWidth: number): number => (halfWidth > 0 ? Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(halfWidth)))) : 4)
function meanText({ mean, interval }: GroupSummary): string {
  if (mean === null) return '--'
  if (!interval) return String(Number(mean.toPrecision(6)))
  const half = (interval.high - interval.low) / 2
  const decimals = decimalsFor(half)
  return `${mean.toFixed(decimals)} \\pm ${half.toFixed(decimals)}`
}
const probability = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3))

const words = {
  en: {
    group: 'Runs', mean: (level: number) => `Mean over seeds $\\pm$ half width of the ${level}\\,\\% interval (Student's $t$); best in bold.`,
    pair: 'Pair', test: 'Test', difference: 'Difference', effect: 'Effect size', p: '$p$ (Holm)',
    tests: (level: number, count: number) => `Differences with ${level}\\,\\% bootstrap intervals (percentile, ${count} resamples); two-sided $p$-values, corrected by Holm over the pairs.`,
    signedRank: 'Wilcoxon signed-rank', welch: "Welch's $t$",
  },
  zh: {
    group: '运行', mean: (level: number) => `各种子的均值 $\\pm$ ${level}\\,\\% 置信区间（Student $t$）半宽；最优者加粗。`,
    pair: '组合', test: '检验', difference: '差值', effect: '效应量', p: '$p$（Holm）',
    tests: (level: number, count: number) => `差值及其 ${level}\\,\\% 自助法区间（百分位数法，重抽样 ${count} 次）；双侧 $p$ 值，对各组合作 Holm 校正。`,
    signedRank: 'Wilcoxon 符号秩检验', welch: 'Welch $t$ 检验',
  },
} as const

/** A booktabs table of means for the given figures, and one of tests for each of them that has any. */
export function comparisonLatex(comparison: Comparison, keys: readonly string[], language: 'en' | 'zh'): string {
  const { statistics } = comparison
  const say = words[language]
  const level = Number((100 * statistics.confidence).toPrecision(6))
  const bestOf = (key: string): number | null => {
    const { better, summaries } = statistics.metrics[key]!
    if (better === 'neither' || summaries.length < 2) return null
    const sign = better === 'higher' ? 1 : -1
    const known = summaries.filter(({ mean }) => mean !== null).sort((left, right) => sign * (right.mean! - left.mean!))
    return known[0]?.group ?? null
  }
  const best = new Map(keys.map((key) => [key, bestOf(key)]))
  const rows = statistics.groups.map(({ label }, index) => {
    const cells = keys.map((key) => {
      const summary = statistics.metrics[key]!.summaries[index]!
      const text = meanText(summary)
      return `${text === '--' ? text : best.get(key) === index ? `$\\mathbf{${text}}$` : `$${text}$`} & ${summary.n}`
    })
    return [escapeLatex(label), ...cells].join(' & ')
  })
  const means = tabular(`l${'rr'.repeat(keys.length)}`, [say.group, ...keys.flatMap((key) => [escapeLatex(metricLabel(key, language)), '$n$'])].join(' & '), rows)
  const tests = keys.flatMap((key) => {
    const tested = statistics.metrics[key]!.comparisons.filter(({ test }) => test !== null)
    if (tested.length === 0) return []
    const lines = tested.map(({ groups: [first, second], test, n, difference, interval, effectSize, adjustedPValue }) => {
      const decimals = decimalsFor((interval!.high - interval!.low) / 2)
      return [
        `${escapeLatex(statistics.groups[first]!.label)} -- ${escapeLatex(statistics.groups[second]!.label)}`,
        test === 'welch-t' ? say.welch : say.signedRank,
        n[0] === n[1] ? String(n[0]) : n.join('/'),
        `$${difference!.toFixed(decimals)}$ $[${interval!.low.toFixed(decimals)}, ${interval!.high.toFixed(decimals)}]$`,
        effectSize?.value === null || !effectSize ? '--' : `$${effectSize.kind === 'cohen-d' ? 'd' : 'r'} = ${effectSize.value.toFixed(2)}$`,
        `$${probability(adjustedPValue!)}$`,
      ].join(' & ')
    })
    const head = [say.pair, say.test, '$n$', say.difference, say.effect, say.p].join(' & ')
    return [`% ${metricLabel(key, language)}: ${say.tests(level, statistics.resamples)}\n${tabular('llrrrr', head, lines)}`]
  })
  const known = keys.flatMap((key) => statistics.groups.flatMap(({ label }, index) => {
    const words = heldOutInWords(heldOutOfGroup(comparison, key, index), language)
    return words === '' ? [] : [`% ${metricLabel(key, language)}, ${label}: ${words}`]
  }))
  return [[`% ${say.mean(level)}`, ...known, means].join('\n'), ...tests].join('\n\n')
}

const tabular = (columns: string, head: string, rows: readonly string[]): string =>
  [`\\begin{tabular}{${columns}}`, '\\toprule', `${head} \\\\`, '\\midrule', ...rows.map((row) => `${row} \\\\`), '\\bottomrule', '\\end{tabular}'].join('\n')

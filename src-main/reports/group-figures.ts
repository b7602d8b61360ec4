import type { Comparison } from '@shared/domain/comparison'
import { differingPaths, parametersOf, specValueText } from '@shared/domain/flat-spec'
import type { Selection, SelectionUnit } from '@shared/domain/selection'
import { type Criterion, gridResult } from '@shared/domain/selection-results'
import { shortPath } from '@shared/domain/trial-axes'
import { envelopeOf } from '@shared/math/envelope'
import type { ReportedRun } from './build'
import { shown, type Curve } from './document'
import type { Drawing } from './figures'
import type { Words } from './words'

/* Figures of several runs together. Null where there is nothing to draw. */

/** Mean of each group of runs over their steps, between the lowest and the highest run. */
export function envelopeFigure(metric: string, runs: readonly ReportedRun[], groups: Comparison['statistics']['groups'], words: Words): Drawing | null {
  const curves = groups.flatMap(({ label, runs: ids }, colour): Curve[] => {
    const mine = runs.filter(({ run, series }) => ids.includes(run.id) && series[metric])
    if (mine.length === 0) return []
    const { step, low, mean, high } = envelopeOf(mine.map(({ series }) => ({ step: Float64Array.from(series[metric]!.step), value: Float64Array.from(series[metric]!.value, (value) => value ?? NaN) })))
    const line = (name: string, value: ArrayLike<number>, dash: number): Curve => ({ label: name, step: Array.from(step), value: Array.from(value), colour, dash })
    return [line(words.meanOf(label, mine.length), mean, 0), ...(mine.length > 1 ? [line('', low, 2), line('', high, 2)] : [])]
  })
  return curves.length > 0 ? { title: metric, xLabel: words.step, yLabel: metric, curves } : null
}

/** An end figure, or a number of the specification, by its name. */
export function columnOf({ run }: Pick<ReportedRun, 'run'>, name: string): number | null {
  const value = run.metrics[name] ?? parametersOf(run)[name]
  return typeof value === 'number' ? value : null
}

/** One point a run. */
export function scatterFigure([x, y]: readonly [string, string], runs: readonly ReportedRun[], groups: Comparison['statistics']['groups']): Drawing | null {
  const points = (ids: readonly string[]): { left: number; right: number }[] =>
    runs.flatMap((one) => {
      const [left, right] = [columnOf(one, x), columnOf(one, y)]
      return ids.includes(one.run.id) && left !== null && right !== null ? [{ left, right }] : []
    })
  const curves = groups.flatMap(({ label, runs: ids }, colour): Curve[] => {
    const mine = points(ids)
    return mine.length > 0 ? [{ label, kind: 'points', step: mine.map(({ left }) => left), value: mine.map(({ right }) => right), colour, dash: Math.floor(colour / 7) }] : []
  })
  return curves.length > 0 ? { title: `${y} · ${x}`, xLabel: x, yLabel: y, curves } : null
}

/** A criterion over the sizes of a grid of models, a line for each structure. */
export function selectionFigure({ name, question }: Selection, units: readonly SelectionUnit[], criterion: Criterion, words: Words): Drawing | null {
  if (question.kind !== 'grid') return null
  const { cells } = gridResult(question, units)
  const structures = [...new Set(cells.map(({ structure }) => structure))]
  const curves = structures.flatMap((structure, index): Curve[] => {
    const mine = cells.filter((cell) => cell.structure === structure && cell[criterion] !== null && !cell.spurious).sort((a, b) => a.components - b.components)
    return mine.length > 0 ? [{ label: structure ?? '', step: mine.map(({ components }) => components), value: mine.map((cell) => cell[criterion]), colour: index, dash: Math.floor(index / 7) }] : []
  })
  return curves.length > 0 ? { title: name, xLabel: words.size, yLabel: words.criteria[criterion], curves } : null
}

/** Every two of some columns, a point a run, a picture each. */
export function scatterMatrixFigures(columns: readonly string[], runs: readonly ReportedRun[], groups: Comparison['statistics']['groups']): Drawing[] {
  return columns.flatMap((y, row) => columns.slice(0, row).flatMap((x) => scatterFigure([x, y], runs, groups) ?? []))
}

/** A line a run over all fields that differ and the figure it ended with; each axis over its own range, fields that are no numbers in their order. */
export function parallelFigure(metric: string, runs: readonly ReportedRun[], groups: Comparison['statistics']['groups'], words: Words): Drawing | null {
  const ended = runs.filter((one) => columnOf(one, metric) !== null)
  const paths = differingPaths(ended.map(({ run }) => parametersOf(run))).filter((path) => path !== 'seed' && path !== 'dataset.sha256')
  if (ended.length < 2 || paths.length === 0) return null
  const axes = [...paths, metric].map((name) => {
    const numbers = ended.map((one) => columnOf(one, name))
    const short = name === metric ? metric : shortPath(name)
    if (numbers.every((value) => value !== null)) {
      const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
      return { name: `${short} (${shown(low)} … ${shown(high)})`, places: numbers.map((value) => (high > low ? (value - low) / (high - low) : 0.5)) }
    }
    const texts = ended.map(({ run }) => specValueText(parametersOf(run)[name]))
    const order = [...new Set(texts)]
    return { name: `${short} (${order.join(', ')})`, places: texts.map((text) => (order.length > 1 ? order.indexOf(text) / (order.length - 1) : 0.5)) }
  })
  const curves = ended.map(({ run }, at): Curve => {
    const group = Math.max(0, groups.findIndex(({ runs: ids }) => ids.includes(run.id)))
    return { label: groups[group]?.label ?? '', step: axes.map(({ places }) => places[at]!), value: axes.map((_, axis) => axis), colour: group, dash: Math.floor(group / 7) }
  })
  return { title: metric, xLabel: words.ownRange, yLabel: words.parameter, curves, names: axes.map(({ name }) => name) }
}

import { type BenchedEstimator, benchedTitle } from '@shared/domain/estimator-bench'
import type { Evidence } from '@shared/domain/evidence'
import type { Gaps } from '@shared/domain/gaps'
import type { Probing } from '@shared/domain/probing'
import type { Selection, SelectionUnit } from '@shared/domain/selection'
import { type Criterion, gridResult, ratioTests } from '@shared/domain/selection-results'
import { shown, type Curve } from './document'
import type { Drawing } from './figures'
import { histogram, upright } from './layers'
import type { Words } from './words'

/* Figures of answers that are kept: of inquiries and of selections. Null where there is nothing to draw. */

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0)

/** Single estimates of one row: of p(x), as a share of the exact value or of their mean, and of log p(x). */
export function estimatesFigures({ scatter }: Evidence, row: number | undefined, title: string, words: Words): Drawing[] | null {
  const found = row === undefined ? scatter[0] : scatter.find((one) => one.row === row)
  if (!found) return null
  const finite = found.logEstimates.filter(Number.isFinite)
  const most = Math.max(...finite)
  const truth = found.exact ?? most + Math.log(mean(found.logEstimates.map((value) => Math.exp(value - most))))
  const one = (values: readonly number[], at: number, xLabel: string): Drawing => {
    const { layer, top } = histogram(values)
    const marks = [upright(found.exact === null ? words.meanOfEstimates : words.exact, at, top, 6), upright(words.averageShown, mean(values), top, 1)]
    return { title: `${title}, ${words.rowNumber(found.row)}`, xLabel, yLabel: words.estimates, curves: [layer, ...marks] }
  }
  return [one(found.logEstimates.map((value) => Math.exp(value - truth)), 1, words.ratioToTruth), one(finite, truth, words.logPx)]
}

/** A logarithmic axis has no 0. */
const least = 1e-6
/** Variance of each estimator with two standard errors to each side; and how far its mean lies from the gradient, beside what chance leaves. */
export function estimatorFigures(all: readonly BenchedEstimator[], title: string, words: Words): Drawing[] | null {
  const drawn = all.filter(({ name }) => name !== 'enumeration')
  if (drawn.length === 0) return null
  const names = drawn.map((one) => `${benchedTitle(one)}${one.biased ? words.biased : ''}`)
  const share = (value: number | null, { exactNorm }: BenchedEstimator): number | null => (value === null || !exactNorm ? null : Math.max(least, value / exactNorm))
  const points = (label: string, colour: number, of: (one: BenchedEstimator) => number | null): Curve => {
    const known = drawn.flatMap((one, at) => (of(one) === null ? [] : [{ step: of(one)!, at }]))
    return { label, kind: 'points', step: known.map(({ step }) => step), value: known.map(({ at }) => at), colour, dash: colour }
  }
  const errors = drawn.flatMap(({ variance, varianceError }, at) => [[Math.max(variance / 10, variance - 2 * varianceError), at], [variance + 2 * varianceError, at], [variance, null]] as const)
  const scatter: Drawing = {
    ...{ title, xLabel: words.variance, yLabel: words.estimator, names, logX: true },
    curves: [{ label: '', step: errors.map(([step]) => step), value: errors.map(([, value]) => value), colour: 0 }, points(words.variance, 0, ({ variance }) => Math.max(least, variance))],
  }
  const distance = points(words.distance, 0, (one) => share(one.distance, one))
  const bias: Drawing = { title, xLabel: words.biasShare, yLabel: words.estimator, names, logX: true, curves: [distance, points(words.chanceAlone, 5, (one) => share(one.chance, one))] }
  return distance.step.length > 0 ? [scatter, bias] : [scatter]
}

export function probeFigure({ representations, measure }: Probing, title: string, words: Words): Drawing | null {
  const curves = representations.flatMap(({ name, curve }, colour): Curve[] => {
    const [step, value] = [curve.map(({ rows }) => rows), curve.map(({ score }) => score)]
    return [{ label: words.representations[name], step, value, colour, dash: colour }, { label: words.representations[name], kind: 'points', step, value, colour, dash: colour }]
  })
  return curves.length > 0 ? { title, xLabel: words.learntFrom, yLabel: measure === 'r2' ? 'R²' : words.accuracy, curves, logX: true } : null
}

/** Part of the gap between bound and log p(x), of every row. */
export function gapFigure({ perRow }: Gaps, part: 'amortization' | 'approximation', title: string, words: Words): Drawing | null {
  if (perRow.length === 0) return null
  const values = perRow.map(({ elbo, refinedElbo, logLikelihood }) => (part === 'amortization' ? refinedElbo - elbo : logLikelihood - refinedElbo))
  const { layer, top } = histogram(values, words.rowsCounted)
  return { title, xLabel: words.gaps[part], yLabel: words.rowsCounted, curves: [layer, upright(`${words.averageShown} ${shown(mean(values))}`, mean(values), top, 1)] }
}

/** Likelihood ratios of draws from the smaller model, and that of the data. */
export function ratioFigure({ question, name }: Selection, units: readonly SelectionUnit[], components: number | undefined, words: Words): Drawing | null {
  if (question.kind !== 'ratio-test') return null
  const tests = ratioTests(question, units)
  const test = components === undefined ? tests[0] : tests.find((one) => one.components === components)
  if (!test || test.simulated.length < 2) return null
  const { layer, top } = histogram(test.simulated, words.drawnRatios)
  const observed = test.statistic === null ? [] : [upright(`${words.observedRatio} ${shown(test.statistic)}`, test.statistic, top, 1)]
  return { title: words.ratioTitle(name, test.components), xLabel: words.ratio, yLabel: words.drawsCounted, curves: [layer, ...observed] }
}

/** Every cell of a grid with its criterion; half the shade is gone at the median distance from the best. */
export function selectionMapFigure({ question, name }: Selection, units: readonly SelectionUnit[], criterion: Criterion, words: Words): Drawing | null {
  if (question.kind !== 'grid') return null
  const { cells, best } = gridResult(question, units)
  const structures = [...new Set(cells.map(({ structure }) => structure))]
  const valued = cells.flatMap((cell) => (cell[criterion] === null ? [] : [{ ...cell, value: cell[criterion] }]))
  if (valued.length === 0) return null
  const top = Math.max(...valued.map(({ value }) => value))
  const distances = valued.map(({ value }) => top - value).sort((a, b) => a - b)
  const half = distances[Math.floor(distances.length / 2)] || 1
  const chosen = best[criterion]
  const isBest = (cell: (typeof valued)[number]): boolean => chosen !== null && cell.components === chosen.components && cell.structure === chosen.structure
  const layer = (label: string, colour: number, mine: typeof valued, shade: (value: number) => number): Curve => {
    const line = mine.map(({ structure }) => structures.indexOf(structure))
    return {
      ...{ label, kind: 'boxes', colour, step: mine.map(({ components }) => components - 0.48), stepTo: mine.map(({ components }) => components + 0.48) },
      ...{ value: line.map((at) => at - 0.46), valueTo: line.map((at) => at + 0.46), shade: mine.map(({ value }) => shade(value)), texts: mine.map(({ value, spurious }) => `${shown(Number(value.toFixed(top - value > 20 ? 0 : 1)))}${spurious ? '*' : ''}`) },
    }
  }
  const drawn = [layer('', 0, valued.filter((cell) => !isBest(cell)), (value) => 0.05 + 0.7 * 2 ** (-(top - value) / half)), layer(words.bestCell, 4, valued.filter(isBest), () => 0.75)]
  return { title: `${name} · ${words.criteria[criterion]}`, xLabel: words.size, yLabel: words.structure, curves: drawn.filter(({ step }) => step.length > 0), names: structures.map((structure) => structure ?? question.spec.model.kind) }
}

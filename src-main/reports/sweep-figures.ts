import { asCost, paretoTrials, type Sweep, type Trial } from '@shared/domain/sweep'
import { axesOf, bestFirst, type ParameterAxis, placeOf, shortPath, trialImportance, valuedTrials } from '@shared/domain/trial-axes'
import type { Curve } from './document'
import type { Drawing } from './figures'
import { bars } from './layers'
import type { Words } from './words'

/* Figures of a sweep, of its plan and its trials alone. Null where there is nothing to draw. */

export function sweepHistoryFigure({ plan, name }: Sweep, trials: readonly Trial[], words: Words): Drawing | null {
  const objective = plan.objective[0]!
  const valued = valuedTrials(trials)
  if (valued.length === 0) return null
  const ofStatus = (status: Trial['status'], label: string, colour: number): Curve[] => {
    const mine = valued.filter((trial) => trial.status === status)
    return mine.length > 0 ? [{ label, kind: 'points', step: mine.map(({ index }) => index), value: mine.map(({ values }) => values[0]!), colour, dash: colour }] : []
  }
  let best: number | null = null
  const completed = valued.filter(({ status }) => status === 'completed')
  const reached = completed.map(({ values }) => (best = best === null || asCost(values[0]!, objective.direction) < asCost(best, objective.direction) ? values[0]! : best))
  const line: Curve = { label: words.bestSoFar, step: completed.map(({ index }) => index), value: reached, colour: 2 }
  return { title: name, xLabel: words.trial, yLabel: objective.metric, curves: [...ofStatus('completed', words.completedTrials, 0), ...ofStatus('pruned', words.prunedTrials, 1), line] }
}

export function sweepImportanceFigure({ plan, name }: Sweep, trials: readonly Trial[], words: Words): Drawing | null {
  const shares = trialImportance(trials, plan)
  return shares && { title: name, xLabel: words.importance, yLabel: words.parameter, curves: [bars(shares.map(({ value }) => value))], names: shares.map(({ path }) => path) }
}

export function sweepSliceFigure({ plan, name }: Sweep, trials: readonly Trial[], parameter: string, words: Words): Drawing | null {
  const axis = axesOf(plan.parameters).find(({ path }) => path === parameter)
  if (!axis || axis.categories) return null
  const points = valuedTrials(trials).flatMap(({ values, parameters, status }) => {
    const place = placeOf(axis, parameters[parameter])
    return place === null ? [] : [{ place, value: values[0]!, status }]
  })
  if (points.length === 0) return null
  const ofStatus = (status: Trial['status'], label: string, colour: number): Curve[] => {
    const mine = points.filter((point) => point.status === status)
    return mine.length > 0 ? [{ label, kind: 'points', step: mine.map(({ place }) => place), value: mine.map(({ value }) => value), colour, dash: colour }] : []
  }
  const curves = [...ofStatus('completed', words.completedTrials, 0), ...ofStatus('pruned', words.prunedTrials, 1)]
  return { title: name, xLabel: parameter, yLabel: plan.objective[0]!.metric, curves, logX: axis.isLog }
}

/** Two objectives against each other; the trials that no other beats in both are joined. */
export function sweepFrontFigure({ plan, name }: Sweep, trials: readonly Trial[], words: Words): Drawing | null {
  const [first, second] = plan.objective
  if (!first || !second) return null
  const completed = valuedTrials(trials).filter(({ status }) => status === 'completed')
  if (completed.length === 0) return null
  const onFront = new Set(paretoTrials(trials, plan).map(({ index }) => index))
  const others = completed.filter(({ index }) => !onFront.has(index))
  const front = completed.filter(({ index }) => onFront.has(index)).sort((a, b) => a.values[0]! - b.values[0]!)
  const at = (all: typeof completed): Pick<Curve, 'step' | 'value'> => ({ step: all.map(({ values }) => values[0]!), value: all.map(({ values }) => values[1]!) })
  const curves: Curve[] = [
    ...(others.length > 0 ? [{ label: words.otherTrials, kind: 'points' as const, ...at(others), colour: 5 }] : []),
    { label: words.onFront, ...at(front), colour: 1 },
    { label: '', kind: 'points', ...at(front), colour: 1 },
  ]
  return { title: name, xLabel: first.metric, yLabel: second.metric, curves }
}

/** When each trial ran, in seconds from the first; one line a trial. */
export function sweepTimelineFigure({ name }: Sweep, trials: readonly Trial[], milliseconds: (iso: string) => number, words: Words): Drawing | null {
  const over = trials.filter(({ endedAt }) => endedAt !== null)
  if (over.length === 0) return null
  const start = over.reduce((least, { startedAt }) => Math.min(least, milliseconds(startedAt)), Infinity)
  const seconds = (time: string): number => (milliseconds(time) - start) / 1000
  const kinds = [['completed', words.completedTrials, 0], ['pruned', words.prunedTrials, 1], ['failed', words.failedTrials, 3], ['cancelled', words.cancelledTrials, 6]] as const
  const curves = kinds.flatMap(([status, label, colour]): Curve[] => {
    const mine = over.filter((trial) => trial.status === status)
    const [step, value] = [mine.flatMap(({ startedAt, endedAt }) => [seconds(startedAt), seconds(endedAt!), seconds(endedAt!)]), mine.flatMap(({ index }) => [index, index, null])]
    return mine.length > 0 ? [{ label, step, value, colour, dash: 0 }] : []
  })
  return curves.length > 0 ? { title: name, xLabel: words.seconds, yLabel: words.trial, curves } : null
}

/** Value by two parameters: trials in fifths, from the best to the worst. */
export function sweepContourFigure({ plan, name }: Sweep, trials: readonly Trial[], [x, y]: readonly [string, string], words: Words): Drawing | null {
  const axes = axesOf(plan.parameters)
  const [across, up] = [x, y].map((path) => axes.find((axis) => axis.path === path && !axis.categories))
  if (!across || !up) return null
  const ranked = bestFirst(valuedTrials(trials).filter(({ status }) => status === 'completed'), plan)
  const placed = ranked.flatMap(({ parameters, values }, rank) => {
    const [left, right] = [placeOf(across, parameters[x]), placeOf(up, parameters[y])]
    return left === null || right === null ? [] : [{ left, right, value: values[0]!, fifth: Math.floor((5 * rank) / ranked.length) }]
  })
  if (placed.length === 0) return null
  const curves = [0, 1, 2, 3, 4].flatMap((fifth): Curve[] => {
    const mine = placed.filter((one) => one.fifth === fifth)
    if (mine.length === 0) return []
    const range = [Math.min(...mine.map(({ value }) => value)), Math.max(...mine.map(({ value }) => value))].map((value) => String(Number(value.toPrecision(4))))
    return [{ label: `${words.fifth(fifth + 1)} (${range.join(' … ')})`, kind: 'points', step: mine.map(({ left }) => left), value: mine.map(({ right }) => right), colour: [1, 4, 2, 5, 0][fifth]!, dash: fifth }]
  })
  return { title: name, xLabel: x, yLabel: y, curves, logX: across.isLog, logY: up.isLog }
}

/** Trials that parallel coordinates draw; the best of them where there are more. */
const mostParallel = 300

/** Parameters and value from top to bottom, each from its least to its greatest; the best fifth of the trials before the others. */
export function sweepParallelFigure({ plan, name }: Sweep, trials: readonly Trial[], words: Words): Drawing | null {
  const ranked = bestFirst(valuedTrials(trials).filter(({ status }) => status === 'completed'), plan)
  const drawn = ranked.slice(0, mostParallel)
  if (drawn.length < 2) return null
  const value: ParameterAxis = { path: plan.objective[0]!.metric, isLog: false, categories: null }
  const axes = [...axesOf(plan.parameters), value].flatMap((axis) => {
    const places = drawn.map(({ parameters, values }) => (axis === value ? values[0]! : placeOf(axis, parameters[axis.path])))
    const there = places.filter((place) => place !== null)
    if (there.length === 0) return []
    const scaled = (place: number): number => (axis.isLog ? Math.log(place) : place)
    const [low, high] = [Math.min(...there), Math.max(...there)]
    const tell = (place: number): string => axis.categories?.[place] ?? String(Number(place.toPrecision(3)))
    const share = (place: number | null): number | null => (place === null ? null : high === low ? 0.5 : (scaled(place) - scaled(low)) / (scaled(high) - scaled(low)))
    return [{ name: `${axis === value ? axis.path : shortPath(axis.path)} (${tell(low)} … ${tell(high)})`, shares: places.map(share) }]
  })
  // the best last, on top of the others
  const lines = (from: number, to: number): Pick<Curve, 'step' | 'value'> => {
    const step: number[] = []
    const at: (number | null)[] = []
    for (let trial = from; trial < to; trial += 1) {
      axes.forEach(({ shares }, index) => {
        step.push(shares[trial] ?? 0)
        at.push(shares[trial] === null ? null : index)
      })
      step.push(0)
      at.push(null)
    }
    return { step, value: at }
  }
  const best = Math.max(1, Math.round(drawn.length / 5))
  return {
    ...{ title: `${name}; ${words.bestOfTrials(drawn.length, ranked.length)}`, xLabel: words.ownRange, yLabel: words.parameter, names: axes.map((axis) => axis.name) },
    curves: [{ label: words.otherTrials, ...lines(best, drawn.length), colour: 5, dash: 0 }, { label: words.bestFifth, ...lines(0, best), colour: 1, dash: 0 }],
  }
}

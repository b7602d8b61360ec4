import type { Evidence } from '@shared/domain/evidence'
import type { EmFrame, ModelData, SeriesByKey, StateSequences } from '@shared/domain/run'
import { covarianceEllipse } from '@shared/math/covariance-ellipse'
import type { Curve, Figure } from './document'
import type { Words } from './words'

/* Figures from what is stored: each is a function of numbers alone. Null where there is nothing to draw. */

export type Drawing = Omit<Figure, 'name'>

export interface NamedSeries {
  label: string
  series: SeriesByKey
}

export function metricFigure(keys: readonly string[], runs: readonly NamedSeries[], over: string | undefined, words: Words): Drawing | null {
  const nameOf = (label: string, key: string): string => (keys.length === 1 ? label : runs.length === 1 ? key : `${label} · ${key}`)
  const curves = runs.flatMap(({ label, series }) =>
    keys.flatMap((key): Curve[] => {
      const drawn = series[key]
      const across = over === undefined ? drawn?.step : series[over]?.value.flatMap((value) => value ?? [])
      return drawn && across ? [{ label: nameOf(label, key), step: across.slice(0, drawn.step.length), value: drawn.value.slice(0, across.length) }] : []
    }),
  )
  return curves.length > 0 ? { title: keys.join(', '), xLabel: over ?? words.step, yLabel: keys[0]!, curves } : null
}

/** log p and its lower bound over the iterations: the picture of EM. */
export function boundFigure(series: SeriesByKey, title: string, words: Words): Drawing | null {
  const lines = [
    ['train/logLikelihood', words.logLikelihood],
    ['train/lowerBound', words.lowerBound],
  ] as const
  const curves = lines.flatMap(([key, label], index): Curve[] => (series[key] ? [{ label, ...series[key], colour: index, dash: index }] : []))
  return curves.length > 0 ? { title, xLabel: words.iteration, yLabel: words.nats, curves } : null
}

export function restartFigure(restarts: readonly { index: number; trace: readonly (number | null)[]; chosen: boolean }[], title: string, words: Words): Drawing | null {
  if (restarts.length === 0) return null
  const curves = restarts.map(({ trace, chosen }): Curve => ({
    label: chosen ? words.chosen : words.others,
    step: trace.map((_, index) => index),
    value: [...trace],
    colour: chosen ? 1 : 5,
  }))
  // the chosen one on top of the others
  return { title, xLabel: words.iteration, yLabel: words.logLikelihood, curves: curves.sort((left, right) => right.colour! - left.colour!) }
}

/** Rows coloured by their most responsible component, with the means and ellipses of one and two standard deviations. */
export function mixtureFigure(frame: EmFrame, data: ModelData, [x, y]: readonly [number, number], words: Words): Drawing | null {
  const [width, count] = [data.featureNames.length, frame.weights.length]
  const [xName, yName] = [data.featureNames[x], data.featureNames[y]]
  if (xName === undefined || yName === undefined || frame.means.length !== count || frame.covariances.length !== count) return null
  const rows = data.rowIndex.length
  const owner = Array.from({ length: rows }, (_, row) => {
    const shares = frame.responsibilities.subarray(row * count, (row + 1) * count)
    return shares.reduce((best, share, k) => (share > shares[best]! ? k : best), 0)
  })
  const curves: Curve[] = frame.weights.flatMap((weight, k): Curve[] => {
    const mine = owner.flatMap((best, row) => (best === k ? [row] : []))
    const at = (feature: number): number[] => mine.map((row) => data.features[row * width + feature]!)
    const label = words.component(k + 1, weight)
    const mean = frame.means[k]!
    const covariance = frame.covariances[k]!
    const pair = [
      [covariance[x]![x]!, covariance[x]![y]!],
      [covariance[y]![x]!, covariance[y]![y]!],
    ] as const
    const ellipses = [1, 2].map((radius): Curve => {
      const points = covarianceEllipse([mean[x]!, mean[y]!], pair, radius)
      return { label: '', step: points.map(([one]) => one), value: points.map(([, other]) => other), colour: k, dash: radius - 1 }
    })
    return [{ label, kind: 'points', step: at(x), value: at(y), colour: k }, ...ellipses]
  })
  return { title: words.afterIteration(frame.iteration, frame.iterations), xLabel: xName, yLabel: yName, curves }
}

export function evidenceFigure(answers: readonly { label: string; evidence: Evidence }[], title: string, words: Words): Drawing | null {
  const curves = answers.flatMap(({ label, evidence: { curve, exact } }, index): Curve[] => {
    const drawn = curve && curve.samples.length > 1 ? [{ label, step: curve.samples, value: curve.logLikelihood, colour: index }] : []
    const [first, last] = [curve?.samples[0], curve?.samples.at(-1)]
    const known = exact !== null && first !== undefined && last !== undefined ? [{ label: `${label} · ${words.exact}`, step: [first, last], value: [exact, exact], colour: index, dash: 1 }] : []
    return [...drawn, ...known]
  })
  return curves.length > 0 ? { title, xLabel: words.samples, yLabel: words.logPx, curves, logX: true } : null
}

export function statesFigure(states: StateSequences, feature: number, title: string, words: Words): Drawing | null {
  const width = states.featureNames.length
  const name = states.featureNames[feature]
  if (name === undefined) return null
  const rows = states.path.length
  const values = Array.from({ length: rows }, (_, row) => states.observations[row * width + feature]!)
  const whole: Curve = { label: '', step: values.map((_, row) => row), value: values, colour: 5 }
  const parts = Array.from({ length: states.states }, (_, k): Curve => {
    const mine = Array.from(states.path).flatMap((state, row) => (state === k ? [row] : []))
    return { label: words.state(k + 1), kind: 'points', step: mine, value: mine.map((row) => values[row]!), colour: k }
  })
  return { title, xLabel: words.time, yLabel: name, curves: [whole, ...parts] }
}

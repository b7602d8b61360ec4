import type { ConditionalPicture } from '@shared/domain/conditional'
import type { BoundCurve, Imputation, Propagation } from '@shared/domain/inside'
import type { MergeTreeAnswer } from '@shared/domain/merging'
import type { EmFrame, ModelData, Pictures } from '@shared/domain/run'
import { countCurves, mixtureCurves } from '@shared/math/mixture-density'
import type { Curve } from './document'
import type { Drawing } from './figures'
import { bars, edgesAround, edgesOver, patches, pointGroups } from './layers'
import type { Words } from './words'

/* Figures of what looking inside a fitted run answers. Null where there is nothing to draw. */

const columnOf = ({ features, featureNames: { length } }: ModelData, feature: number): number[] => Array.from({ length: features.length / length }, (_, row) => features[row * length + feature]!)

/** A mixture of one feature: the densities of its components over the rows. */
export function densityFigure(frame: EmFrame, data: ModelData, counts: boolean, words: Words): Drawing | null {
  const [name] = data.featureNames
  if (name === undefined || data.featureNames.length !== 1 || frame.means.length !== frame.weights.length) return null
  const edges = edgesOver(data.features, 1)
  const means = frame.means.map((mean) => mean[0]!)
  const { xs, components, mixture } = counts
    ? countCurves({ weights: frame.weights, rates: means }, edges[0]!, edges[1]!)
    : mixtureCurves({ weights: frame.weights, means, variances: frame.covariances.map((covariance) => covariance[0]![0]!) }, edges[0]!, edges[1]!)
  const line = (label: string, value: Float64Array, colour: number, dash: number): Curve => ({ label, step: Array.from(xs), value: Array.from(value), colour, dash })
  const rows: Curve = { label: words.allRows, kind: 'points', step: Array.from(data.features), value: Array.from(data.features, () => 0), colour: 6, dash: 3 }
  const curves = [line(words.mixtureDensity, mixture, 6, 0), ...components.map((own, k) => line(words.component(k + 1, frame.weights[k]!), own, k, 1)), rows]
  return { title: words.afterIteration(frame.iteration, frame.iterations), xLabel: name, yLabel: counts ? words.probability : words.density, curves }
}

export function mergingFigure({ entropies, elbow }: MergeTreeAnswer, title: string, words: Words): Drawing {
  const step = entropies.map((_, at) => at + 1)
  const chosen: Curve[] = elbow === null ? [] : [{ label: words.elbow(elbow), kind: 'points', step: [elbow], value: [entropies[elbow - 1]!], colour: 1 }]
  return { title, xLabel: words.clusters, yLabel: words.entropy, curves: [{ label: words.entropy, step, value: entropies, colour: 0 }, ...chosen] }
}

/** log p and its bound along a line of the parameters. What lies far under the top is cut off, as on the screen. */
export function directionFigure(curve: BoundCurve, title: string, axis: string, words: Words): Drawing {
  const { at, logLikelihood, bound, here, touch, best, boundAtBest, logLikelihoodAtBest } = curve
  const known = bound.filter((value) => value !== null)
  const top = Math.max(...logLikelihood.filter((value) => value !== null))
  const room = Math.max(logLikelihoodAtBest - touch, 0.25 * (top - Math.min(...known)))
  const floor = Math.min(touch, boundAtBest) - 3 * room
  const line = (label: string, value: readonly (number | null)[], colour: number): Curve => ({ label, step: at, value: value.map((one) => (one !== null && one < floor ? null : one)), colour, dash: colour === 6 ? 0 : 1 })
  const point = (label: string, step: number, value: number, colour: number): Curve => ({ label, kind: 'points', step: [step], value: [value], colour })
  return {
    ...{ title, xLabel: axis, yLabel: words.nats },
    curves: [
      line(words.logLikelihood, logLikelihood, 6),
      line(words.lowerBound, bound, 0),
      { label: words.klGap, step: [best, best], value: [boundAtBest, logLikelihoodAtBest], colour: 1, dash: 2 },
      point(words.here, here, touch, 6),
      point(words.boundBest, best, boundAtBest, 0),
    ],
  }
}

const cells = 64
const shades = 5
/** Rows over the class that each place of the plane would be decided for; deeper where it is surer. */
export function decisionFigure(data: ModelData, classes: readonly string[], [x, y]: readonly [number, number], sharesAt: (point: readonly [number, number]) => readonly number[], title: string): Drawing | null {
  const [xName, yName] = [data.featureNames[x], data.featureNames[y]]
  if (xName === undefined || yName === undefined) return null
  const [xs, ys] = [columnOf(data, x), columnOf(data, y)]
  const [across, up] = [edgesOver(xs, cells), edgesOver(ys, cells)]
  const middle = (edges: readonly number[], at: number): number => (edges[at]! + edges[at + 1]!) / 2
  const doubt = 1 / Math.max(2, classes.length)
  const regions = patches(
    across,
    up,
    (column, line) => {
      const shares = sharesAt([middle(across, column), middle(up, line)])
      const share = Math.max(...shares)
      const certainty = Math.max(0, (share - doubt) / (1 - doubt))
      return { layer: shares.indexOf(share), shade: 0.06 + (0.24 * Math.round(certainty * shades)) / shades }
    },
    classes.map((_, colour) => ({ label: '', colour })),
  )
  return { title, xLabel: xName, yLabel: yName, curves: [...regions, ...pointGroups(xs, ys, (row) => data.labels?.[row] ?? -1, classes)] }
}

/** p(target | given), and p(target) where something is given. */
export function conditionalFigure({ axes, target, columns, density, marginal }: ConditionalPicture, isGiven: boolean, title: string, words: Words): Drawing | null {
  const [first, second] = target
  const [across, up] = axes
  if (first === undefined || !across) return null
  if (second !== undefined && up) {
    const most = density.reduce((top, value) => Math.max(top, value), 0)
    const shadeAt = (column: number, line: number): number => (most > 0 ? Math.round((10 * density[column * up.length + line]!) / most) / 10 : 0)
    const plane = patches(edgesAround(across), edgesAround(up), (column, line) => ({ layer: 0, shade: 0.9 * shadeAt(column, line) }), [{ label: '', colour: 0 }])
    return { title, xLabel: first, yLabel: second, curves: plane }
  }
  const column = columns.find(({ name }) => name === first)
  if (column && column.family !== 'real') {
    const names = column.categories ?? across.map(String)
    return { title, xLabel: words.probability, yLabel: first, curves: [bars(Array.from(density))], names }
  }
  const line = (label: string, value: Float64Array, index: number): Curve => ({ label, step: across, value: Array.from(value), colour: index, dash: index })
  return { title, xLabel: first, yLabel: words.density, curves: [line(isGiven ? words.given : words.density, density, 0), ...(isGiven ? [line(words.notGiven, marginal, 1)] : [])] }
}

/** Complete rows, and those with an entry that was filled in, with a standard deviation to each side. */
export function fillingFigure({ featureNames, values, deviations, complete, rowIndex }: Imputation, [x, y]: readonly [number, number], title: string, words: Words): Drawing | null {
  const [xName, yName] = [featureNames[x], featureNames[y]]
  if (xName === undefined || yName === undefined) return null
  const width = featureNames.length
  const rows = Array.from(rowIndex.keys())
  const isGap = (row: number): boolean => !Number.isNaN(deviations[row * width + x]!) || !Number.isNaN(deviations[row * width + y]!)
  const gaps = rows.filter(isGap)
  const whole = Array.from({ length: complete.length / width }, (_, row) => [complete[row * width + x]!, complete[row * width + y]!] as const)
  const others = [...whole, ...rows.filter((row) => !isGap(row)).map((row) => [values[row * width + x]!, values[row * width + y]!] as const)]
  const spread: { step: number[]; value: (number | null)[] } = { step: [], value: [] }
  for (const row of gaps) {
    const [px, py] = [values[row * width + x]!, values[row * width + y]!]
    const [dx, dy] = [deviations[row * width + x]!, deviations[row * width + y]!]
    for (const [to, sideX, sideY] of [[dx, dx, 0], [dy, 0, dy]] as const) {
      if (!(to > 0)) continue
      spread.step.push(px - sideX, px + sideX, px)
      spread.value.push(py - sideY, py + sideY, null)
    }
  }
  return {
    ...{ title, xLabel: xName, yLabel: yName },
    curves: [
      { label: words.completeRows, kind: 'points', step: others.map(([one]) => one), value: others.map(([, one]) => one), colour: 5 },
      { label: '', ...spread, colour: 1 },
      { label: words.filledIn, kind: 'points', step: gaps.map((row) => values[row * width + x]!), value: gaps.map((row) => values[row * width + y]!), colour: 1, dash: 3 },
    ],
  }
}

export function posteriorFigure({ marginals }: Propagation, coordinate: number, title: string, words: Words): Drawing | null {
  const marginal = marginals[coordinate]
  if (!marginal) return null
  const line = (label: string, value: Float64Array, colour: number, dash: number): Curve => ({ label, step: Array.from(marginal.at), value: Array.from(value), colour, dash })
  const exact = marginal.exact.length > 0 ? [line(words.exact, marginal.exact, 6, 1)] : []
  return { title, xLabel: marginal.name, yLabel: words.density, curves: [line(words.approximation, marginal.density, 0, 0), ...exact] }
}

/** Sites by a feature of their rows, in fifths of how well row and model agree. */
export function sitesFigure({ rowIndex, precision, agreement }: Propagation, data: ModelData, [x, y]: readonly [number, number | undefined], title: string, words: Words): Drawing | null {
  const [xName, yName] = [data.featureNames[x], y === undefined ? words.precision : data.featureNames[y]]
  if (xName === undefined || yName === undefined || rowIndex.length === 0) return null
  const place = new Map(Array.from(data.rowIndex, (row, at) => [row, at]))
  const feature = (site: number, column: number): number => data.features[(place.get(rowIndex[site]!) ?? 0) * data.featureNames.length + column]!
  const sites = Array.from(rowIndex.keys())
  const part = (site: number): number => Math.min(4, Math.floor(agreement[site]! * 5))
  const labels = [0, 1, 2, 3, 4].map((fifth) => words.agreement(fifth / 5, (fifth + 1) / 5))
  const points = pointGroups(sites.map((site) => feature(site, x)), sites.map((site) => (y === undefined ? precision[site]! : feature(site, y))), part, labels)
  return { title, xLabel: xName, yLabel: yName, curves: points }
}

/** Features of rows as profiles: one marker a value, each stack in its own colour. */
export function profileFigure(names: readonly string[], stacks: readonly { label: string; values: ArrayLike<number> }[], title: string, words: Words): Drawing {
  const curves = stacks.map(({ label, values }, colour): Curve => ({ label, kind: 'points', step: Array.from(values), value: Array.from(values, (_, at) => at % names.length), colour, dash: colour }))
  return { title, xLabel: words.value, yLabel: words.feature, curves, names: [...names] }
}
export const pictureProfile = ({ inputs, reconstructions, samples }: Pictures, names: readonly string[], title: string, words: Words): Drawing =>
  profileFigure(names, [{ label: words.inputs, values: inputs }, { label: words.reconstructions, values: reconstructions }, { label: words.samplesDrawn, values: samples }].filter(({ values }) => values.length > 0), title, words)

import type { LatentSummary } from '@shared/domain/run'
import { covarianceEllipse } from '@shared/math/covariance-ellipse'
import { densityAt, densityGrid, levelsOf } from '../../charts/point-map/density'
import type { MapShape } from '../../charts/point-map/layers'
import { extentOfPoints } from '../../charts/point-map/map-view'
import { type Colour, colourFromHex, scaleColours } from '../../charts/point-map/raster'
import { colourOf } from '../../charts/palette'

export const colourings = ['label', 'component', 'density', 'error', 'none'] as const
export type Colouring = (typeof colourings)[number]

/** What points are painted with, and what tells the colours. */
export interface MapPaint {
  paint: Uint8Array
  palette: Colour[]
  /** Names of colours, or the ends of a scale. */
  names: { name: string; colour: string; at: number }[] | null
  scale: { low: number; high: number } | null
}

const levels = 64
/** After the eight of Okabe & Ito, the muted ones of Paul Tol, so that up to sixteen classes are told apart. */
const more = ['#882255', '#44aa99', '#332288', '#ddcc77', '#999933', '#cc6677', '#117733', '#aa4499']
export const mapColour = (index: number, dark: boolean): string => (index % 16 < 8 ? colourOf(index % 16, dark) : more[(index % 16) - 8]!)
const unlabelled = (dark: boolean): string => (dark ? '#6b737c' : '#a3a8ae')

export function paintOf(
  colouring: Colouring,
  summary: LatentSummary,
  points: { xs: ArrayLike<number>; ys: ArrayLike<number> },
  { errors, dark, hidden, noLabel }: { errors: Float32Array | null; dark: boolean; hidden: ReadonlySet<number>; noLabel: string },
): MapPaint {
  const rows = points.xs.length
  if (colouring === 'density') return onScale(densityAt(densityGrid(points.xs, points.ys, extentOfPoints(points.xs, points.ys)), points.xs, points.ys))
  if (colouring === 'error' && errors) return onScale(errors)
  const groups = colouring === 'label' ? labelsOf(summary, noLabel) : colouring === 'component' ? dominantOf(summary) : null
  if (!groups) return { paint: new Uint8Array(rows), palette: [colourFromHex(colourOf(0, dark))], names: null, scale: null }
  const colours = groups.names.map((_, at) => (at === groups.unknown ? unlabelled(dark) : mapColour(at, dark)))
  return {
    paint: Uint8Array.from({ length: rows }, (_, row) => (hidden.has(groups.of(row)) ? 255 : groups.of(row) % 255)),
    palette: colours.map(colourFromHex),
    names: groups.names.map((name, at) => ({ name, colour: colours[at]!, at })),
    scale: null,
  }
}

function onScale(values: Float32Array): MapPaint {
  const { levels: paint, low, high } = levelsOf(values, levels)
  return { paint, palette: scaleColours(levels), names: null, scale: { low, high } }
}

interface Groups {
  names: string[]
  unknown: number
  of(row: number): number
}

function labelsOf({ labels, classes }: LatentSummary, noLabel: string): Groups | null {
  if (!labels || !classes) return null
  const unknown = labels.some((label) => label < 0) ? classes.length : -1
  return { names: unknown < 0 ? classes : [...classes, noLabel], unknown, of: (row) => (labels[row]! < 0 ? unknown : labels[row]!) }
}

function dominantOf({ components }: LatentSummary): Groups | null {
  if (!components) return null
  const { names, probabilities } = components
  const best = Uint16Array.from({ length: probabilities.length / names.length }, (_, row) => {
    let most = 0
    for (let k = 1; k < names.length; k += 1) if (probabilities[row * names.length + k]! > probabilities[row * names.length + most]!) most = k
    return most
  })
  return { names, unknown: -1, of: (row) => best[row]! }
}

interface Moments {
  mean: [number, number]
  covariance: [[number, number], [number, number]]
}

/** Mean and covariance of points with weights. */
function momentsOf(xs: ArrayLike<number>, ys: ArrayLike<number>, weightOf: (at: number) => number): Moments | null {
  const sums = [0, 0, 0, 0, 0, 0]
  for (let at = 0; at < xs.length; at += 1) {
    const [x, y, weight] = [xs[at]!, ys[at]!, weightOf(at)]
    if (!(weight > 0) || !Number.isFinite(x) || !Number.isFinite(y)) continue
    for (const [place, value] of [1, x, y, x * x, x * y, y * y].entries()) sums[place]! += weight * value
  }
  const [total, sx, sy, sxx, sxy, syy] = sums as [number, number, number, number, number, number]
  if (!(total > 0)) return null
  const [mx, my] = [sx / total, sy / total]
  const cross = sxy / total - mx * my
  return { mean: [mx, my], covariance: [[Math.max(0, sxx / total - mx * mx), cross], [cross, Math.max(0, syy / total - my * my)]] }
}

const ellipse = ({ mean, covariance }: Moments, radius: number): [number, number][] => covarianceEllipse(mean, covariance, radius)

/** Two deviations of each component, of the rows weighted with their probabilities: at a fixed point of EM the component's own. */
export function componentShapes({ components }: LatentSummary, xs: ArrayLike<number>, ys: ArrayLike<number>, dark: boolean): MapShape[] {
  if (!components) return []
  const { names, probabilities } = components
  return names.flatMap((_, k): MapShape[] => {
    const moments = momentsOf(xs, ys, (at) => probabilities[at * names.length + k]!)
    return moments ? [{ points: ellipse(moments, 2), colour: mapColour(k, dark), closed: true, width: 2 }] : []
  })
}

/** One, two and three deviations of the standard normal prior, dashed, and two of the aggregate posterior. */
export function priorShapes(centre: readonly [number, number], xs: ArrayLike<number>, ys: ArrayLike<number>, colours: { prior: string; posterior: string }): MapShape[] {
  const circle = (radius: number): [number, number][] =>
    Array.from({ length: 73 }, (_, at) => [centre[0] + radius * Math.cos((at * Math.PI) / 36), centre[1] + radius * Math.sin((at * Math.PI) / 36)])
  const moments = momentsOf(xs, ys, () => 1)
  return [
    ...[1, 2, 3].map((radius) => ({ points: circle(radius), colour: colours.prior, dash: true, width: 1.3 })),
    ...(moments ? [{ points: ellipse(moments, 2), colour: colours.posterior, closed: true, width: 2 }] : []),
  ]
}

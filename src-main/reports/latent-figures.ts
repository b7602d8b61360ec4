import type { Embedding } from '@shared/domain/embedding'
import { byCarried, mapAxes } from '@shared/domain/map-coordinates'
import type { LatentSummary } from '@shared/domain/run'
import { normalDensity } from '@shared/math/mixture-density'
import { shown, type Curve } from './document'
import type { Drawing } from './figures'
import { bars, fifthsOf, pointGroups } from './layers'
import type { Words } from './words'

/* Figures of the codes of a run. Null where there is nothing to draw. */

export type LatentColour = 'label' | 'component' | 'density' | 'error' | 'none'
export interface LatentPlace {
  by: 'dimensions' | 'pca' | 'umap'
  x: number
  y: number
}

/** Where every row lies; in UMAP rows that were not drawn lie nowhere. */
function places(latents: LatentSummary, { by, x, y }: LatentPlace, embedding: Embedding | null): { xs: Float32Array; ys: Float32Array; names: [string, string] } | null {
  if (by === 'umap') {
    if (!embedding) return null
    const at = new Map(Array.from(latents.rowIndex, (row, place) => [row, place]))
    const empty = (): Float32Array => new Float32Array(latents.rowIndex.length).fill(NaN)
    const [xs, ys] = [empty(), empty()]
    embedding.rows.forEach((row, index) => {
      const place = at.get(row)
      if (place !== undefined) [xs[place], ys[place]] = [embedding.x[index]!, embedding.y[index]!]
    })
    return { xs, ys, names: ['UMAP 1', 'UMAP 2'] }
  }
  const axes = mapAxes(latents)
  const axis = (index: number): { values: Float32Array } | undefined => axes.find(({ id }) => id === `${by === 'pca' ? 'pc' : 'z'}${index}`)
  const [across, up] = [axis(x), axis(y)]
  const name = (index: number): string => (by === 'pca' ? `PCA ${index + 1}` : (latents.axisNames[index] ?? `z[${index}]`))
  return across && up ? { xs: across.values, ys: up.values, names: [name(x), name(y)] } : null
}

/** How many rows lie in the cell of each row. */
function densityAt({ xs, ys }: { xs: Float32Array; ys: Float32Array }): number[] {
  const scale = (values: Float32Array): ((value: number) => number) => {
    const known = values.filter((value) => !Number.isNaN(value))
    const [low, high] = known.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)] as [number, number], [Infinity, -Infinity] as [number, number])
    return (value) => Math.floor((32 * (value - low)) / (high - low || 1))
  }
  const [across, up] = [scale(xs), scale(ys)]
  const cell = (row: number): string => `${across(xs[row]!)} ${up(ys[row]!)}`
  const counts = new Map<string, number>()
  for (let row = 0; row < xs.length; row += 1) counts.set(cell(row), (counts.get(cell(row)) ?? 0) + 1)
  return Array.from(xs, (_, row) => counts.get(cell(row)) ?? 0)
}

export interface LatentAnswers {
  latents: LatentSummary
  embedding: Embedding | null
  errors: Float32Array | null
}
export const usualColour = ({ classes, components, space }: LatentSummary): LatentColour => (space === 'rows' && components ? 'component' : classes ? 'label' : components ? 'component' : 'none')

/** The rows by two coordinates of their codes, coloured by what they are. */
export function latentFigure({ latents, embedding, errors }: LatentAnswers, place: LatentPlace, colour: LatentColour, title: string, words: Words): Drawing | null {
  const found = places(latents, place, embedding)
  if (!found) return null
  const curves = layersOf(latents, found, colour, errors, words)
  return curves.length > 0 ? { title, xLabel: found.names[0], yLabel: found.names[1], curves } : null
}

function layersOf({ labels, classes, components }: LatentSummary, { xs, ys }: { xs: Float32Array; ys: Float32Array }, colour: LatentColour, errors: Float32Array | null, words: Words): Curve[] {
  if (colour === 'label' && classes) return pointGroups(xs, ys, (row) => labels?.[row] ?? -1, classes)
  if (colour === 'component' && components) {
    const { names, probabilities } = components
    const owner = (row: number): number => names.reduce((best, _, k) => (probabilities[row * names.length + k]! > probabilities[row * names.length + best]! ? k : best), 0)
    return pointGroups(xs, ys, owner, names)
  }
  const measured = colour === 'error' ? errors : colour === 'density' ? densityAt({ xs, ys }) : null
  if (!measured) return pointGroups(xs, ys, () => 0, [words.allRows])
  const fifths = fifthsOf(measured)
  const what = colour === 'error' ? words.reconstructionError : words.rowsPerCell
  return pointGroups(xs, ys, fifths.of, fifths.ends.map(([low, high]) => `${what} ${shown(low)} … ${shown(high)}`))
}

export function latentKlFigure({ klPerDimension, axisNames }: LatentSummary, title: string, words: Words): Drawing | null {
  if (!klPerDimension) return null
  const sorted = klPerDimension.map((kl, index) => ({ kl, name: axisNames[index] ?? `z[${index}]` })).sort((left, right) => right.kl - left.kl)
  return { title, xLabel: words.klNats, yLabel: words.dimension, curves: [bars(sorted.map(({ kl }) => kl))], names: sorted.map(({ name }) => name) }
}

const most = 12
const cells = 40
/** How the codes are spread along each dimension, all on one scale; dashed, the standard normal prior. */
export function aggregateFigures(summary: LatentSummary, words: Words): Drawing[] {
  const { latent, latentMeans, standardPrior, axisNames } = summary
  const shownDimensions = byCarried(summary).slice(0, most)
  const values = shownDimensions.map((dimension) => Array.from({ length: latentMeans.length / latent }, (_, row) => latentMeans[row * latent + dimension]!).filter(Number.isFinite))
  const [low, high] = values.flat().reduce(([least, top], value): [number, number] => [Math.min(least, value), Math.max(top, value)], standardPrior ? [-3.5, 3.5] : [Infinity, -Infinity])
  const width = (high - low) / cells || 1
  return shownDimensions.map((dimension, at): Drawing => {
    const counts = new Array<number>(cells).fill(0)
    for (const value of values[at]!) counts[Math.min(cells - 1, Math.floor((value - low) / width))]! += 1
    const heights = counts.map((count) => count / (values[at]!.length * width))
    const edges = counts.map((_, index) => low + index * width)
    const codes: Curve = { label: words.codes, kind: 'boxes', colour: 0, step: edges, stepTo: edges.map((edge) => edge + width), value: heights.map(() => 0), valueTo: heights, shade: heights.map(() => 0.6) }
    const line = Array.from({ length: 61 }, (_, index) => low + (index / 60) * (high - low))
    const prior: Curve[] = standardPrior ? [{ label: words.prior, step: line, value: line.map((one) => normalDensity(one, 0, 1)), colour: 6, dash: 1 }] : []
    return { title: axisNames[dimension]!, xLabel: axisNames[dimension]!, yLabel: words.density, curves: [codes, ...prior] }
  })
}

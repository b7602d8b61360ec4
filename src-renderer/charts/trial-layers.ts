import type { ValuedTrial } from '@shared/domain/trial-axes'
import { chartInk, colourOf } from './palette'

/** A trial and where it stands in a picture; its index is the third number of the point. */
export interface TrialPoint extends Pick<ValuedTrial, 'index' | 'status'> {
  value: [number, number, number, ...number[]]
}

/** Above so many points a layer is drawn as one stroke instead of one element each. */
const manyPoints = 1500
/** One stroke of thousands of triangles takes a browser a second: it measures all of a path again with each corner that closes. */
const prunedShape = (count: number): 'rect' | 'triangle' => (count > manyPoints ? 'rect' : 'triangle')

/** Rows of equal length one after the other: a chart copies lists of lists number by number, and these at once. */
export function flatRows(rows: readonly (readonly number[])[], size: number): Float64Array {
  const flat = new Float64Array(rows.length * size)
  for (const [index, row] of rows.entries()) flat.set(row, index * size)
  return flat
}

/**
 * Trials as layers of points: all of them faintly, and above them again those that stand out and the one that is picked. So another share of
 * the best touches few points, however many trials there are.
 */
export function trialLayers(points: readonly TrialPoint[], { id, top, selected, dark, size = 6, names = {} }: TrialLayerOptions): object[] {
  const ink = chartInk(dark)
  const layer = (name: string, members: readonly TrialPoint[], look: object): object => ({
    ...{ id: `${id} ${name}`, type: 'scatter', dimensions, data: flatRows(members.map(({ value }) => value), dimensions.length), large: members.length > manyPoints, largeThreshold: manyPoints, progressive: 0 },
    ...(names[name] !== undefined && { name: names[name] }),
    ...look,
  })
  const dimensions = ['x', 'y', 'trial', 'value'].slice(0, points[0]?.value.length ?? 3)
  const completed = points.filter(({ status }) => status !== 'pruned')
  const pruned = points.filter(({ status }) => status === 'pruned')
  const colours = [colourOf(0, dark), colourOf(1, dark)]
  const shapes = { completed: 'circle', pruned: prunedShape(pruned.length) }
  const picked = points.filter(({ index }) => index === selected)
  return [
    layer('completed', completed, { symbol: shapes.completed, symbolSize: size, itemStyle: { color: colours[0], opacity: 0.35 }, z: 3 }),
    layer('pruned', pruned, { symbol: shapes.pruned, symbolSize: size, itemStyle: { color: colours[1], opacity: 0.35 }, z: 3 }),
    layer('top', completed.filter(({ index }) => top.has(index)), { symbol: shapes.completed, symbolSize: size + 3, itemStyle: { color: colours[0], opacity: 1 }, z: 4 }),
    layer('selected', picked, {
      ...{ symbol: picked[0]?.status === 'pruned' ? shapes.pruned : shapes.completed, symbolSize: size + 7, z: 5 },
      itemStyle: { color: colours[picked[0]?.status === 'pruned' ? 1 : 0], opacity: 1, borderColor: ink.ink, borderWidth: 1.5 },
    }),
  ]
}

export interface TrialLayerOptions {
  /** Of the picture: with another parameter it is another. */
  id: string
  top: ReadonlySet<number>
  selected: number | null
  dark: boolean
  size?: number
  /** Of layers that a legend names. */
  names?: Record<string, string>
}

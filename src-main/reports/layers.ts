import { type Bin, binned } from '@shared/math/bins'
import type { Curve } from './document'

/* Layers that figures are made of. */

export const bars = (lengths: readonly number[]): Curve => ({ label: '', kind: 'bars', step: [...lengths], value: lengths.map((_, index) => index) })

export const upright = (label: string, at: number, top: number, colour: number): Curve => ({ label, step: [at, at], value: [0, top], colour, dash: 1 })

export function histogram(values: readonly number[], label = '', colour = 0): { layer: Curve; top: number } {
  const bins = binned(values)
  return { layer: binLayer(bins, label, colour), top: Math.max(...bins.map(({ count }) => count)) }
}
export const binLayer = (bins: readonly Bin[], label: string, colour = 0): Curve => ({
  ...{ label, kind: 'boxes', colour, step: bins.map(({ from }) => from), value: bins.map(() => 0) },
  ...{ stepTo: bins.map(({ to }) => to), valueTo: bins.map(({ count }) => count), shade: bins.map(() => 0.7) },
})

export interface Patch {
  layer: number
  shade: number
}
/**
 * A plane in layers of boxes: neighbours in a line that have the same layer and the same shade are one box.
 *
 * @param across, up  edges of the cells, ascending
 */
export function patches(across: readonly number[], up: readonly number[], at: (column: number, line: number) => Patch, layers: readonly { label: string; colour: number }[]): Curve[] {
  const curves = layers.map(({ label, colour }) => ({ label, kind: 'boxes' as const, colour, step: [] as number[], value: [] as number[], stepTo: [] as number[], valueTo: [] as number[], shade: [] as number[] }))
  for (let line = 0; line + 1 < up.length; line += 1) {
    for (let column = 0; column + 1 < across.length; ) {
      const first = at(column, line)
      let end = column + 1
      for (; end + 1 < across.length; end += 1) {
        const next = at(end, line)
        if (next.layer !== first.layer || next.shade !== first.shade) break
      }
      const layer = curves[first.layer]!
      if (first.shade > 0) {
        layer.step.push(across[column]!)
        layer.stepTo.push(across[end]!)
        layer.value.push(up[line]!)
        layer.valueTo.push(up[line + 1]!)
        layer.shade.push(first.shade)
      }
      column = end
    }
  }
  return curves
}

/** `count` cells over the extent of some values, with some room. */
export function edgesOver(values: ArrayLike<number>, count: number): number[] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of Array.from(values)) if (!Number.isNaN(value)) [low, high] = [Math.min(low, value), Math.max(high, value)]
  const room = (high - low || 1) * 0.08
  return Array.from({ length: count + 1 }, (_, at) => low - room + (at / count) * (high - low + 2 * room))
}
/** Edges of cells whose middles are given, ascending, at even distances. */
export function edgesAround(middles: readonly number[]): number[] {
  const half = middles.length > 1 ? (middles[1]! - middles[0]!) / 2 : 0.5
  return [middles[0]! - half, ...middles.map((middle) => middle + half)]
}

/** Points by their group: those of a group have its label, colour and marker. */
export function pointGroups(xs: ArrayLike<number>, ys: ArrayLike<number>, groupOf: (row: number) => number, labels: readonly string[], colourFrom = 0): Curve[] {
  const groups = labels.map((): { step: number[]; value: number[] } => ({ step: [], value: [] }))
  for (let row = 0; row < xs.length; row += 1) {
    const group = groups[groupOf(row)]
    if (!group || Number.isNaN(xs[row]!) || Number.isNaN(ys[row]!)) continue
    group.step.push(xs[row]!)
    group.value.push(ys[row]!)
  }
  return groups.flatMap((points, at): Curve[] => (points.step.length > 0 ? [{ label: labels[at]!, kind: 'points', ...points, colour: colourFrom + at, dash: Math.floor((colourFrom + at) / 7) }] : []))
}

/** The fifth that each value lies in, 0 the lowest. */
export function fifthsOf(values: ArrayLike<number>): { of: (at: number) => number; ends: [number, number][] } {
  const known = Array.from(values).filter(Number.isFinite).sort((a, b) => a - b)
  const cuts = [1, 2, 3, 4].map((part) => known[Math.floor((part * known.length) / 5)] ?? 0)
  const edges = [known[0] ?? 0, ...cuts, known.at(-1) ?? 0]
  return { of: (at) => cuts.filter((cut) => values[at]! >= cut).length, ends: [0, 1, 2, 3, 4].map((part) => [edges[part]!, edges[part + 1]!]) }
}

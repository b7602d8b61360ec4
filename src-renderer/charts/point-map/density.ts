/** How many points lie around each place of a grid over an extent: a histogram, smoothed by a Gaussian of about Scott's width. */
export interface DensityGrid {
  side: number
  x0: number
  x1: number
  y0: number
  y1: number
  /** [side, side], rows from the lowest y. */
  values: Float32Array
}

export function densityGrid(xs: ArrayLike<number>, ys: ArrayLike<number>, extent: { x0: number; x1: number; y0: number; y1: number }, side = 128): DensityGrid {
  const { x0, x1, y0, y1 } = extent
  const counts = new Float32Array(side * side)
  for (let at = 0; at < xs.length; at += 1) {
    const column = Math.floor(((xs[at]! - x0) / (x1 - x0)) * side)
    const row = Math.floor(((ys[at]! - y0) / (y1 - y0)) * side)
    if (column >= 0 && row >= 0 && column < side && row < side) counts[row * side + column]! += 1
  }
  // Scott's rule in two dimensions, n^(−1/6) of a spread that is taken as a sixth of the extent
  const width = Math.max(1, (side / 6) * Math.max(2, xs.length) ** (-1 / 6))
  const kernel = Float32Array.from({ length: 2 * Math.ceil(3 * width) + 1 }, (_, at) => Math.exp(-0.5 * ((at - Math.ceil(3 * width)) / width) ** 2))
  return { ...extent, side, values: blurred(blurred(counts, side, kernel, 1, side), side, kernel, side, 1) }
}

function blurred(values: Float32Array, side: number, kernel: Float32Array, along: number, across: number): Float32Array {
  const reach = kernel.length >> 1
  const sum = kernel.reduce((total, weight) => total + weight, 0)
  const out = new Float32Array(values.length)
  for (let line = 0; line < side; line += 1) {
    for (let at = 0; at < side; at += 1) {
      let value = 0
      for (let step = Math.max(-reach, -at); step <= Math.min(reach, side - 1 - at); step += 1) value += kernel[step + reach]! * values[line * across + (at + step) * along]!
      out[line * across + at * along] = value / sum
    }
  }
  return out
}

/** The density where each point lies. */
export function densityAt({ side, x0, x1, y0, y1, values }: DensityGrid, xs: ArrayLike<number>, ys: ArrayLike<number>): Float32Array {
  const cell = (value: number, low: number, high: number): number => Math.max(0, Math.min(side - 1, Math.floor(((value - low) / (high - low)) * side)))
  return Float32Array.from({ length: xs.length }, (_, at) => values[cell(ys[at]!, y0, y1) * side + cell(xs[at]!, x0, x1)]!)
}

/** Levels 0 … levels − 1 of values between their 2nd and 98th percentile; what is no number gets 255. */
export function levelsOf(values: ArrayLike<number>, levels: number): { levels: Uint8Array; low: number; high: number } {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort()
  const low = sorted[Math.floor(0.02 * (sorted.length - 1))] ?? 0
  const high = sorted[Math.ceil(0.98 * (sorted.length - 1))] ?? 1
  const scale = (levels - 1) / (high - low || 1)
  return {
    levels: Uint8Array.from({ length: values.length }, (_, at) => (Number.isFinite(values[at]!) ? Math.max(0, Math.min(levels - 1, Math.round((values[at]! - low) * scale))) : 255)),
    low,
    high,
  }
}

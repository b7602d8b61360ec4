import { colourOf } from './palette'

/* Histograms as ECharts' custom series, so that bars have the widths of their bins. */

export interface Bin {
  from: number
  to: number
  count: number
}

/** Equal widths; about the square root of the values, at most 40. */
export function binned(values: readonly number[]): Bin[] {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity)
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity)
  const count = Math.max(1, Math.min(40, Math.ceil(Math.sqrt(values.length)) + 2))
  const width = (high - low) / count || 1
  const bins = Array.from({ length: count }, (_, index) => ({ from: low + index * width, to: low + (index + 1) * width, count: 0 }))
  for (const value of values) bins[Math.min(count - 1, Math.floor((value - low) / width))]!.count += 1
  return bins
}

interface Drawing {
  value: (at: number) => number
  coord: (point: number[]) => number[]
}

export const histogramBars = (bins: readonly Bin[], dark: boolean, colour = 0): object => ({
  type: 'custom',
  encode: { x: [0, 1], y: 2 },
  data: bins.map(({ from, to, count }) => [from, to, count]),
  renderItem: (_: unknown, api: Drawing) => {
    const [left = 0, top = 0] = api.coord([api.value(0), api.value(2)])
    const [right = 0, bottom = 0] = api.coord([api.value(1), 0])
    return { type: 'rect', shape: { x: left, y: top, width: Math.max(1, right - left - 1), height: bottom - top }, style: { fill: colourOf(colour, dark), opacity: 0.75 } }
  },
})

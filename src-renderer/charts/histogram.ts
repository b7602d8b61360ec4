import type { Bin } from '@shared/math/bins'
import { colourOf } from './palette'

/* Histograms as ECharts' custom series, so that bars have the widths of their bins. */

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

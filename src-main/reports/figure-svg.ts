import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Figure } from './document'

use([LineChart, GridComponent, LegendComponent, SVGRenderer])

/** Okabe–Ito, told apart without colour by their dashes. */
const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000']
const dashes = ['solid', 'dashed', 'dotted'] as const

/** A figure as SVG, in ECharts' own words, without a window. */
export function figureSvg({ xLabel, yLabel, curves }: Figure, width = 720, height = 360): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  const axis = { type: 'value' as const, scale: true, nameLocation: 'middle' as const, splitLine: { lineStyle: { color: '#e6e6e6' } } }
  chart.setOption({
    animation: false,
    color: colours,
    textStyle: { fontFamily: 'sans-serif' },
    ...(curves.length > 1 ? { legend: { type: 'plain', bottom: 0, textStyle: { fontSize: 11 } } } : {}),
    grid: { left: 84, right: 20, top: 16, bottom: curves.length > 1 ? 64 + 18 * Math.floor(curves.length / 5) : 44 },
    xAxis: { ...axis, name: xLabel, nameGap: 26 },
    yAxis: { ...axis, name: yLabel, nameGap: 66 },
    series: curves.map(({ label, step, value }, index) => ({
      type: 'line' as const,
      name: label,
      showSymbol: step.length === 1,
      lineStyle: { width: 1.6, type: dashes[Math.floor(index / colours.length) % dashes.length]! },
      data: step.map((at, point) => [at, value[point] ?? '-']),
    })),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

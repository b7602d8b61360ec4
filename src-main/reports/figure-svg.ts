import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Curve, Figure } from './document'
import { figureFamily } from './own-letters'
import { withoutStyles } from './safe-svg'

use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, LegendComponent, SVGRenderer])

/** Okabe–Ito, told apart without colour by their dashes. */
export const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000']
export const dashes = ['solid', 'dashed', 'dotted'] as const
const symbols = ['circle', 'rect', 'triangle', 'diamond'] as const

export const colourOf = (curve: Curve, index: number): string => colours[(curve.colour ?? index) % colours.length]!
export const dashOf = (curve: Curve, index: number): number => (curve.dash ?? Math.floor((curve.colour ?? index) / colours.length)) % dashes.length

export interface FigureSize {
  /** CSS pixels, 96 to the inch. */
  width: number
  height: number
}
export const usualSize: FigureSize = { width: 720, height: 360 }

/** Curves of one name have one entry of the legend between them. */
const legendNames = (curves: readonly Curve[]): string[] => [...new Set(curves.map(({ label }) => label).filter((label) => label !== ''))]

const longest = 64
/** In a legend; the numbers beside the figure have the whole name. */
export const shortLabel = (label: string): string => (label.length <= longest ? label : `${label.slice(0, longest / 2 - 1)} … ${label.slice(1 - longest / 2)}`)

/** A colour mixed with white: boxes lie side by side, and what shines through would show their seams. */
export const tint = (hex: string, shade: number): string =>
  `#${[1, 3, 5].map((at) => Math.round(255 - (255 - parseInt(hex.slice(at, at + 2), 16)) * shade).toString(16).padStart(2, '0')).join('')}`

interface PlaneApi {
  value(dimension: number): number
  coord(point: [number, number]): [number, number]
  size(extent: [number, number]): [number, number]
}
/** Rectangles. Of an axis of names places are whole, so that what reaches beyond one is measured. */
const boxes = (curve: Curve, index: number, hasNames: boolean): object => {
  const { label, step, value, stepTo = [], valueTo = [], shade = [], texts = [] } = curve
  const fill = colourOf(curve, index)
  const renderItem = ({ dataIndex }: { dataIndex: number }, api: PlaneApi): object => {
    const [x0, y0, x1, y1] = [0, 1, 2, 3].map((dimension) => api.value(dimension)) as [number, number, number, number]
    const middle = Math.round((y0 + y1) / 2)
    const [left, bottom] = hasNames ? api.coord([x0, middle]) : api.coord([x0, y0])
    const [right, top] = hasNames ? api.coord([x1, middle]) : api.coord([x1, y1])
    const half = hasNames ? (api.size([0, 1])[1] * Math.abs(y1 - y0)) / 2 : 0
    const [upper, lower] = hasNames ? [top - half, bottom + half] : [Math.min(top, bottom), Math.max(top, bottom)]
    const text = texts[dataIndex]
    const words = text ? [{ type: 'text', style: { x: (left + right) / 2, y: (upper + lower) / 2, text, align: 'center', verticalAlign: 'middle', fill: '#222', fontSize: 10, fontFamily: figureFamily } }] : []
    const shape = { x: round(left), y: round(upper), width: round(right - left + overlap), height: round(lower - upper + overlap) }
    return { type: 'group', children: [{ type: 'rect', shape, style: { fill: tint(fill, shade[dataIndex] ?? 0.7) } }, ...words] }
  }
  return { type: 'custom', name: label, color: fill, data: step.map((from, at) => [from, value[at], stepTo[at], valueTo[at]]), encode: { x: [0, 2], y: hasNames ? [] : [1, 3] }, renderItem }
}
/** Pixels, so that no line of background is left between neighbours. */
const overlap = 0.4
const round = (pixels: number): number => Math.round(pixels * 100) / 100

const layer = (curve: Curve, index: number, hasNames: boolean): object => {
  const { label, step, value, kind = 'line' } = curve
  if (kind === 'boxes') return boxes(curve, index, hasNames)
  const color = colourOf(curve, index)
  const data = step.map((at, point) => [at, value[point] ?? '-'])
  if (kind === 'points') {
    const symbolSize = step.length > 400 ? 3 : 5
    return { type: 'scatter', name: label, color, data, symbolSize, symbol: symbols[dashOf(curve, index)], itemStyle: { opacity: step.length > 100 ? 0.6 : 0.9 } }
  }
  if (kind === 'bars') return { type: 'bar', name: label, color, data: step, barMaxWidth: 22 }
  return { type: 'line', name: label, color, data, showSymbol: step.length === 1, lineStyle: { width: 1.6, type: dashes[dashOf(curve, index)]! } }
}

/** Ids of clips and gradients are the page's, not the picture's: each figure has its own. */
export const ownIds = (svg: string, name: string): string => svg.replaceAll(/ id="([^"]*)"/g, ` id="${name}-$1"`).replaceAll(/url\(#([^)]*)\)/g, `url(#${name}-$1)`)

export const sameLegend = ([first, ...others]: readonly Figure[]): boolean => others.every(({ curves }) => legendNames(curves).join('\n') === legendNames(first!.curves).join('\n'))

/**
 * Several figures as pictures of a row of at most three; what has names along an axis stands by itself. Where all have the same legend it comes once,
 * below them, as the last picture.
 */
export function panelSvgs(figures: readonly Figure[], width: number): { across: number; panels: string[]; panel: FigureSize; legend: { svg: string; size: FigureSize } | null } {
  const across = figures.some(({ names }) => names) ? 1 : figures.length > 4 ? 3 : 2
  const panel = { width: Math.floor(width / across), height: Math.round(across === 1 ? width * 0.42 : (width / across) * 0.74) }
  const shared = sameLegend(figures)
  const panels = figures.map((figure) => figureSvg(figure, panel, shared ? [] : legendNames(figure.curves)))
  return { across, panels, panel, legend: shared && legendNames(figures[0]!.curves).length > 1 ? legendSvg(figures[0]!, width) : null }
}

/** Several figures as one picture. */
export function joinedSvg(figures: readonly Figure[], { width, height }: FigureSize): { svg: string; size: FigureSize } {
  const [first] = figures
  if (first && figures.length === 1) return { svg: figureSvg(first, { width, height }), size: { width, height } }
  const { across, panels, panel, legend } = panelSvgs(figures, width)
  const below = panel.height * Math.ceil(figures.length / across)
  const place = (svg: string, at: number, x: number, y: number): string => ownIds(svg, `p${at}`).replace('<svg', `<svg x="${x}" y="${y}"`)
  const placed = panels.map((svg, at) => place(svg, at, (at % across) * panel.width, Math.floor(at / across) * panel.height))
  const size = { width, height: below + (legend?.size.height ?? 0) }
  return { svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">${placed.join('')}${legend ? place(legend.svg, panels.length, 0, below) : ''}</svg>`, size }
}

const legendHeight = (names: readonly string[], width: number): number => 24 + 18 * Math.ceil(names.length / Math.max(1, Math.floor(width / 150)))
function legendSvg(figure: Figure, width: number): { svg: string; size: FigureSize } {
  const names = legendNames(figure.curves)
  const size = { width, height: legendHeight(names, width) }
  const hidden = { show: false }
  const option = { animation: false, textStyle: { fontFamily: figureFamily }, legend: legendOf(names), xAxis: hidden, yAxis: hidden, series: figure.curves.map((curve, index) => layer({ ...curve, step: [], value: [] }, index, false)) }
  return { svg: rendered(option, size), size }
}
const legendOf = (names: readonly string[]): object => ({ type: 'plain', bottom: 0, data: names, itemWidth: 22, textStyle: { fontSize: 11 }, formatter: shortLabel })

function rendered(option: Record<string, unknown>, { width, height }: FigureSize): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption(option)
  const svg = withoutStyles(chart.renderToSVGString())
  chart.dispose()
  return svg
}

/** A figure as SVG, in ECharts' own words, without a window. */
export function figureSvg({ xLabel, yLabel, curves, names, logX, logY, square }: Figure, { width, height }: FigureSize = usualSize, legend = legendNames(curves)): string {
  const below = legend.length > 1 ? legendHeight(legend, width) : 0
  const isNarrow = width < 400
  const left = names ? Math.min(width / 2.5, 24 + 7 * Math.max(...names.map(({ length }) => length))) : isNarrow ? 56 : 84
  const [plotWidth, plotHeight] = [width - left - 20, height - 16 - 44 - below]
  // equal units: the longer way of the two is cut
  const spare = square ? Math.max(0, plotWidth - plotHeight * 1.6) : 0
  const few = { splitNumber: height - below < 220 || isNarrow ? 3 : 5 }
  const axis = { type: 'value', ...few, scale: true, nameLocation: 'middle', axisLine: { show: true, onZero: false }, splitLine: { lineStyle: { color: '#e6e6e6' } }, axisLabel: { fontSize: 11 } }
  const option = {
    animation: false,
    color: colours,
    textStyle: { fontFamily: figureFamily },
    ...(legend.length > 1 ? { legend: legendOf(legend) } : {}),
    grid: { left, right: 20 + spare, top: 16, bottom: 44 + below },
    xAxis: { ...axis, name: xLabel, nameGap: 26, ...(logX ? { type: 'log' } : {}), ...(names ? { scale: false } : {}) },
    yAxis: names ? { type: 'category', data: names, inverse: true, axisTick: { show: false }, axisLabel: { fontSize: 11, width: left - 14, overflow: 'break' } } : { ...axis, name: yLabel, nameGap: isNarrow ? 40 : 66, ...(logY ? { type: 'log' } : {}) },
    series: curves.map((curve, index) => layer(curve, index, names !== undefined)),
  }
  return rendered(option, { width, height })
}

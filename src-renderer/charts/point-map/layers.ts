import { chartInk } from '../palette'
import type { DensityGrid } from './density'
import { type MapView, ticks, toPixel } from './map-view'

/** A line through places of the plane. */
export interface MapShape {
  points: readonly (readonly [number, number])[]
  colour: string
  dash?: boolean
  closed?: boolean
  width?: number
}

/** A named place. */
export interface MapMark {
  x: number
  y: number
  label?: string
  colour?: string
}

interface Background {
  backdrop: { canvas: HTMLCanvasElement; x0: number; x1: number; y0: number; y1: number } | null
  sparse: DensityGrid | null
  dark: boolean
}

/** Below this share of the highest density a place counts as sparse. */
const sparseShare = 0.02

export function paintBackground(context: CanvasRenderingContext2D, view: MapView, { backdrop, sparse, dark }: Background): void {
  const ink = chartInk(dark)
  if (backdrop) {
    const [left, top] = toPixel(view, backdrop.x0, backdrop.y1)
    const [right, bottom] = toPixel(view, backdrop.x1, backdrop.y0)
    context.imageSmoothingEnabled = false
    context.globalAlpha = 0.6
    context.drawImage(backdrop.canvas, left, top, right - left, bottom - top)
    context.globalAlpha = 1
  }
  if (sparse) paintSparse(context, view, sparse, ink.ink)
  context.strokeStyle = ink.line
  context.lineWidth = 1
  context.beginPath()
  for (const x of ticks(view.x0, view.x1, Math.max(2, view.width / 90))) line(context, toPixel(view, x, view.y0), toPixel(view, x, view.y1))
  for (const y of ticks(view.y0, view.y1, Math.max(2, view.height / 70))) line(context, toPixel(view, view.x0, y), toPixel(view, view.x1, y))
  context.stroke()
}

function line(context: CanvasRenderingContext2D, from: readonly [number, number], to: readonly [number, number]): void {
  context.moveTo(Math.round(from[0]) + 0.5, Math.round(from[1]) + 0.5)
  context.lineTo(Math.round(to[0]) + 0.5, Math.round(to[1]) + 0.5)
}

function paintSparse(context: CanvasRenderingContext2D, view: MapView, { side, x0, x1, y0, y1, values }: DensityGrid, ink: string): void {
  const least = sparseShare * values.reduce((most, value) => Math.max(most, value), 0)
  const small = document.createElement('canvas')
  ;[small.width, small.height] = [side, side]
  const shade = small.getContext('2d')!
  shade.fillStyle = ink
  values.forEach((value, at) => {
    if (value < least) shade.fillRect(at % side, side - 1 - Math.floor(at / side), 1, 1)
  })
  const [left, top] = toPixel(view, x0, y1)
  const [right, bottom] = toPixel(view, x1, y0)
  context.imageSmoothingEnabled = true
  context.globalAlpha = 0.11
  context.drawImage(small, left, top, right - left, bottom - top)
  context.globalAlpha = 1
}

export function paintShapes(context: CanvasRenderingContext2D, view: MapView, shapes: readonly MapShape[]): void {
  for (const { points, colour, dash = false, closed = false, width = 1.6 } of shapes) {
    context.strokeStyle = colour
    context.lineWidth = width
    context.setLineDash(dash ? [5, 4] : [])
    context.beginPath()
    points.forEach(([x, y], at) => context[at === 0 ? 'moveTo' : 'lineTo'](...toPixel(view, x, y)))
    if (closed) context.closePath()
    context.stroke()
  }
  context.setLineDash([])
}

export function paintMarks(context: CanvasRenderingContext2D, view: MapView, marks: readonly MapMark[], dark: boolean): void {
  const ink = chartInk(dark)
  context.font = '600 12px system-ui, sans-serif'
  for (const { x, y, label, colour = ink.ink } of marks) {
    const [px, py] = toPixel(view, x, y)
    context.strokeStyle = ink.surface
    context.lineWidth = 5
    ring(context, px, py)
    context.strokeStyle = colour
    context.lineWidth = 2.2
    ring(context, px, py)
    if (!label) continue
    context.lineWidth = 3
    context.strokeStyle = ink.surface
    context.strokeText(label, px + 9, py - 7)
    context.fillStyle = colour
    context.fillText(label, px + 9, py - 7)
  }
}

function ring(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath()
  context.arc(x, y, 6.5, 0, 2 * Math.PI)
  context.stroke()
}

/** What stretch of the plane is seen, and on how many pixels; y points up. */
export interface MapView {
  x0: number
  x1: number
  y0: number
  y1: number
  width: number
  height: number
}

type Extent = Pick<MapView, 'x0' | 'x1' | 'y0' | 'y1'>

/** All finite points with a little room around them. */
export function extentOfPoints(xs: ArrayLike<number>, ys: ArrayLike<number>): Extent {
  const [x0, x1] = stretched(xs)
  const [y0, y1] = stretched(ys)
  return { x0, x1, y0, y1 }
}

function stretched(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]!
    if (value < low) low = value
    if (value > high) high = value
  }
  if (!(low <= high)) return [-1, 1]
  const room = (high - low || 1) * 0.04
  return [low - room, high + room]
}

export const toPixel = ({ x0, x1, y0, y1, width, height }: MapView, x: number, y: number): [number, number] => [
  ((x - x0) / (x1 - x0)) * width,
  ((y1 - y) / (y1 - y0)) * height,
]
export const fromPixel = ({ x0, x1, y0, y1, width, height }: MapView, px: number, py: number): [number, number] => [
  x0 + (px / width) * (x1 - x0),
  y1 - (py / height) * (y1 - y0),
]

/** Closer by a factor around a pixel, whose place stands still. */
export function zoomed(view: MapView, factor: number, px: number, py: number): MapView {
  const [x, y] = fromPixel(view, px, py)
  const near = (value: number, centre: number): number => centre + (value - centre) / factor
  return { ...view, x0: near(view.x0, x), x1: near(view.x1, x), y0: near(view.y0, y), y1: near(view.y1, y) }
}

export function panned(view: MapView, dx: number, dy: number): MapView {
  const x = (dx / view.width) * (view.x1 - view.x0)
  const y = (dy / view.height) * (view.y1 - view.y0)
  return { ...view, x0: view.x0 - x, x1: view.x1 - x, y0: view.y0 + y, y1: view.y1 + y }
}

/** Round numbers between two ends, about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count
  if (!(rough > 0) || !Number.isFinite(rough)) return []
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, at) => Number(((first + at) * step).toPrecision(12)))
}

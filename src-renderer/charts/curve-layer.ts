/*
 * Hundreds of curves as one picture. A chart library keeps objects for every point of every series; here they stay typed arrays, and a curve is
 * traced once per pixel column: where it enters and leaves it, and its lowest and highest in between, so that nothing that would be seen is lost.
 */

export interface LayerLine {
  x: Float64Array
  /** NaN where there is a gap. */
  y: Float64Array
  colour: string
  /** In pixels of the screen; up to 1 is drawn many times as fast as more. */
  width: number
  opacity: number
  dash: readonly number[]
}
export interface LayerBand {
  x: Float64Array
  low: Float64Array
  high: Float64Array
  colour: readonly [red: number, green: number, blue: number]
  opacity: number
}
/** A rectangle of so many pixels and the stretch of the plane that it shows. */
export interface LayerView {
  width: number
  height: number
  left: number
  right: number
  bottom: number
  top: number
}
export interface CurveLayer {
  lines: readonly LayerLine[]
  bands: readonly LayerBand[]
}
type Pen = Pick<CanvasRenderingContext2D, 'moveTo' | 'lineTo'>

/** Indices [from, to) of the points in sight, with the one before and the one after. */
export function inSight(x: Float64Array, left: number, right: number): [from: number, to: number] {
  const firstAtLeast = (wanted: number): number => {
    let [low, high] = [0, x.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (x[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
  return [Math.max(0, firstAtLeast(left) - 1), Math.min(x.length, firstAtLeast(right) + 1)]
}

/** The points of one pixel column: where a curve enters and leaves it, and its extremes. */
class Column {
  #at = Number.NaN
  #first = 0
  #last = 0
  #low = 0
  #high = 0
  #begun = false
  constructor(readonly pen: Pen) {}
  add(column: number, y: number): void {
    if (column === this.#at) {
      this.#last = y
      if (y < this.#low) this.#low = y
      if (y > this.#high) this.#high = y
      return
    }
    this.flush()
    this.#at = column
    this.#first = this.#last = this.#low = this.#high = y
  }
  flush(): void {
    if (Number.isNaN(this.#at)) return
    const x = this.#at / columnsPerPixel
    if (this.#begun) this.pen.lineTo(x, this.#first)
    else this.pen.moveTo(x, this.#first)
    this.#begun = true
    if (this.#low < this.#first && this.#low < this.#last) this.pen.lineTo(x, this.#low)
    if (this.#high > this.#first && this.#high > this.#last) this.pen.lineTo(x, this.#high)
    if (this.#last !== this.#first) this.pen.lineTo(x, this.#last)
    this.#at = Number.NaN
  }
  gap(): void {
    this.flush()
    this.#begun = false
  }
}
/** Finer than a pixel, so that sparse points stand where they are. */
const columnsPerPixel = 2

export function trace({ x, y }: Pick<LayerLine, 'x' | 'y'>, view: LayerView, pen: Pen): void {
  const across = (view.width * columnsPerPixel) / (view.right - view.left || 1)
  const up = view.height / (view.top - view.bottom || 1)
  const [from, to] = inSight(x, view.left, view.right)
  const column = new Column(pen)
  for (let index = from; index < to; index += 1) {
    const value = y[index]!
    if (Number.isNaN(value)) column.gap()
    else column.add(Math.round((x[index]! - view.left) * across), (view.top - value) * up)
  }
  column.flush()
}

/**
 * Bands over one another, as RGBA of [height, width] pixels. A canvas takes milliseconds for each polygon of a thousand corners; a band is
 * nothing but a stretch of rows in every pixel column.
 */
export function bandPixels(bands: readonly LayerBand[], view: LayerView): Uint8ClampedArray<ArrayBuffer> {
  const { width, height } = view
  const sum = new Float32Array(width * height * 4)
  const across = (view.right - view.left) / width
  const up = height / (view.top - view.bottom || 1)
  for (const { x, low, high, colour, opacity } of bands) {
    const rest = 1 - opacity
    const [red, green, blue] = colour.map((channel) => channel * opacity) as [number, number, number]
    let index = 0
    for (let column = 0; column < width; column += 1) {
      const place = view.left + (column + 0.5) * across
      if (place < x[0]! || place > x.at(-1)!) continue
      while (index + 2 < x.length && x[index + 1]! < place) index += 1
      const part = x.length === 1 ? 0 : (place - x[index]!) / (x[index + 1]! - x[index]! || 1)
      const between = (values: Float64Array): number => (x.length === 1 ? values[0]! : values[index]! + part * (values[index + 1]! - values[index]!))
      const first = Math.max(0, Math.round((view.top - between(high)) * up))
      const last = Math.min(height - 1, Math.round((view.top - between(low)) * up))
      for (let row = first; row <= last; row += 1) {
        const at = (row * width + column) * 4
        sum[at] = sum[at]! * rest + red
        sum[at + 1] = sum[at + 1]! * rest + green
        sum[at + 2] = sum[at + 2]! * rest + blue
        sum[at + 3] = sum[at + 3]! * rest + opacity
      }
    }
  }
  const pixels = new Uint8ClampedArray(sum.length)
  for (let at = 0; at < sum.length; at += 4) {
    const opacity = sum[at + 3]!
    if (opacity === 0) continue
    for (let channel = 0; channel < 3; channel += 1) pixels[at + channel] = sum[at + channel]! / opacity
    pixels[at + 3] = opacity * 255
  }
  return pixels
}

/** Paints all of them over the whole canvas, which gets the size of the view times `ratio`. */
export function paintCurves(canvas: HTMLCanvasElement, { lines, bands }: CurveLayer, view: LayerView, ratio: number): void {
  ;[canvas.width, canvas.height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)]
  const context = canvas.getContext('2d')!
  if (bands.length > 0) {
    const whole = { ...view, width: canvas.width, height: canvas.height }
    context.putImageData(new ImageData(bandPixels(bands, whole), whole.width, whole.height), 0, 0)
  }
  context.scale(ratio, ratio)
  context.lineJoin = 'round'
  for (const line of lines) {
    context.strokeStyle = line.colour
    context.globalAlpha = line.opacity
    context.lineWidth = line.width
    context.setLineDash([...line.dash])
    context.beginPath()
    trace(line, view, context)
    context.stroke()
    if (line.x.length <= fewPoints) dots(line, view, context)
  }
}

/** A line through so few points is hardly one. */
const fewPoints = 2
function dots({ x, y, colour }: LayerLine, view: LayerView, context: CanvasRenderingContext2D): void {
  context.fillStyle = colour
  for (const [index, at] of x.entries()) {
    const [across, down] = [((at - view.left) * view.width) / (view.right - view.left || 1), ((view.top - y[index]!) * view.height) / (view.top - view.bottom || 1)]
    context.beginPath()
    context.arc(across, down, 2.5, 0, 2 * Math.PI)
    context.fill()
  }
}

/** The value at exactly this step; NaN where there is none. */
export function valueAt({ step, value }: { step: Float64Array; value: Float64Array }, wanted: number): number {
  let [low, high] = [0, step.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    if (step[middle] === wanted) return value[middle]!
    if (step[middle]! < wanted) low = middle + 1
    else high = middle - 1
  }
  return Number.NaN
}

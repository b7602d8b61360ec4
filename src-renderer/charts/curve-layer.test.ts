import { expect, test } from 'vitest'
import { bandPixels, inSight, type LayerView, trace, valueAt } from './curve-layer'

const view: LayerView = { width: 100, height: 50, left: 0, right: 10_000, bottom: 0, top: 10 }
interface Stroke {
  begins: boolean
  x: number
  y: number
}
function traced(x: Float64Array, y: Float64Array, of = view): Stroke[] {
  const strokes: Stroke[] = []
  trace({ x, y }, of, { moveTo: (at, height) => void strokes.push({ begins: true, x: at, y: height }), lineTo: (at, height) => void strokes.push({ begins: false, x: at, y: height }) })
  return strokes
}
const steps = (count: number): Float64Array => Float64Array.from({ length: count }, (_, index) => index)

test('a few points stand where they are, from the top of the view down', () => {
  expect(traced(Float64Array.of(0, 5000, 10_000), Float64Array.of(0, 10, 5))).toEqual([
    { begins: true, x: 0, y: 50 },
    { begins: false, x: 50, y: 0 },
    { begins: false, x: 100, y: 25 },
  ])
})

test('of ten thousand points no column takes more than four, and none loses its lowest or highest', () => {
  const x = steps(10_000)
  const y = x.map((step) => 5 + 2 * Math.sin(step * 1.7) + (step === 4321 ? 3 : 0) - (step === 7777 ? 3 : 0))
  const strokes = traced(x, y)
  const columns = Map.groupBy(strokes, (stroke) => stroke.x)
  expect(columns.size).toBeLessThanOrEqual(201)
  for (const [at, column] of columns) {
    expect(column.length).toBeLessThanOrEqual(4)
    const there = [...x].flatMap((step, index) => (Math.round(step * 0.02) / 2 === at ? [(10 - y[index]!) * 5] : []))
    const heights = column.map((stroke) => stroke.y)
    expect([Math.min(...heights), Math.max(...heights)]).toEqual([Math.min(...there), Math.max(...there)])
  }
})

test('a gap stays a gap', () => {
  const strokes = traced(Float64Array.of(0, 2000, 4000, 6000, 8000), Float64Array.of(1, 2, Number.NaN, 3, 4))
  expect(strokes.map(({ begins }) => begins)).toEqual([true, false, true, false])
})

test('only what is in sight is walked over, with a neighbour on either side that leads out of it', () => {
  const x = steps(1000)
  expect(inSight(x, 100, 200)).toEqual([99, 201])
  expect(inSight(x, -5, 5000)).toEqual([0, 1000])
  const strokes = traced(x, x, { ...view, left: 100, right: 110, top: 1000 })
  expect([strokes[0]!.x, strokes.at(-1)!.x, strokes.length]).toEqual([-10, 100, 12])
})

test('bands lie over one another as a canvas would lay them, column by column', () => {
  const small = { width: 4, height: 4, left: 0, right: 4, bottom: 0, top: 4 }
  const band = (low: number, high: number, colour: [number, number, number]) => ({ x: Float64Array.of(0, 4), low: Float64Array.of(low, low), high: Float64Array.of(high, high), colour, opacity: 0.5 })
  const pixels = bandPixels([band(0, 4, [255, 0, 0]), band(2, 4, [0, 0, 255])], small)
  const at = (column: number, row: number): number[] => [...pixels.subarray((row * 4 + column) * 4, (row * 4 + column) * 4 + 4)]
  // over: 0.5 of the upper one, half of the lower one through it; opacity 1 − 0.5²
  expect(at(1, 0)).toEqual([85, 0, 170, 191])
  expect(at(1, 3)).toEqual([255, 0, 0, 128])
  expect(at(0, 3)).toEqual(at(3, 3))
})

test('a value is told only where a curve has one', () => {
  const curve = { step: Float64Array.of(1, 2, 4), value: Float64Array.of(10, 20, 40) }
  expect([valueAt(curve, 1), valueAt(curve, 4), valueAt(curve, 3), valueAt(curve, 5)]).toEqual([10, 40, Number.NaN, Number.NaN])
})

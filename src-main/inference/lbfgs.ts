import type { Executable, NumericArray } from '../graph/runtime'

/*
 * L-BFGS for small smooth problems: the two-loop recursion of Nocedal & Wright 2006, algorithm 7.4, with a line search for the strong Wolfe
 * conditions, algorithms 3.5 and 3.6.
 */

export interface LbfgsOptions {
  maxIterations: number
  /** Stop when no gradient is larger than this. */
  tolerance: number
  /** Pairs of steps and gradient changes that stand for the curvature. */
  memory?: number
  pause?(): Promise<void>
}

export interface LbfgsResult {
  x: Float64Array
  value: number
  iterations: number
  converged: boolean
}

export type ValueAndGradient = (x: Float64Array) => Promise<{ value: number; gradient: Float64Array }>

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0)
const along = (x: Float64Array, direction: Float64Array, step: number): Float64Array => x.map((value, index) => value + step * direction[index]!)
const difference = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, index) => value - b[index]!)

/** The smallest value of f near `start`. */
export async function minimizeByLbfgs(evaluate: ValueAndGradient, start: Float64Array, options: LbfgsOptions): Promise<LbfgsResult> {
  const { maxIterations, tolerance, memory = 10 } = options
  let x = start
  let { value, gradient } = await evaluate(x)
  const pairs: { s: Float64Array; y: Float64Array; scale: number }[] = []
  const flat = (): boolean => gradient.every((entry) => Math.abs(entry) <= tolerance)

  for (let iteration = 0; iteration < maxIterations; iteration += 1) {
    if (flat()) return { x, value, iterations: iteration, converged: true }
    await options.pause?.()
    const direction = descent(gradient, pairs)
    const first = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1
    const found = await searchLine(evaluate, { x, value, gradient, direction }, first)
    if (!found) return { x, value, iterations: iteration, converged: false }
    const s = difference(found.x, x)
    const y = difference(found.gradient, gradient)
    const curvature = dot(s, y)
    // Pairs that rounding has spoiled would make the approximation indefinite.
    if (curvature > 1e-14 * dot(y, y)) pairs.push({ s, y, scale: 1 / curvature })
    if (pairs.length > memory) pairs.shift()
    ;({ x, value, gradient } = found)
  }
  return { x, value, iterations: maxIterations, converged: flat() }
}

/** −H·gradient, with H from the pairs. */
function descent(gradient: Float64Array, pairs: readonly { s: Float64Array; y: Float64Array; scale: number }[]): Float64Array {
  let q: Float64Array = gradient.slice()
  const weights = [...pairs].reverse().map(({ s, y, scale }) => {
    const weight = scale * dot(s, q)
    q = along(q, y, -weight)
    return weight
  })
  const last = pairs.at(-1)
  if (last) q = q.map((entry) => entry / (last.scale * dot(last.y, last.y)))
  for (const [index, { s, y, scale }] of pairs.entries()) q = along(q, s, weights[pairs.length - 1 - index]! - scale * dot(y, q))
  return q.map((entry) => -entry)
}

interface LineStart {
  x: Float64Array
  value: number
  gradient: Float64Array
  direction: Float64Array
}
interface LinePoint {
  step: number
  x: Float64Array
  value: number
  gradient: Float64Array
  slope: number
}

const [decrease, curvature] = [1e-4, 0.9]

/** A step that satisfies the strong Wolfe conditions; null where rounding leaves none. */
async function searchLine(evaluate: ValueAndGradient, from: LineStart, first: number): Promise<LinePoint | null> {
  const slope0 = dot(from.gradient, from.direction)
  if (!(slope0 < 0)) return null
  const at = async (step: number): Promise<LinePoint> => {
    const x = along(from.x, from.direction, step)
    const { value, gradient } = await evaluate(x)
    return { step, x, value, gradient, slope: dot(gradient, from.direction) }
  }
  const tooHigh = ({ step, value }: LinePoint): boolean => !(value <= from.value + decrease * step * slope0)
  const isFlat = ({ slope }: LinePoint): boolean => Math.abs(slope) <= -curvature * slope0

  let before: LinePoint = { step: 0, ...from, slope: slope0 }
  let step = first
  for (let widened = 0; widened < 40; widened += 1) {
    const point = await at(step)
    if (tooHigh(point) || (widened > 0 && point.value >= before.value)) return narrow(before, point, at, tooHigh, isFlat)
    if (isFlat(point)) return point
    if (point.slope >= 0) return narrow(point, before, at, tooHigh, isFlat)
    before = point
    step *= 2
  }
  return before.step > 0 ? before : null
}

async function narrow(
  low: LinePoint,
  high: LinePoint,
  at: (step: number) => Promise<LinePoint>,
  tooHigh: (point: LinePoint) => boolean,
  isFlat: (point: LinePoint) => boolean,
): Promise<LinePoint | null> {
  let [best, other] = [low, high]
  for (let halved = 0; halved < 50; halved += 1) {
    const point = await at((best.step + other.step) / 2)
    if (tooHigh(point) || point.value >= best.value) other = point
    else {
      if (isFlat(point)) return point
      if (point.slope * (other.step - best.step) >= 0) other = best
      best = point
    }
    if (Math.abs(other.step - best.step) <= 1e-16 * Math.abs(best.step)) break
  }
  return best.step > 0 ? best : null
}

/**
 * The function of a program's parameters as L-BFGS takes it.
 *
 * @param executable  a program in float64 with outputs `loss` [] and `gradient:NAME` for each parameter
 */
export function programFunction(executable: Executable, feeds: Readonly<Record<string, Float64Array>>) {
  const parameters = executable.program.parameters.map(({ name, shape }) => ({ name: name!, size: shape.reduce((all, side) => all * side, 1) }))
  const split = (x: Float64Array): Record<string, NumericArray> => {
    let at = 0
    return Object.fromEntries(parameters.map(({ name, size }) => [name, x.slice(at, (at += size))]))
  }
  const join = (arrays: Readonly<Record<string, NumericArray>>, prefix = ''): Float64Array =>
    Float64Array.from(parameters.flatMap(({ name }) => Array.from(arrays[`${prefix}${name}`]!)))
  const evaluate: ValueAndGradient = async (x) => {
    executable.load(split(x))
    const outputs = await executable.run(feeds)
    return { value: outputs['loss']![0]!, gradient: join(outputs, 'gradient:') }
  }
  return { evaluate, split, join }
}

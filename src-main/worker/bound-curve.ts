import type { BoundCurve, Direction } from '@shared/domain/inside'
import { symmetricEigen } from '@shared/math/symmetric-eigen'
import type { MixtureProblem } from '../inference/mixture-problem'
import { type CoordinateChoice, coordinateChoices, coordinateOf, pack, unpack } from '../models/mixtures/coordinates'
import { CollapsedComponent, type Mixture, type Sums } from '../models/mixtures/mixture-family'
import type { AnyFamily } from './mixture-families'

/*
 * log p(θ) and L(q, θ) along a line through θ(t), q the posterior there. They touch at θ(t); L(q, θ) − L(q, θ(t)) is the change of the expected
 * complete log-likelihood, which follows from the sums of one E-step. Only log p needs passes over the rows.
 */

export interface BoundQuestion {
  problem: MixtureProblem<Mixture>
  family: AnyFamily
  /** How covariances are constrained, or null. */
  structure: string | null
  direction: Direction
  columnNames: string[]
  /** θ(t) and the mixtures of the steps before it, oldest first, in the units of the model. */
  here: Mixture
  before: readonly Mixture[]
  iteration: number
  /** Between the units of the model and those of the fit. */
  toFit(mixture: Mixture): Mixture
  toModel(mixture: Mixture): Mixture
  /** What log p per row loses when it is told in the units of the model. */
  shift: number
}

/** A line through the parameters: where θ(t) and the M-step stand on it, and the mixture at a place, in the units of the model. */
interface Line {
  taken: BoundCurve['taken']
  here: number
  next: number
  /** A first guess of how far the picture reaches. */
  reach: number
  at(place: number): Mixture
}

const places = 65
/** Nats that the bound falls to both sides of the picture, in all rows together. */
const fall = 1

export async function boundCurve(question: BoundQuestion): Promise<BoundCurve> {
  const { problem, family, here, toFit, shift } = question
  const { statistics, logLikelihood } = await problem.expect(toFit(here), null)
  const touch = logLikelihood / problem.weight - shift
  const next = question.toModel(problem.maximize(statistics, toFit(here)))
  const line = lineOf(question, next)
  const bound = boundAlong(question, line, statistics, touch)
  const gain = Math.max(0, (bound(line.next) ?? touch) - touch)
  const span = spanOf(line, bound, Math.max(fall / problem.weight, 1.5 * gain))
  const best = highest(bound, span)
  const at = Array.from({ length: places }, (_, index) => span[0] + ((span[1] - span[0]) * index) / (places - 1))
  const exact = [...new Set([...at, line.here, line.next, best])].filter((place) => place >= span[0] && place <= span[1]).sort((a, b) => a - b)
  const heights = await logLikelihoods(question, exact.map((place) => line.at(place)))
  return {
    iteration: question.iteration,
    choices: coordinateChoices(family, here, question.structure),
    columnNames: question.columnNames,
    taken: line.taken,
    at: exact,
    logLikelihood: heights,
    bound: exact.map(bound),
    here: line.here,
    next: line.next,
    best,
    touch,
    boundAtBest: bound(best) ?? touch,
    logLikelihoodAtBest: heights[exact.indexOf(best)] ?? touch,
  }
}

/** L(q, θ) at a place of the line, in the units of the model; null where there is no density. */
function boundAlong({ problem, toFit, here }: BoundQuestion, line: Line, sums: Sums, touch: number): (place: number) => number | null {
  const complete = (mixture: Mixture): number => problem.expectedCompleteLogLikelihood(toFit(mixture), sums)
  const start = complete(here)
  return (place) => {
    try {
      const value = touch + (complete(line.at(place)) - start) / problem.weight
      return Number.isFinite(value) ? value : null
    } catch (error) {
      if (error instanceof CollapsedComponent) return null
      throw error
    }
  }
}

async function logLikelihoods({ problem, toFit, shift }: BoundQuestion, mixtures: readonly Mixture[]): Promise<(number | null)[]> {
  const found = await problem.expectTogether(mixtures.map(toFit))
  return found.map((expectation) => {
    const value = expectation === null ? NaN : expectation.logLikelihood / problem.weight - shift
    return Number.isFinite(value) ? value : null
  })
}

/** How far to go on both sides until the bound has fallen by so much below θ(t). */
function spanOf({ here, next, reach }: Line, bound: (place: number) => number | null, by: number): [number, number] {
  const floor = bound(here)! - by
  const inside = (place: number): boolean => (bound(place) ?? -Infinity) > floor
  const side = (from: number, sign: 1 | -1): number => {
    let [near, far] = [0, reach]
    for (let doubling = 0; doubling < 60 && inside(from + sign * far); doubling += 1) [near, far] = [far, 2 * far]
    for (let halving = 0; halving < 60 && near === 0 && !inside(from + sign * far); halving += 1) {
      if (inside(from + (sign * far) / 2)) near = far / 2
      else far /= 2
    }
    for (let step = 0; step < 12; step += 1) {
      const middle = (near + far) / 2
      if (inside(from + sign * middle)) near = middle
      else far = middle
    }
    return from + sign * near
  }
  const [low, high] = [Math.min(here, next), Math.max(here, next)]
  const room = 0.15 * (high - low)
  return [Math.min(side(here, -1), low - room), Math.max(side(here, 1), high + room)]
}

/** By golden sections, where the bound is a hill. */
function highest(bound: (place: number) => number | null, [low, high]: readonly [number, number]): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  const value = (place: number): number => bound(place) ?? -Infinity
  let [left, right] = [low, high]
  for (let step = 0; step < 80; step += 1) {
    const [first, second] = [right - ratio * (right - left), left + ratio * (right - left)]
    if (value(first) < value(second)) left = first
    else right = second
  }
  return (left + right) / 2
}

function lineOf(question: BoundQuestion, next: Mixture): Line {
  const { direction, family, here, structure } = question
  if (direction.kind === 'coordinate') {
    const choice = coordinateChoices(family, here, structure).find(({ name }) => name === direction.name)
    if (choice && fits(direction, choice)) return coordinateLine(question, next, choice, direction)
  }
  const origin = pack(family, question.toFit(here))
  const target = pack(family, question.toFit(next))
  if (!origin || !target) throw new Error('an iteration that was kept is no mixture')
  const step = target.map((value, index) => value - origin[index]!)
  const along = (vector: Float64Array, taken: Line['taken'], place: number): Line => ({
    taken,
    here: 0,
    next: place,
    reach: 1,
    at: (distance) => question.toModel(unpack(family, origin.map((value, index) => value + distance * vector[index]!), here)),
  })
  if (direction.kind !== 'principal' && length(step) > 1e-7 * (1 + length(origin))) return along(step, 'step', 1)
  const steps = [...question.before, here, next].map((mixture) => pack(family, question.toFit(mixture))).filter((packed) => packed !== null)
  const unit = principalDirection(steps)
  const projection = unit.reduce((sum, value, index) => sum + value * step[index]!, 0)
  const size = Math.max(Math.abs(projection), 1e-6)
  return along(unit.map((value) => (projection < 0 ? -value : value) * size), 'principal', Math.abs(projection) / size)
}

const fits = ({ component, column }: { component: number; column: number }, { components, columns }: CoordinateChoice): boolean =>
  component < Math.max(1, components) && column < Math.max(1, columns)

function coordinateLine({ family, here }: BoundQuestion, next: Mixture, choice: CoordinateChoice, at: { component: number; column: number }): Line {
  const coordinate = { name: choice.name, ...at }
  const { value, moved } = coordinateOf(family, here, coordinate, choice)
  const after = coordinateOf(family, next, coordinate, choice).value
  const reach = choice.name === 'mean' ? Math.sqrt(varianceAt(family, here, at)) : 1
  return { taken: 'coordinate', here: value, next: after, reach: reach || 1, at: moved }
}

const varianceAt = (family: AnyFamily, mixture: Mixture, { component, column }: { component: number; column: number }): number =>
  family.moments(mixture, component).covariance[column * (family.columns + 1)]!

const length = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))

/** The first principal component of a few points in many dimensions, of length 1, by their inner products. */
function principalDirection(points: readonly Float64Array[]): Float64Array {
  const size = points[0]!.length
  const mean = new Float64Array(size)
  for (const point of points) point.forEach((value, index) => (mean[index]! += value / points.length))
  const centred = points.map((point) => point.map((value, index) => value - mean[index]!))
  const products = Float64Array.from(centred.flatMap((a) => centred.map((b) => a.reduce((sum, value, index) => sum + value * b[index]!, 0))))
  const { vectors } = symmetricEigen(products, points.length)
  const direction = new Float64Array(size)
  centred.forEach((point, which) => point.forEach((value, index) => (direction[index]! += vectors[which]! * value)))
  const norm = length(direction)
  if (norm > 0) return direction.map((value) => value / norm)
  direction[0] = 1
  return direction
}

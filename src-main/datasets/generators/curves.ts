import type { GeneratorSpecs } from '@shared/domain/generator'
import { createDraws } from './draws'
import { axes, type Generated, numbered } from './generated'

interface Curve {
  rows: number
  dimensions: number
  /** Normal noise of this standard deviation is added to every coordinate. */
  noise: Float64Array
  /** The point of a row before noise. */
  point(row: number): number[]
  labels: Generated['labels']
  factors: Record<string, Float64Array>
}

function along({ rows, dimensions, noise, point, labels, factors }: Curve): Generated {
  const values = noise
  for (let row = 0; row < rows; row += 1) for (const [column, value] of point(row).entries()) values[row * dimensions + column]! += value
  return {
    table: { names: axes(dimensions), values },
    labels,
    parameters: [],
    factors: Object.entries(factors).map(([name, numbers]) => ({ name, values: [...numbers] })),
    logLikelihood: null,
  }
}

const scaled = (values: Float64Array, by: number): Float64Array => values.map((value) => value * by)
/** Classes only where there are several. */
const groups = (name: string, count: number, codes: Int32Array): Generated['labels'] => (count > 1 ? { name, classes: numbered(count), codes } : null)

/** Circles of radius 1, 2, … about the origin. */
export function generateRing({ rows, rings, noise, seed }: GeneratorSpecs['ring']): Generated {
  const draws = createDraws('ring', seed)
  const ring = draws.shares(rows, rings, 'rings')
  const angle = scaled(draws.uniform(rows, 'angles'), 2 * Math.PI)
  const point = (row: number): number[] => [(ring[row]! + 1) * Math.cos(angle[row]!), (ring[row]! + 1) * Math.sin(angle[row]!)]
  const labels = groups('ring', rings, ring)
  return along({ rows, dimensions: 2, noise: scaled(draws.normal(2 * rows, 'noise'), noise), point, labels, factors: { angle } })
}

/** Normal blobs at radius 1, stretched outwards and turned the more the further out they lie. Johnson et al. 2016. */
export function generatePinwheel({ rows, arms, radial, tangential, rate, seed }: GeneratorSpecs['pinwheel']): Generated {
  const draws = createDraws('pinwheel', seed)
  const arm = draws.shares(rows, arms, 'arms')
  const radius = draws.normal(rows, 'radius').map((value) => 1 + radial * value)
  const across = scaled(draws.normal(rows, 'across'), tangential)
  const point = (row: number): number[] => {
    const turn = (2 * Math.PI * arm[row]!) / arms + rate * Math.exp(radius[row]!)
    const [cosine, sine] = [Math.cos(turn), Math.sin(turn)]
    return [cosine * radius[row]! - sine * across[row]!, sine * radius[row]! + cosine * across[row]!]
  }
  return along({ rows, dimensions: 2, noise: new Float64Array(2 * rows), point, labels: groups('arm', arms, arm), factors: { radius } })
}

/** Two half circles of radius 1 that reach into each other. */
export function generateMoons({ rows, noise, seed }: GeneratorSpecs['moons']): Generated {
  const draws = createDraws('moons', seed)
  const moon = draws.shares(rows, 2, 'moons')
  const angle = scaled(draws.uniform(rows, 'angles'), Math.PI)
  const point = (row: number): number[] => {
    const [cosine, sine] = [Math.cos(angle[row]!), Math.sin(angle[row]!)]
    return moon[row] === 0 ? [cosine, sine] : [1 - cosine, 0.5 - sine]
  }
  return along({ rows, dimensions: 2, noise: scaled(draws.normal(2 * rows, 'noise'), noise), point, labels: groups('moon', 2, moon), factors: { angle } })
}

/** Arms of Archimedes' spiral; the distance from the origin grows to 1 at the end of an arm, and rows lie evenly over the area. */
export function generateSpiral({ rows, arms, turns, noise, seed }: GeneratorSpecs['spiral']): Generated {
  const draws = createDraws('spiral', seed)
  const arm = draws.shares(rows, arms, 'arms')
  const along01 = draws.uniform(rows, 'along').map(Math.sqrt)
  const point = (row: number): number[] => {
    const turn = 2 * Math.PI * (turns * along01[row]! + arm[row]! / arms)
    return [along01[row]! * Math.cos(turn), along01[row]! * Math.sin(turn)]
  }
  const labels = groups('arm', arms, arm)
  return along({ rows, dimensions: 2, noise: scaled(draws.normal(2 * rows, 'noise'), noise), point, labels, factors: { along: along01 } })
}

/** A sheet of width 21 rolled up from 1.5 π to 4.5 π: (t cos t, height, t sin t). Tenenbaum et al. 2000; the colours are quarters of t. */
export function generateSwissRoll({ rows, noise, seed }: GeneratorSpecs['swiss-roll']): Generated {
  const draws = createDraws('swiss-roll', seed)
  const along01 = draws.uniform(rows, 'along')
  const angle = along01.map((value) => 1.5 * Math.PI * (1 + 2 * value))
  const height = scaled(draws.uniform(rows, 'height'), 21)
  const point = (row: number): number[] => [angle[row]! * Math.cos(angle[row]!), height[row]!, angle[row]! * Math.sin(angle[row]!)]
  const labels = groups('quarter', 4, Int32Array.from(along01, (value) => Math.min(3, Math.floor(4 * value))))
  return along({ rows, dimensions: 3, noise: scaled(draws.normal(3 * rows, 'noise'), noise), point, labels, factors: { angle, height } })
}

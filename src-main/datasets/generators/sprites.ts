import type { GeneratorSpecs } from '@shared/domain/generator'
import { createDraws } from './draws'
import type { Generated } from './generated'

/*
 * White figures on black, each made from five factors that do not depend on one another: shape, size, angle and the two places. Every
 * combination comes equally often, as in the sprites of Matthey et al. 2017; drawn anew, with soft edges, and small enough for a CPU.
 */

/** Whether a point of the figure's own plane, of which it fills about [−1, 1]², lies inside. */
type Inside = (x: number, y: number) => boolean
const figures: readonly { name: string; inside: Inside }[] = [
  { name: 'square', inside: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.8 },
  { name: 'ellipse', inside: (x, y) => x ** 2 + (y / 0.55) ** 2 <= 1 },
  {
    name: 'heart',
    inside: (x, y) => {
      const [across, up] = [1.15 * x, 1.15 * (0.12 - y)]
      return (across ** 2 + up ** 2 - 1) ** 3 <= across ** 2 * up ** 3
    },
  },
]

/** Points of a pixel that are asked whether they lie inside, in each direction. */
const points = 4

interface Sprite {
  inside: Inside
  /** Half its extent, and the middle, in pixels. */
  size: number
  angle: number
  x: number
  y: number
}

/** Share of every pixel that the figure covers, 0 … 255, into `out` [side, side]. */
function draw({ inside, size, angle, x, y }: Sprite, side: number, out: Uint8Array): void {
  const [cosine, sine] = [Math.cos(angle) / size, Math.sin(angle) / size]
  for (let pixel = 0; pixel < side * side; pixel += 1) {
    const [left, top] = [(pixel % side) - x, Math.floor(pixel / side) - y]
    let covered = 0
    for (let point = 0; point < points * points; point += 1) {
      const [right, down] = [left + ((point % points) + 0.5) / points, top + (Math.floor(point / points) + 0.5) / points]
      if (inside(cosine * right + sine * down, cosine * down - sine * right)) covered += 1
    }
    out[pixel] = Math.round((255 * covered) / points ** 2)
  }
}

/** `count` values from the first to the last; a single one is the first. */
const spread = (first: number, last: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => (count === 1 ? first : first + ((last - first) * index) / (count - 1)))

/**
 * Rows without repetition as long as there are combinations left, in random order.
 *
 * Sizes reach from 0.12 to 0.24 of the side; angles lie in [0, π/2), where no figure repeats itself; the whole figure stays in the picture.
 */
export function generateSprites({ rows, side, shapes, sizes, angles, positions, seed }: GeneratorSpecs['sprites']): Generated {
  const values = {
    shape: Array.from({ length: shapes }, (_, index) => index),
    size: spread(0.12, 0.24, sizes).map((share) => share * side),
    angle: Array.from({ length: angles }, (_, index) => (index * Math.PI) / 2 / angles),
    x: spread(0.3 * side, 0.7 * side, positions),
    y: spread(0.3 * side, 0.7 * side, positions),
  }
  const names = Object.keys(values) as (keyof typeof values)[]
  const counts = names.map((name) => values[name].length)
  const combinations = counts.reduce((product, count) => product * count, 1)
  const order = createDraws('sprites', seed).shares(combinations, combinations, 'order')
  const factors = names.map((name) => ({ name, values: new Array<number>(rows).fill(0) }))
  const pixels = new Uint8Array(rows * side * side)
  for (let row = 0; row < rows; row += 1) {
    let rest = order[row % combinations]!
    for (const [at, name] of names.entries()) {
      factors[at]!.values[row] = values[name][rest % counts[at]!]!
      rest = Math.floor(rest / counts[at]!)
    }
    const [shape, size, angle, x, y] = factors.map((factor) => factor.values[row]!) as [number, number, number, number, number]
    draw({ inside: figures[shape]!.inside, size, angle, x, y }, side, pixels.subarray(row * side * side, (row + 1) * side * side))
  }
  const classes = figures.slice(0, shapes).map(({ name }) => name)
  const labels = { name: 'shape', classes, codes: Int32Array.from(factors[0]!.values) }
  return { images: { shape: [rows, side, side, 1], pixels }, labels: shapes > 1 ? labels : null, parameters: [], factors, logLikelihood: null }
}

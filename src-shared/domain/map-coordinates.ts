import type { LatentSummary } from '@shared/domain/run'
import { principalComponents } from '@shared/math/principal-components'

export interface MapAxis {
  id: string
  /** The coordinate of every row. */
  values: Float32Array
  /** The coordinate of any latent vector: direction · z − offset. */
  project: (latent: readonly number[]) => number
  direction: Float64Array
  offset: number
}

/** What the map can be drawn over: each latent dimension, and the first two principal components of the latent means. */
export function mapAxes(summary: LatentSummary): MapAxis[] {
  const { latent, latentMeans } = summary
  const rows = latent === 0 ? 0 : latentMeans.length / latent
  const dimensions = Array.from({ length: latent }, (_, dimension): MapAxis => ({
    id: `z${dimension}`,
    values: Float32Array.from({ length: rows }, (_value, row) => latentMeans[row * latent + dimension]!),
    project: (point) => point[dimension] ?? 0,
    direction: Float64Array.from({ length: latent }, (_value, at) => Number(at === dimension)),
    offset: 0,
  }))
  return latent < 3 ? dimensions : [...dimensions, ...componentAxes(summary, rows)]
}

function componentAxes({ latent, latentMeans, projectedFrom }: LatentSummary, rows: number): MapAxis[] {
  // wide rows are principal components already
  if (projectedFrom !== null || latentMeans.some(Number.isNaN)) return []
  const { directions, scores } = principalComponents(latentMeans, latent, 2)
  const centre = Array.from({ length: latent }, (_, dimension) => {
    let sum = 0
    for (let row = 0; row < rows; row += 1) sum += latentMeans[row * latent + dimension]!
    return rows === 0 ? 0 : sum / rows
  })
  return [0, 1].map((component) => {
    const direction = directions.slice(component * latent, (component + 1) * latent)
    const along = (point: readonly number[]): number => point.reduce((sum, value, dimension) => sum + value * direction[dimension]!, 0)
    const offset = along(centre)
    return {
      id: `pc${component}`,
      values: Float32Array.from({ length: rows }, (_, row) => scores[row * 2 + component]!),
      project: (point) => along(point) - offset,
      direction,
      offset,
    }
  })
}

/**
 * The latent vector nearest to `from` that lies at a place of the map: from + α·d₁ + β·d₂, with α and β from the two equations of the place.
 * Where both axes are one, the place is taken from the first.
 */
export function liftedTo(first: MapAxis, second: MapAxis, from: readonly number[], x: number, y: number): number[] {
  const dot = (left: Float64Array, right: Float64Array): number => left.reduce((sum, value, at) => sum + value * right[at]!, 0)
  const [a, b, c] = [dot(first.direction, first.direction), dot(first.direction, second.direction), dot(second.direction, second.direction)]
  const [dx, dy] = [x - first.project(from), y - second.project(from)]
  const determinant = a * c - b * b
  const [alpha, beta] = determinant > 1e-9 ? [(c * dx - b * dy) / determinant, (a * dy - b * dx) / determinant] : [dx / a, 0]
  return from.map((value, at) => value + alpha * first.direction[at]! + beta * second.direction[at]!)
}

/** How much each dimension carries: its KL, or its spread where codes have no distribution. */
export const carriedBy = ({ klPerDimension, standardDeviation }: LatentSummary): number[] => klPerDimension ?? standardDeviation

/** Dimensions that carry most first. */
export function byCarried(summary: LatentSummary): number[] {
  const carried = carriedBy(summary)
  return carried.map((_, dimension) => dimension).sort((left, right) => carried[right]! - carried[left]!)
}

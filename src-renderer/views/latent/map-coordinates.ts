import type { LatentSummary } from '@shared/domain/run'
import { principalComponents } from '@shared/math/principal-components'

export interface MapAxis {
  id: string
  /** The coordinate of every row. */
  values: Float32Array
  /** The coordinate of any latent vector. */
  project: (latent: readonly number[]) => number
}

/** What the map can be drawn over: each latent dimension, and the first two principal components of the latent means. */
export function mapAxes(summary: LatentSummary): MapAxis[] {
  const { latent, latentMeans } = summary
  const rows = latent === 0 ? 0 : latentMeans.length / latent
  const dimensions = Array.from({ length: latent }, (_, dimension): MapAxis => ({
    id: `z${dimension}`,
    values: Float32Array.from({ length: rows }, (_value, row) => latentMeans[row * latent + dimension]!),
    project: (point) => point[dimension] ?? 0,
  }))
  return latent < 3 ? dimensions : [...dimensions, ...componentAxes(summary, rows)]
}

function componentAxes({ latent, latentMeans }: LatentSummary, rows: number): MapAxis[] {
  const { directions, scores } = principalComponents(latentMeans, latent, 2)
  const centre = Array.from({ length: latent }, (_, dimension) => {
    let sum = 0
    for (let row = 0; row < rows; row += 1) sum += latentMeans[row * latent + dimension]!
    return rows === 0 ? 0 : sum / rows
  })
  return [0, 1].map((component) => ({
    id: `pc${component}`,
    values: Float32Array.from({ length: rows }, (_, row) => scores[row * 2 + component]!),
    project: (point) => point.reduce((sum, value, dimension) => sum + (value - centre[dimension]!) * directions[component * latent + dimension]!, 0),
  }))
}

/** How much each dimension carries: its KL, or its spread where codes have no distribution. */
export const carriedBy = ({ klPerDimension, standardDeviation }: LatentSummary): number[] => klPerDimension ?? standardDeviation

/** Dimensions that carry most first. */
export function byCarried(summary: LatentSummary): number[] {
  const carried = carriedBy(summary)
  return carried.map((_, dimension) => dimension).sort((left, right) => carried[right]! - carried[left]!)
}

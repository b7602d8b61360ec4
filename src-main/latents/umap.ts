import { fillUniform } from '@shared/math/random'
import { nearestRows } from '@shared/math/nearest-rows'
import { UMAP } from 'umap-js'

export interface EmbeddingPlan {
  neighbours: number
  minDistance: number
  seed: number
  pause(): Promise<void>
  onProgress(done: number, total: number): void
}

/** Share of the work that the search for neighbours is told as. */
const searchShare = 0.5

/**
 * UMAP of the rows of a matrix into the plane, from their exact nearest neighbours.
 *
 * @param values  [rows, columns], finite
 * @returns       x and y [rows] each, and the epochs that were made
 */
export async function embedRows(values: Float32Array, columns: number, plan: EmbeddingPlan): Promise<{ x: number[]; y: number[]; epochs: number }> {
  const rows = values.length / columns
  const neighbours = Math.min(plan.neighbours, rows - 1)
  const umap = new UMAP({ nComponents: 2, nNeighbors: neighbours, minDist: plan.minDistance, random: uniforms(plan.seed) })
  const indices: number[][] = []
  const distances: number[][] = []
  for (let row = 0; row < rows; row += 1) {
    const point = values.subarray(row * columns, (row + 1) * columns)
    // a row is the first neighbour of itself
    const found = nearestRows(values, columns, point, neighbours - 1, row)
    indices.push([row, ...found.rows])
    distances.push([0, ...found.distances])
    if (row % 64 === 0) {
      plan.onProgress((searchShare * row) / rows, 1)
      await plan.pause()
    }
  }
  umap.setPrecomputedKNN(indices, distances)
  const epochs = umap.initializeFit(Array.from({ length: rows }, (_, row) => [...values.subarray(row * columns, (row + 1) * columns)]))
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    umap.step()
    plan.onProgress(searchShare + ((1 - searchShare) * (epoch + 1)) / epochs, 1)
    await plan.pause()
  }
  const places = umap.getEmbedding()
  return { x: places.map(([x]) => x!), y: places.map(([, y]) => y!), epochs }
}

/** Uniform numbers in (0, 1), one after another, drawn by the seed. */
function uniforms(seed: number): () => number {
  const held = new Float64Array(4096)
  let at = held.length
  let block = 0
  return () => {
    if (at === held.length) {
      fillUniform(held, { seed, stream: 'umap' }, block)
      block += 1
      at = 0
    }
    return held[at++]!
  }
}

import type { Embedding, EmbeddingOptions } from '@shared/domain/embedding'
import type { LatentSummary } from '@shared/domain/run'
import { permutation } from '@shared/math/random'
import { AppError } from '@shared/rpc/errors'
import type { RowProgress } from '../evidence/estimate'
import { embedRows } from '../latents/umap'

/** UMAP of what a map of a run is over: codes, shares of topics, or rows. */
export async function embedCodes({ latentMeans, latent, rowIndex }: LatentSummary, options: EmbeddingOptions, progress: RowProgress): Promise<Embedding> {
  const began = performance.now()
  const total = rowIndex.length
  const finite = Int32Array.from(rowIndex.keys()).filter((row) => latentMeans.subarray(row * latent, (row + 1) * latent).every(Number.isFinite))
  if (finite.length < 10) throw new AppError('embedding/few-rows', { rows: finite.length })
  const order = permutation(finite.length, { seed: options.seed, stream: 'embedding/rows' })
  const chosen = finite.length <= options.rows ? finite : order.subarray(0, options.rows).map((place) => finite[place]!).sort()
  const values = new Float32Array(chosen.length * latent)
  chosen.forEach((row, at) => values.set(latentMeans.subarray(row * latent, (row + 1) * latent), at * latent))
  const { neighbours, minDistance, seed } = options
  const { x, y, epochs } = await embedRows(values, latent, { neighbours, minDistance, seed, pause: progress.pause, onProgress: progress.onProgress })
  return { rows: Array.from(chosen, (row) => rowIndex[row]!), total, x, y, epochs, durationMs: performance.now() - began }
}

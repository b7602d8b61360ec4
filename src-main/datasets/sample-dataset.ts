import type { Dataset } from '@shared/domain/dataset'
import type { ParsedData } from './parsed-data'

/** A stored dataset for tests, from parsed data. */
export function sampleDataset(data: ParsedData, name = 'sample'): Dataset {
  const { features: _features, featureBlocks: _blocks, release: _release, pixels: _pixels, labels: _labels, ...described } = data
  return { id: 'd1', name, ...described, sha256: '', bundled: null, description: '', createdAt: '2026-11-20T00:00:00.000Z' }
}

export const rawOf = (data: ParsedData): { features: Float64Array | Uint8Array; labels: Int32Array | null } => ({
  features: data.features ?? data.pixels!,
  labels: data.labels,
})

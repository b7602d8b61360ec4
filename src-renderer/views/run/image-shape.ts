import type { Dataset } from '@shared/domain/dataset'
import type { ImageShape } from '@shared/domain/run'

/** Height, width and channels of the pictures of a dataset; null for a table. */
export function imageShapeOf(dataset: Dataset | undefined): ImageShape | null {
  const [, height, width, channels] = dataset?.shape ?? []
  return dataset?.kind === 'images' && height !== undefined && width !== undefined && channels !== undefined ? [height, width, channels] : null
}

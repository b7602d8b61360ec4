import type { Column, Dataset, DatasetPart } from '@shared/domain/dataset'
import { isInMemory, type NumberBlocks, type Numbers } from './number-blocks'

/** What a reader makes of a file: everything of a Dataset that the bytes determine, and the arrays. */
export interface ParsedData extends Pick<Dataset, 'format' | 'kind' | 'rows' | 'shape' | 'classes' | 'valueRange' | 'source'> {
  columns: Column[]
  parts: DatasetPart[]
  leftOut?: NonNullable<Dataset['leftOut']>
  /** Tables only, row-major [rows, columns of role feature]. */
  features?: Float64Array
  /** The same where they are too many for memory. */
  featureBlocks?: NumberBlocks
  /** Closes what the blocks are read from. */
  release?: () => void
  /** Images only, row-major [rows, height, width, channels]. */
  pixels?: Uint8Array
  labels: Int32Array | null
}

export type ReadProgress = (fraction: number) => void

/** Long loops call this between pieces of work, so that the host goes on answering. */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** As the fields of parsed data. */
export const asFeatures = (numbers: Numbers): Pick<ParsedData, 'features' | 'featureBlocks'> => (isInMemory(numbers) ? { features: numbers } : { featureBlocks: numbers })

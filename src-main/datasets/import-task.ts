import type { Imported, ImportTask } from '@shared/domain/worker-protocol'
import { fillDatasetFolder, spillFile, writeTruth } from '../files/dataset-arrays'
import { fingerprint } from './fingerprint'
import type { TableReader } from './formats/sqlite'
import { generateData } from './generators/generate'
import type { ParsedData, ReadProgress } from './parsed-data'
import { readData } from './read'

export interface ImportSurroundings {
  onProgress: ReadProgress
  tables?: TableReader | undefined
}

/** Share of an import that is reading; hashing and writing the arrays are the rest. */
const readingShare = 0.9

/** Reads or generates data, and leaves their arrays in the folder of the task. */
export async function importInto({ source, folder }: Omit<ImportTask, 'kind'>, { onProgress, tables }: ImportSurroundings): Promise<Imported> {
  if (source.kind === 'generator') {
    const { data, truth } = await generateData(source.spec)
    onProgress(readingShare)
    const imported = await store(folder, data)
    writeTruth(folder, truth)
    const { generator, logLikelihood, factors } = truth
    onProgress(1)
    return { ...imported, truth: { generator, logLikelihood, factors: factors.map(({ name }) => name) } }
  }
  const spill = spillFile(folder)
  const data = await readData(source.path, source.options, { onProgress: (fraction) => onProgress(fraction * readingShare), tables, spill })
  const imported = await store(folder, data)
  onProgress(1)
  return { ...imported, truth: null }
}

/** Writes the arrays of data that were read, and tells what they are. */
export async function store(folder: string, { features, featureBlocks, pixels, labels, release, ...described }: ParsedData): Promise<Omit<Imported, 'truth'>> {
  const arrays = { labels, ...(features ? { features } : {}), ...(featureBlocks ? { featureBlocks } : {}), ...(pixels ? { pixels } : {}) }
  try {
    const sha256 = await fingerprint({ ...described, ...arrays })
    await fillDatasetFolder(folder, arrays)
    return { described, sha256 }
  } finally {
    release?.()
  }
}

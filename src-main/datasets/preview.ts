import type { Dataset, ImportPreview, SeenRows } from '@shared/domain/dataset'
import type { Preparation } from '@shared/domain/preparation'
import { AppError } from '@shared/rpc/errors'
import type { ParsedData } from './parsed-data'
import { prepareData } from './prepare'
import type { RawValues } from './transform'

/** What was seen of a file: for the user, and its first rows as data where they could be read. */
export interface Look {
  preview: ImportPreview
  sample: Omit<ParsedData, 'format' | 'source'> | null
}

export const emptyPreview = (path: string, given: Pick<ImportPreview, 'format' | 'kind' | 'suggestedName' | 'bytes'>): ImportPreview => ({
  path,
  ...given,
  ...{ members: [], member: null, delimiter: null, header: null, encoding: null, decimal: null, comments: null },
  ...{ columns: [], rows: [], shape: null, rowsRead: 0, complete: false, pictures: null, sizes: [], sizesOf: 0, seen: null, problem: null },
})

export const shownPictures = 24
const shownRows = 20

/** The first images, and the rows as a model would see them. */
export function withSample({ preview, sample }: Look, preparation: Preparation | undefined): ImportPreview {
  if (!sample) return preview
  const [, height = 0, width = 0, channels = 1] = sample.shape
  const shown = sample.pixels?.slice(0, shownPictures * height * width * channels)
  const pictures = shown ? { pixels: shown, shape: [height, width, channels] as [number, number, number] } : preview.pictures
  const features = sample.features ?? sample.pixels
  if (!preparation || !features) return { ...preview, pictures }
  const dataset: Dataset = { ...described(sample), id: '', name: preview.suggestedName, format: preview.format, source: [], sha256: '', bundled: null, description: '', createdAt: '' }
  return { ...preview, pictures, seen: seenRows(dataset, { features, labels: sample.labels }, preparation, preview.complete) }
}

function described({ features: _features, featureBlocks: _blocks, release: _release, pixels: _pixels, labels: _labels, ...rest }: NonNullable<Look['sample']>): typeof rest {
  return rest
}

/** The first training rows after the steps; what stands in their way is told as `problem`. */
export function seenRows(dataset: Dataset, arrays: { features: RawValues; labels: Int32Array | null }, preparation: Preparation, complete: boolean): SeenRows {
  try {
    const { train, features, featureNames, imageShape } = prepareData(dataset, arrays, preparation, 'float64')
    const rows = Math.min(imageShape ? shownPictures : shownRows, train.rows)
    const labels = train.labels && dataset.classes ? Array.from(train.labels.subarray(0, rows), (code) => dataset.classes![code] ?? null) : null
    const values = Float32Array.from(train.features.subarray(0, rows * features))
    return { featureNames, imageShape, values, rows, labels, fittedOn: train.rows, complete, problem: null }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const nothing = { featureNames: [], imageShape: null, values: new Float32Array(0), rows: 0, labels: null }
    return { ...nothing, fittedOn: 0, complete, problem: error.toJSON() }
  }
}

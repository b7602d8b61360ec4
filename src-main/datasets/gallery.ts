import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GalleryEntry } from '@shared/domain/dataset'
import type { GeneratorSpec } from '@shared/domain/generator'
import { generateData } from './generators/generate'
import type { IdxMeaning } from './idx'
import { bytesMeaning, readData } from './read'
import type { ParsedData, ReadProgress } from './parsed-data'

/** A dataset that comes with the program. */
export interface BundledDataset extends Omit<GalleryEntry, 'datasetId'> {
  /** File or folder beside gallery.json; '' of data that are generated. */
  path: string
  /** What generates them. */
  generator?: GeneratorSpec
  label?: string
  /** Columns that are left out. */
  ignore?: string[]
  /** What to do with rows that lack values. */
  missing?: 'keep' | 'drop'
  /** Names of the classes in the order of their codes. */
  classes?: string[]
  valueRange?: [number, number]
  /** Hash of the parsed data, which every copy of the program gets. */
  sha256: string
}

export interface Gallery {
  entries: BundledDataset[]
  read(entry: BundledDataset, onProgress?: ReadProgress): Promise<ParsedData>
}

export function openGallery(folder: string): Gallery {
  /** Written by us and checked by a test, so it is trusted to have this form. */
  const entries = JSON.parse(readFileSync(join(folder, 'gallery.json'), 'utf8')) as BundledDataset[]
  return {
    entries,
    read: async (entry, onProgress) => {
      if (entry.generator) return (await generateData(entry.generator)).data
      const { classes, label, ignore, missing } = entry
      const options = { ...(label === undefined ? {} : { label }), ...(ignore ? { ignore } : {}), ...(missing ? { missing } : {}) }
      const meaning: IdxMeaning = { valueRange: entry.valueRange ?? bytesMeaning.valueRange, ...(classes ? { classes } : {}) }
      const data = await readData(join(folder, entry.path), options, { meaning, onProgress })
      const source = data.source.map((file) => ({ ...file, path: file.path.slice(folder.length + 1).replaceAll('\\', '/') }))
      return { ...data, source, classes: data.classes && classes ? classes : data.classes }
    },
  }
}

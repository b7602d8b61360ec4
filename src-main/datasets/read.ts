import { basename } from 'node:path'
import type { ImportOptions } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { readCsv } from './csv'
import { type IdxMeaning, readIdx } from './idx'
import { findIdxFiles, hasIdxFiles, nameOfIdx } from './idx-files'
import type { TableReader } from './formats/sqlite'
import { readContainer } from './container-data'
import type { Format } from './formats/format'
import { endingOf, formatOfFile } from './formats/formats'
import { isMostlyDocuments, readDocuments } from './documents'
import { findPictures } from './picture-files'
import { readPictures } from './pictures'
import type { ParsedData, ReadProgress } from './parsed-data'
import { openSource, readHead, type SourceFile, statPath } from './source'
import { findParts, readParts } from './train-test-files'

/** Either images or documents, found by path, a file of a format with a reader of its own, or a text table that was opened. */
export type Recognized = { kind: 'images' } | { kind: 'pictures' } | { kind: 'documents' } | { kind: 'parts'; train: string; test: string } | { kind: 'table'; source: SourceFile } | { kind: 'container'; source: SourceFile; format: Format }

/** Folders and files with the IDX magic hold images; every other file is read as text. What the options say is not guessed. */
export async function recognize(path: string, options: ImportOptions, tables?: TableReader): Promise<Recognized> {
  if (options.format === 'text') return { kind: 'documents' }
  if (statPath(path).isDirectory()) {
    const isUnclaimed = options.format !== 'idx' && options.format !== 'images' && !hasIdxFiles(path) && findPictures(path).length === 0
    const parts = isUnclaimed ? findParts(path) : null
    if (parts) return { kind: 'parts', ...parts }
    if (options.format === undefined && isUnclaimed && isMostlyDocuments(path)) return { kind: 'documents' }
    if (options.format === 'images' || (options.format === undefined && !hasIdxFiles(path) && findPictures(path).length > 0)) return { kind: 'pictures' }
    if (options.format !== undefined && options.format !== 'idx') throw new AppError('dataset/not-a-file', { path })
    return { kind: 'images' }
  }
  const source = await openSource(path)
  if (options.format === 'idx') return { kind: 'images' }
  const format = await formatOfFile(source, options, tables)
  if (format) return { kind: 'container', source, format }
  if (options.format !== undefined) return { kind: 'table', source }
  const { bytes } = await readHead(source, 4)
  const isIdx = bytes.length === 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2]! >= 0x08 && bytes[2]! <= 0x0e && bytes[3]! > 0
  if (!isIdx && /idx\d[-_.]ubyte(\.gz)?$/i.test(path)) return { kind: 'images' }
  return isIdx ? { kind: 'images' } : { kind: 'table', source }
}

export const bytesMeaning: IdxMeaning = { valueRange: [0, 255] }

/** The whole of a file or folder as arrays. */
export async function readData(
  path: string,
  options: ImportOptions,
  extra: { meaning?: IdxMeaning | undefined; onProgress?: ReadProgress | undefined; tables?: TableReader | undefined; spill?: string | undefined } = {},
): Promise<ParsedData> {
  const recognized = await recognize(path, options, extra.tables)
  if (recognized.kind === 'table') return readCsv(recognized.source, options, extra)
  if (recognized.kind === 'container') return readContainer(recognized.source, recognized.format, options, extra.onProgress)
  if (recognized.kind === 'parts') {
    // each of the two may need a file of its own beside memory
    let files = 0
    const read = (part: string, onProgress: ReadProgress): Promise<ParsedData> =>
      readData(part, options, { ...extra, onProgress, spill: extra.spill === undefined ? undefined : `${extra.spill}.${(files += 1)}` })
    return readParts(recognized, read, extra.onProgress)
  }
  if (recognized.kind === 'documents') return readDocuments(path, options, extra.onProgress)
  checkImageOptions(path, options)
  if (recognized.kind === 'pictures') return readPictures(path, options, extra.onProgress)
  return readIdx(findIdxFiles(path), extra.meaning ?? bytesMeaning, extra.onProgress)
}

/** What was asked for and cannot be done is an error, not silently left undone. */
export function checkImageOptions(path: string, options: ImportOptions): void {
  for (const option of ['label', 'ignore', 'ids', 'categorical', 'missingMarks', 'delimiter', 'header', 'encoding', 'decimal', 'comments'] as const) {
    const value = options[option]
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
    if (option === 'label' && (value === 'label' || value === '')) continue
    throw new AppError('dataset/option-not-for-images', { path, option: `--${option}` })
  }
}

/** A name for a dataset from the name of its file or folder. */
export function nameOfPath(path: string, kind: 'table' | 'images'): string {
  const ending = endingOf(path)
  if (ending) return basename(path).replace(ending, '') || basename(path)
  if (kind === 'images') return nameOfIdx(path)
  const name = basename(path).replace(/\.gz$/i, '')
  return name.replace(/\.(csv|tsv|txt|data|dat)$/i, '') || name
}

import type { ImportOptions } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { readHead, type SourceFile } from '../source'
import { arffFormat } from './arff'
import { arrowFormat } from './arrow'
import { excelFormat } from './excel'
import type { Format } from './format'
import { hdf5Format } from './hdf5'
import { jsonlFormat } from './jsonl'
import { matlabFormat } from './matlab'
import { npyFormat, npzFormat } from './npy'
import { parquetFormat } from './parquet'
import { sqliteEndings, sqliteFormat, type TableReader } from './sqlite'

/** In the order in which they are asked; text that nobody knows is CSV. */
const own: Format[] = [npyFormat, npzFormat, parquetFormat, arrowFormat, matlabFormat, hdf5Format, excelFormat, arffFormat, jsonlFormat]
const textFormats = ['arff', 'jsonl']
const headBytes = 1 << 16

/** Databases are read by what is given in here: SQL has a room of its own. */
export const formatsWith = (tables: TableReader | undefined): Format[] => (tables ? [...own, sqliteFormat(tables)] : own)

export const endingOf = (path: string): RegExp | undefined => [...own.map(({ endings }) => endings), sqliteEndings].find((ending) => ending.test(path))

/** The reader of a file, by its first bytes or by what the options say; null for CSV and IDX, which have readers of their own. */
export async function formatOfFile(source: SourceFile, options: ImportOptions, tables: TableReader | undefined): Promise<Format | null> {
  const formats = formatsWith(tables)
  const { bytes } = await readHead(source, headBytes)
  const found =
    options.format === undefined
      ? formats.find((format) => format.recognizes(bytes, source.path.replace(/\.gz$/i, '')))
      : formats.find(({ format }) => format === options.format)
  if (found && source.gzip && !textFormats.includes(found.format)) throw new AppError('dataset/unpack-first', { path: source.path, format: found.format })
  return found ?? null
}

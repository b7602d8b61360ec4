import { readdirSync } from 'node:fs'
import { join, parse, relative } from 'node:path'
import type { ImportOptions } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { isLabelName } from './csv-columns'
import { sniffDialect } from './csv-dialect'
import { readRecords } from './csv-records'
import { csvHeadBytes } from './csv'
import type { PictureFile } from './picture-files'
import { openSource, readContents, readHead } from './source'

/** What each picture is of, by a table beside the pictures: one column names the file, another its class. */
export interface PictureLabels {
  name: string
  /** One for each picture, null where the table does not name it. */
  classes: (string | null)[]
}

const tables = /\.(csv|tsv|txt)$/i

/** Tables that lie beside the pictures of a folder. */
export const tablesBeside = (folder: string): string[] => readdirSync(folder).filter((name) => tables.test(name) && !name.startsWith('.')).sort()

/** By the table that the options name; without a choice, by subfolders, else by the one table that names pictures. */
export async function labelPictures(folder: string, files: PictureFile[], { labels }: ImportOptions): Promise<PictureLabels | null> {
  if (labels === '') return null
  if (labels !== undefined) {
    if (!tablesBeside(folder).includes(labels)) throw new AppError('dataset/no-labels-table', { path: folder, labels, tables: tablesBeside(folder) })
    const found = await readLabels(folder, labels, files)
    if (!found) throw new AppError('dataset/labels-name-no-picture', { path: join(folder, labels), folder })
    return found
  }
  if (files.some((file) => file.folder !== null)) return { name: 'folder', classes: files.map((file) => file.folder) }
  for (const table of tablesBeside(folder)) {
    const found = await readLabels(folder, table, files).catch((error: unknown) => {
      if (error instanceof AppError) return null
      throw error
    })
    if (found) return found
  }
  return null
}

async function readLabels(folder: string, table: string, files: PictureFile[]): Promise<PictureLabels | null> {
  const path = join(folder, table)
  const source = await openSource(path)
  const dialect = sniffDialect(await readHead(source, csvHeadBytes), {}, path)
  const records: string[][] = []
  await readRecords(path, readContents(source), dialect, ({ cells }) => void records.push(cells))
  const head = dialect.header ? records.shift()! : (records[0] ?? []).map((_, index) => `column ${index + 1}`)
  const places = new Map(files.flatMap((file, index) => namesOf(folder, file.path).map((name) => [name, index] as const)))
  const column = head.findIndex((_, at) => records.slice(0, 100).some((cells) => places.has(plain(cells[at] ?? ''))))
  const others = head.flatMap((_, at) => (at === column ? [] : [at]))
  const label = others.find((at) => isLabelName(head[at]!)) ?? others[0]
  if (column < 0 || label === undefined) return null
  const classes = files.map((): string | null => null)
  for (const cells of records) {
    const place = places.get(plain(cells[column] ?? ''))
    if (place !== undefined) classes[place] = cells[label]?.trim() || null
  }
  return { name: head[label]!, classes }
}

const plain = (cell: string): string => cell.trim().replaceAll('\\', '/').replace(/^\.\//, '')

/** A table may name a picture by its path below the folder or by its name alone, with its ending or without. */
function namesOf(folder: string, path: string): string[] {
  const below = relative(folder, path).replaceAll('\\', '/')
  const { base, name, ext } = parse(path)
  return [name, below.slice(0, below.length - ext.length), base, below]
}

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Column, DatasetPart } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { naturalOrder } from './cells'
import { summarizeColumns } from './column-summary'
import { blocksOf, heldWhereFew, type NumberBlocks } from './number-blocks'
import { asFeatures, type ParsedData, type ReadProgress } from './parsed-data'

const named = /^(.*[-_. ])?(train|test)(ing)?\.[a-z0-9.]+$/i

/** The two files of a folder that hold the train and the test part of one table, told by their names; null where there are no such two. */
export function findParts(folder: string): { train: string; test: string } | null {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && named.test(entry.name))
  const of = (part: string): string[] => files.map(({ name }) => name).filter((name) => named.exec(name)![2]!.toLowerCase() === part)
  const [train, test] = [of('train'), of('test')]
  return train.length === 1 && test.length === 1 ? { train: join(folder, train[0]!), test: join(folder, test[0]!) } : null
}

/**
 * Two tables as one, the rows of the test part last.
 *
 * @throws dataset/parts-differ  where their columns are not the same
 */
export async function readParts(
  { train, test }: { train: string; test: string },
  read: (path: string, onProgress: ReadProgress) => Promise<ParsedData>,
  onProgress?: ReadProgress,
): Promise<ParsedData> {
  const first = await read(train, (fraction) => onProgress?.(fraction / 2))
  const second = await read(test, (fraction) => onProgress?.(0.5 + fraction / 2))
  const columns = first.columns.map(sameColumn(second, { train, test }))
  if (first.kind !== 'table' || second.kind !== 'table' || columns.length !== second.columns.length) throw differ({ train, test }, first, second)
  const width = first.shape[1]!
  const rows = first.rows + second.rows
  const features = heldWhereFew(recoded(first, second))
  const summaries = await summarizeColumns(features, width)
  const featureNames = columns.filter(({ role }) => role === 'feature').map(({ name }) => name)
  const described = columns.map((column): Column => {
    const { summary: _summary, ...rest } = column
    const summary = summaries[featureNames.indexOf(column.name)]
    return { ...rest, ...(summary && !column.categories ? { summary } : {}) }
  })
  const parts: DatasetPart[] = [
    { name: 'train', start: 0, rows: first.rows },
    { name: 'test', start: first.rows, rows: second.rows },
  ]
  const release = (): void => [first, second].forEach((part) => part.release?.())
  return {
    ...{ format: first.format, kind: 'table', rows, shape: [rows, width], columns: described, parts, valueRange: null, source: [...first.source, ...second.source] },
    ...asFeatures(features),
    ...(first.release || second.release ? { release } : {}),
    ...mergedLabels(first, second),
  }
}

const differ = (paths: { train: string; test: string }, first: ParsedData, second: ParsedData): AppError => {
  const names = ({ columns }: ParsedData): string[] => columns.map(({ name }) => name)
  const [left, right] = [names(first), names(second)]
  return new AppError('dataset/parts-differ', { ...paths, onlyTrain: left.filter((name) => !right.includes(name)), onlyTest: right.filter((name) => !left.includes(name)) })
}

/** The same column in both, in the same place; real where it is in one, with the categories of both. */
const sameColumn =
  (second: ParsedData, paths: { train: string; test: string }) =>
  (column: Column, index: number, all: Column[]): Column => {
    const other = second.columns[index]
    if (!other || other.name !== column.name || other.role !== column.role) throw differ(paths, { ...second, columns: all }, second)
    const type = column.type === other.type ? column.type : 'real'
    const categories = column.categories && naturalOrder([...new Set([...column.categories, ...(other.categories ?? [])])])
    return { ...column, type, missing: column.missing + other.missing, ...(categories ? { categories } : {}) }
  }

/** The rows of both, codes of categories counted over the names of both. */
function recoded(first: ParsedData, second: ParsedData): NumberBlocks {
  const width = first.shape[1]!
  const features = ({ columns }: ParsedData): Column[] => columns.filter(({ role }) => role === 'feature')
  const merged = features(first).map((column, at) => {
    const other = features(second)[at]!.categories
    return column.categories && other ? naturalOrder([...new Set([...column.categories, ...other])]) : null
  })
  const mapOf = (part: ParsedData): (number[] | null)[] => features(part).map(({ categories }, at) => (merged[at] && categories ? categories.map((name) => merged[at]!.indexOf(name)) : null))
  return {
    length: (first.rows + second.rows) * width,
    *walk() {
      for (const part of [first, second]) {
        const codes = mapOf(part)
        const changes = codes.some((map) => map !== null)
        for (const block of blocksOf(part.features ?? part.featureBlocks!)) {
          yield changes ? block.map((value, at) => codes[at % width]?.[value] ?? value) : block
        }
      }
    },
  }
}

function mergedLabels(first: ParsedData, second: ParsedData): Pick<ParsedData, 'classes' | 'labels'> {
  if (!first.classes || !second.classes) return { classes: null, labels: null }
  const classes = naturalOrder([...new Set([...first.classes, ...second.classes])])
  const labels = new Int32Array(first.rows + second.rows)
  let at = 0
  for (const part of [first, second]) for (const code of part.labels!) labels[at++] = code < 0 ? -1 : classes.indexOf(part.classes![code]!)
  return { classes, labels }
}

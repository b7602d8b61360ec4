import type { Column, ColumnType, ImportOptions } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { nameClasses } from './arrays'
import { summarizeColumns } from './column-summary'
import { columnNames } from './csv-columns'
import type { Cell } from './csv-table'
import { blocksOf, heldWhereFew, type NumberBlocks, type Numbers } from './number-blocks'
import { asFeatures, type ParsedData, yieldToEventLoop } from './parsed-data'

/** An array [rows] or [rows, columns] of numbers, and the labels of its rows. */
export interface NumberTable {
  shape: number[]
  values: Numbers
  labels: { name: string; cells: Cell[] } | null
}

/** Whether options leave all columns numbers, so that no cell need be looked at for what it may mean. */
export const leavesNumbers = ({ label, categorical, missingMarks, partColumn }: ImportOptions): boolean => !label && !partColumn && !categorical?.length && !missingMarks?.length

interface Tally {
  numbers: number
  missing: number
  firstMissing: number | null
  firstInfinite: { line: number; text: string } | null
  allIntegers: boolean
}

/**
 * The same dataset as by way of cells, without making one of every number. Rows are counted from 1 in errors.
 *
 * @throws as tables of cells do: missing values without a choice, infinite numbers, no column, no row left
 */
export async function readNumberTable(path: string, { shape, values, labels }: NumberTable, options: ImportOptions, onProgress?: (fraction: number) => void): Promise<Omit<ParsedData, 'format' | 'source'>> {
  const [rows = 1, width = 1] = shape
  const names = columnNames(path, Array.from({ length: width }, () => ''), false, options)
  const tallies = await tally(values, width, rows, onProgress)
  const left = new Set([...(options.ignore ?? []), ...(options.ids ?? [])])
  const chosen = names.flatMap((name, at) => (left.has(name) || typeOf(tallies[at]!) === 'text' ? [] : [at]))
  check(path, names, chosen.map((at) => ({ name: names[at]!, ...tallies[at]! })), options)
  const kept = options.missing === 'drop' ? completeRows(values, width, chosen) : null
  if (kept?.length === 0) throw new AppError('dataset/all-rows-dropped', { path, rows })
  const count = kept?.length ?? rows
  const some = { width, kept, rows: count }
  const features = chosen.length === width && count === rows ? values : heldWhereFew(select(values, { ...some, chosen }))
  const summaries = new Map(columnsWith(chosen, await summarizeColumns(features, chosen.length)))
  const others = names.flatMap((_, at) => (chosen.includes(at) || typeOf(tallies[at]!) === 'text' ? [] : [at]))
  const summarized = await summarizeColumns(select(values, { ...some, chosen: others }), others.length)
  for (const [at, summary] of columnsWith(others, summarized)) summaries.set(at, summary)
  const missing = kept ? (await tally(select(values, { ...some, chosen: [...names.keys()] }), width, count)).map((own) => own.missing) : tallies.map((own) => own.missing)
  const columns = names.map((name, at): Column => {
    const summary = summaries.get(at)
    const role = chosen.includes(at) ? 'feature' : options.ids?.includes(name) ? 'id' : 'ignore'
    return { name, type: typeOf(tallies[at]!), role, missing: missing[at]!, ...(summary ? { summary } : {}) }
  })
  const named = labels ? nameClasses(path, labels.name, kept ? [...kept].map((row) => labels.cells[row]!) : labels.cells) : { classes: null, labels: null }
  const label: Column[] = named.labels ? [{ name: labels!.name, type: 'category', role: 'label', missing: named.labels.filter((code) => code < 0).length }] : []
  return { kind: 'table', rows: count, columns: [...columns, ...label], shape: [count, chosen.length], parts: [], valueRange: null, ...asFeatures(features), ...named }
}

/** A column without a number is none of numbers. */
const typeOf = ({ numbers, firstInfinite, allIntegers }: Tally): ColumnType =>
  numbers === 0 && !firstInfinite ? 'text' : allIntegers && !firstInfinite ? 'integer' : 'real'

const columnsWith = <S>(places: number[], summaries: S[]): [number, S][] => places.map((at, index) => [at, summaries[index]!])

async function tally(values: Numbers, width: number, rows: number, onProgress?: (fraction: number) => void): Promise<Tally[]> {
  const found = Array.from({ length: width }, (): Tally => ({ numbers: 0, missing: 0, firstMissing: null, firstInfinite: null, allIntegers: true }))
  let row = 0
  for (const block of piecesOf(values, width)) {
    for (let at = 0; at < block.length; row += 1) {
      for (let column = 0; column < width; column += 1, at += 1) {
        const value = block[at]!
        const own = found[column]!
        if (value - value === 0) {
          own.numbers += 1
          if (own.allIntegers && !Number.isInteger(value)) own.allIntegers = false
        } else if (value !== value) {
          own.missing += 1
          own.firstMissing ??= row + 1
        } else own.firstInfinite ??= { line: row + 1, text: String(value) }
      }
    }
    onProgress?.(row / rows)
    await yieldToEventLoop()
  }
  return found
}

const numbersPerPiece = 1 << 20

function* piecesOf(values: Numbers, width: number): Generator<Float64Array> {
  const length = Math.max(1, Math.floor(numbersPerPiece / width)) * width
  for (const block of blocksOf(values)) for (let start = 0; start < block.length; start += length) yield block.subarray(start, start + length)
}

function check(path: string, names: string[], columns: (Tally & { name: string })[], options: ImportOptions): void {
  if (columns.length === 0) throw new AppError('dataset/no-number-column', { path, columns: names })
  const infinite = columns.find(({ firstInfinite }) => firstInfinite)
  if (infinite) throw new AppError('dataset/infinite-number', { path, column: infinite.name, ...infinite.firstInfinite })
  const lacking = columns.filter(({ missing }) => missing > 0)
  if (lacking.length === 0 || options.missing !== undefined) return
  const line = Math.min(...lacking.map(({ firstMissing }) => firstMissing!))
  throw new AppError('dataset/missing-values', { path, columns: lacking.map(({ name, missing }) => `${name} (${missing})`), line })
}

function completeRows(values: Numbers, width: number, chosen: number[]): Int32Array {
  const kept: number[] = []
  let row = 0
  for (const block of blocksOf(values)) {
    for (let start = 0; start < block.length; start += width, row += 1) if (chosen.every((at) => !Number.isNaN(block[start + at]!))) kept.push(row)
  }
  return Int32Array.from(kept)
}

function select(values: Numbers, { width, chosen, kept, rows }: { width: number; chosen: number[]; kept: Int32Array | null; rows: number }): NumberBlocks {
  return {
    length: rows * chosen.length,
    *walk() {
      let [first, next] = [0, 0]
      for (const block of piecesOf(values, width)) {
        const out: number[] = []
        for (let row = 0; row < block.length / width; row += 1) {
          if (kept && kept[next] !== first + row) continue
          next += 1
          for (const at of chosen) out.push(block[row * width + at]!)
        }
        first += block.length / width
        yield Float64Array.from(out)
      }
    },
  }
}

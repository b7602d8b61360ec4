import { parse } from 'csv-parse/sync'
import type { ImportOptions } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { kindOf, numberOf } from './cells'

export interface CsvDialect {
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'
  delimiter: string
  header: boolean
  /** 3,6 is three and six tenths. */
  decimalComma: boolean
}

/** Tried in this order: where two divide the lines equally well, the rarer one in ordinary text is meant. */
const delimiters = ['\t', ';', '|', ',']
const sampleRecords = 200

/** Tells from the first bytes of a file how it is written; what the options say is not guessed. */
export function sniffDialect(head: { bytes: Buffer; complete: boolean }, options: ImportOptions, path: string): CsvDialect {
  const encoding = sniffEncoding(head, path)
  const text = new TextDecoder(encoding).decode(head.bytes)
  if (text.trim() === '') throw new AppError('dataset/no-text', { path })
  const delimiter = options.delimiter ?? (options.format === 'tsv' ? '\t' : sniffDelimiter(text))
  const records = parseSample(head.complete ? text : text.slice(0, text.lastIndexOf('\n') + 1 || text.length), delimiter)
  const decimalComma = delimiter !== ',' && usesDecimalComma(records)
  return { encoding, delimiter, decimalComma, header: options.header ?? hasHeader(records, decimalComma) }
}

function sniffEncoding(head: { bytes: Buffer; complete: boolean }, path: string): CsvDialect['encoding'] {
  const { bytes, complete } = head
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes.includes(0)) throw new AppError('dataset/not-text', { path })
  for (const encoding of ['utf-8', 'gb18030'] as const) {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: !complete })
      return encoding
    } catch {
      continue
    }
  }
  throw new AppError('dataset/encoding-unknown', { path })
}

function sniffDelimiter(text: string): string {
  const lines = text.split(/\r\n|\n|\r/, sampleRecords).filter((line) => line.trim() !== '')
  let best = ','
  let bestShare = 0
  for (const delimiter of delimiters) {
    const counts = lines.map((line) => countOutsideQuotes(line, delimiter))
    const frequency = new Map<number, number>()
    for (const count of counts) if (count > 0) frequency.set(count, (frequency.get(count) ?? 0) + 1)
    const share = Math.max(0, ...frequency.values()) / lines.length
    if (share > bestShare + 0.1) {
      best = delimiter
      bestShare = share
    }
  }
  return best
}

function countOutsideQuotes(line: string, delimiter: string): number {
  let count = 0
  let quoted = false
  for (const character of line) {
    if (character === '"') quoted = !quoted
    else if (character === delimiter && !quoted) count += 1
  }
  return count
}

function parseSample(text: string, delimiter: string): string[][] {
  return parse(text, {
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    to: sampleRecords,
  })
}

function usesDecimalComma(records: string[][]): boolean {
  const cells = records.flat()
  return cells.some((cell) => /^\s*[+-]?\d+,\d+\s*$/.test(cell)) && !cells.some((cell) => /^\s*[+-]?\d*\.\d+\s*$/.test(cell))
}

/** A first record without a number is a header; with numbers, only where more of its texts stand over numbers than numbers over numbers. */
function hasHeader(records: string[][], decimalComma: boolean): boolean {
  const [first, ...body] = records
  if (!first) return false
  const isNumber = (cell: string | undefined): boolean => cell !== undefined && !Number.isNaN(numberOf(cell, decimalComma))
  if (!first.some(isNumber)) return first.some((cell) => kindOf(cell, decimalComma) === 'text')
  let textOverNumbers = 0
  let numbersOverNumbers = 0
  for (const [column, cell] of first.entries()) {
    const below = body.filter((record) => isNumber(record[column])).length
    if (below <= body.length / 2) continue
    if (isNumber(cell)) numbersOverNumbers += 1
    else if (kindOf(cell, decimalComma) === 'text') textOverNumbers += 1
  }
  return textOverNumbers > numbersOverNumbers
}

import { parse } from 'csv-parse/sync'
import type { ImportOptions } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { kindOf, numberOf } from './cells'

export interface CsvDialect {
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'
  /** A blank stands for any run of blanks and tabs. */
  delimiter: string
  /** Lines that begin with # are left out. */
  comments: boolean
  header: boolean
  /** 3,6 is three and six tenths. */
  decimalComma: boolean
}

/** Tried in this order: where two divide the lines equally well, the rarer one in ordinary text is meant. */
const delimiters = ['\t', ';', '|', ',']
const sampleRecords = 200
/** Lines divided into the same number of cells so often are divided by that delimiter. */
const evenShare = 0.8

/** Tells from the first bytes of a file how it is written; what the options say is not guessed. */
export function sniffDialect(head: { bytes: Buffer; complete: boolean }, options: ImportOptions, path: string): CsvDialect {
  const encoding = options.encoding ?? sniffEncoding(head, path)
  const all = new TextDecoder(encoding).decode(head.bytes)
  if (all.trim() === '') throw new AppError('dataset/no-text', { path })
  const comments = options.comments ?? hasComments(all, options)
  const text = comments ? all.replace(/^\s*#.*(\r?\n|$)/gm, '') : all
  if (text.trim() === '') throw new AppError('dataset/no-text', { path })
  const delimiter = options.delimiter ?? (options.format === 'tsv' ? '\t' : sniffDelimiter(text))
  const records = parseSample(head.complete ? text : text.slice(0, text.lastIndexOf('\n') + 1 || text.length), delimiter)
  const decimalComma = options.decimal === undefined ? delimiter !== ',' && usesDecimalComma(records) : options.decimal === 'comma'
  return { encoding, delimiter, comments, decimalComma, header: options.header ?? hasHeader(records, decimalComma) }
}

/** By its marks, else UTF-8 where it is that, else GB18030. */
export function sniffEncoding(head: { bytes: Buffer; complete: boolean }, path: string): CsvDialect['encoding'] {
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
  return bestShare < evenShare && shareOfBlanks(lines) >= evenShare ? ' ' : best
}

/** How many of the lines have the most frequent number of words, where that is more than one. */
function shareOfBlanks(lines: string[]): number {
  const frequency = new Map<number, number>()
  for (const line of lines) {
    const words = line.trim().split(/[ \t]+/).length
    if (words > 1) frequency.set(words, (frequency.get(words) ?? 0) + 1)
  }
  return Math.max(0, ...frequency.values()) / lines.length
}

/** A first line after # is a comment, unless it is a single one that names as many columns as the next line has. */
function hasComments(text: string, options: ImportOptions): boolean {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/, sampleRecords).filter((line) => line.trim() !== '')
  const [first = '', second = ''] = lines
  if (!first.trimStart().startsWith('#')) return false
  const delimiter = options.delimiter ?? sniffDelimiter(lines.slice(1).join('\n'))
  const cells = countOutsideQuotes(first, delimiter)
  return second.trimStart().startsWith('#') || delimiter === ' ' || cells === 0 || cells !== countOutsideQuotes(second, delimiter)
}

/** Runs of blanks and tabs outside quotes made one blank; none at the ends. */
export const singleBlanks = (line: string): string => line.trim().replace(/"[^"]*"|[ \t]+/g, (run) => (run.startsWith('"') ? run : ' '))


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
  const lines = delimiter === ' ' ? text.split(/\r\n|\n/).map(singleBlanks).join('\n') : text
  return parse(lines, {
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

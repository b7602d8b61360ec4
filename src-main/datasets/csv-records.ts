import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import { AppError } from '@shared/rpc/errors'
import { type CsvDialect, singleBlanks } from './csv-dialect'

export interface CsvRecord {
  /** Line of the file on which the record ends, counted from 1. */
  line: number
  cells: string[]
}

const largestRecordBytes = 1 << 26

/** Hands over the records of a file one by one, blank lines left out. Errors name the file and the line. */
export async function readRecords(
  path: string,
  contents: AsyncIterable<Buffer>,
  dialect: CsvDialect,
  onRecord: (record: CsvRecord) => void,
): Promise<void> {
  let lastCounted = 0
  /** csv-parse counts a CRLF inside quotes as two lines. */
  let countedTwice = 0
  const parser = parse({
    delimiter: dialect.delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    ...(dialect.comments ? { comment: '#', comment_no_infix: true } : {}),
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: largestRecordBytes,
    on_record: (cells: string[], { lines }) => {
      if (lines - lastCounted > 1) for (const cell of cells) countedTwice += cell.split('\r\n').length - 1
      lastCounted = lines
      if (cells.length > 1 || cells[0]!.trim() !== '') onRecord({ line: lines - countedTwice, cells })
      return null
    },
  })
  parser.resume()
  try {
    await pipeline(Readable.from(inUtf8(path, contents, dialect)), parser)
  } catch (error) {
    throw error instanceof CsvError ? recordError(path, error, lastCounted - countedTwice + 1) : error
  }
}

function recordError(path: string, error: CsvError, line: number): unknown {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return new AppError('dataset/quote-not-closed', { path, line })
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return new AppError('dataset/record-too-long', { path, line, megabytes: largestRecordBytes >> 20 })
  return error
}

async function* inUtf8(path: string, contents: AsyncIterable<Buffer>, { encoding, delimiter }: CsvDialect): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  const decode = (piece?: Buffer): string => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode()
    } catch {
      throw new AppError('dataset/encoding-broken', { path, encoding: encoding.toUpperCase() })
    }
  }
  let rest = ''
  for await (const piece of contents) {
    const text = decode(piece)
    if (delimiter === ' ') {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      yield Buffer.from(lines.map((line) => `${singleBlanks(line)}\n`).join(''))
    } else yield encoding === 'utf-8' ? piece : Buffer.from(text)
  }
  decode()
  if (rest !== '') yield Buffer.from(singleBlanks(rest))
}

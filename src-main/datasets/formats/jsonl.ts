import { AppError } from '@shared/rpc/errors'
import type { SourceFile } from '../source'
import { cellOf } from './cell-of'
import type { CellRecord, Format } from './format'
import { readLines } from './lines'

const namesFrom = 1000

/** One JSON object, or one array of cells, per line. */
export const jsonlFormat: Format = {
  format: 'jsonl',
  endings: /\.(jsonl|ndjson|json)$/i,
  recognizes: (head, path) => /\.(jsonl|ndjson)$/i.test(path) || isJson(head.toString('utf8').replace(/^\ufeff/, '').split(/\r?\n/, 1)[0]!),
  open: async (source) => ({
    members: [{ name: 'table', about: 'JSON', readable: true }],
    read: async () => ({ kind: 'cells', names: await namesOf(source), records: records(source) }),
    close: () => {},
  }),
}

function isJson(line: string): boolean {
  if (!/^\s*(\{|\[)/.test(line)) return false
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

function parse(path: string, line: number, text: string): Record<string, unknown> | unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown> | unknown[]
  } catch {
    // told below
  }
  throw new AppError('dataset/not-json', { path, line, text: text.slice(0, 60) })
}

/** Keys in the order in which the first lines bring them. */
async function namesOf(source: SourceFile): Promise<string[]> {
  const names = new Set<string>()
  let seen = 0
  for await (const lines of readLines(source)) {
    for (const { line, text } of lines) {
      if (text.trim() === '') continue
      const value = parse(source.path, line, text)
      if (Array.isArray(value)) return value.map(() => '')
      for (const key of Object.keys(value)) names.add(key)
      if (++seen === namesFrom) return [...names]
    }
  }
  if (seen === 0) throw new AppError('dataset/no-text', { path: source.path })
  return [...names]
}

async function* records(source: SourceFile): AsyncGenerator<CellRecord[]> {
  const { path } = source
  const names = await namesOf(source)
  const known = new Set(names)
  for await (const lines of readLines(source)) {
    yield lines.flatMap(({ line, text }): CellRecord[] => {
      if (text.trim() === '') return []
      const value = parse(path, line, text)
      if (Array.isArray(value)) return [{ line, cells: value.map(cellOf) }]
      const strange = Object.keys(value).find((key) => !known.has(key))
      if (strange !== undefined) throw new AppError('dataset/late-key', { path, line, key: strange, rows: namesFrom })
      return [{ line, cells: names.map((name) => cellOf(value[name])) }]
    })
  }
}

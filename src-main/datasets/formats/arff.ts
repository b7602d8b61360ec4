import { AppError } from '@shared/rpc/errors'
import type { SourceFile } from '../source'
import type { Cell } from '../csv-table'
import type { CellRecord, Format } from './format'
import { readLines } from './lines'

/** Weka's attribute-relation files: @attribute lines, then @data, dense or sparse. */
export const arffFormat: Format = {
  format: 'arff',
  endings: /\.arff$/i,
  recognizes: (head, path) => /\.arff$/i.test(path) || /^(\s*(%.*)?\r?\n)*\s*@relation\b/i.test(head.toString('latin1')),
  open: async (source) => ({
    members: [{ name: 'table', about: 'ARFF', readable: true }],
    read: async () => ({ kind: 'cells', names: (await headerOf(source)).map(({ name }) => name), records: records(source) }),
    close: () => {},
  }),
}

interface Attribute {
  name: string
  /** What a sparse row means by leaving it out: 0, or the first of the names. */
  zero: string
}

async function headerOf(source: SourceFile): Promise<Attribute[]> {
  const attributes: Attribute[] = []
  for await (const lines of readLines(source)) {
    for (const { line, text } of lines) {
      if (/^\s*@data\b/i.test(text)) return attributes
      const said = /^\s*@attribute\s+(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\S+))\s+(.*)$/i.exec(text)
      if (/^\s*@attribute\b/i.test(text) && !said) throw new AppError('dataset/arff-header', { path: source.path, line, text: text.slice(0, 60) })
      if (!said) continue
      const nominal = /^\{(.*)\}\s*$/.exec(said[4]!.trim())
      attributes.push({ name: plain(said[1] ?? said[2] ?? said[3]!), zero: nominal ? (cellsOf(nominal[1]!)[0] ?? '') : '0' })
    }
  }
  throw new AppError('dataset/arff-header', { path: source.path, line: 1, text: '@data' })
}

async function* records(source: SourceFile): AsyncGenerator<CellRecord[]> {
  const attributes = await headerOf(source)
  let inData = false
  for await (const lines of readLines(source)) {
    const found: CellRecord[] = []
    for (const { line, text } of lines) {
      const trimmed = text.trim()
      if (!inData) inData = /^@data\b/i.test(trimmed)
      else if (trimmed !== '' && !trimmed.startsWith('%')) found.push({ line, cells: rowOf(source.path, line, trimmed, attributes) })
    }
    yield found
  }
}

function rowOf(path: string, line: number, text: string, attributes: Attribute[]): Cell[] {
  if (!text.startsWith('{')) return cellsOf(text)
  const cells = attributes.map(({ zero }) => zero)
  for (const entry of cellsOf(text.replace(/^\{|\}\s*$/g, ''), true)) {
    const said = /^(\d+)\s+(.+)$/s.exec(entry)
    if (!said || Number(said[1]) >= cells.length) {
      throw new AppError('dataset/ragged-row', { path, line, expected: cells.length, got: said ? Number(said[1]) + 1 : 0 })
    }
    cells[Number(said[1])] = cellsOf(said[2]!)[0] ?? ''
  }
  return cells
}

/** Values between commas; quotes of either kind keep commas together. */
function cellsOf(text: string, keepQuotes = false): string[] {
  const cells: string[] = []
  let cell = ''
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (character === '\\' && quote && at + 1 < text.length) {
      cell += keepQuotes ? character + text[at + 1]! : text[at + 1]!
      at += 1
    } else if (quote) {
      if (character === quote) quote = ''
      if (character !== quote && (quote || keepQuotes)) cell += character
    } else if ((character === '"' || character === "'") && cell.trim() === cell.trim().replace(/[^\d\s]/g, '')) {
      quote = character
      if (keepQuotes) cell += character
    } else if (character === ',') {
      cells.push(cell.trim())
      cell = ''
    } else cell += character
  }
  if (cell.trim() !== '' || cells.length > 0) cells.push(cell.trim())
  return cells
}

const plain = (name: string): string => name.replace(/\\(.)/g, '$1')

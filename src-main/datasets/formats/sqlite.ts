import { AppError } from '@shared/rpc/errors'
import { cellOf } from './cell-of'
import { type CellRecord, type Format, startsWith } from './format'
import { damaged } from './random-access'

/** Reads tables of a database file; all SQL is the store's. */
export interface TableReader {
  tables(path: string): { name: string; rows: number; columns: string[] }[]
  rows(path: string, table: string): Iterable<unknown[]>
}

export const sqliteEndings = /\.(sqlite3?|db3?)$/i
const rowsPerPiece = 4096

export const sqliteFormat = (reader: TableReader): Format => ({
  format: 'sqlite',
  endings: sqliteEndings,
  recognizes: (head) => startsWith(head, 'SQLite format 3\0'),
  open: async ({ path }) => {
    const said = <T>(task: () => T): T => {
      try {
        return task()
      } catch (error) {
        if (error instanceof AppError) throw error
        throw damaged(path, 'SQLite', error instanceof Error ? error.message : String(error))
      }
    }
    const tables = said(() => reader.tables(path))
    async function* records(table: string): AsyncGenerator<CellRecord[]> {
      const rows = said(() => reader.rows(path, table)[Symbol.iterator]())
      let line = 0
      try {
        for (let piece: CellRecord[] = []; ; piece = []) {
          let end = false
          while (piece.length < rowsPerPiece && !end) {
            const { done, value } = said(() => rows.next())
            if (done) end = true
            else piece.push({ line: (line += 1), cells: (value as unknown[]).map(cellOf) })
          }
          yield piece
          if (end) return
        }
      } finally {
        rows.return?.()
      }
    }
    return {
      members: tables.map(({ name, rows, columns }) => ({ name, about: `${rows} × ${columns.length}`, readable: rows > 0 })),
      read: async (member) => ({ kind: 'cells', names: tables.find(({ name }) => name === member)!.columns, records: records(member) }),
      close: () => {},
    }
  },
})

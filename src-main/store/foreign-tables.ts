import Database from 'better-sqlite3'

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Tables and views of a database that is not ours: opened for reading only, never written to. */
export const foreignTables = {
  tables(path: string): { name: string; rows: number; columns: string[] }[] {
    const database = new Database(path, { readonly: true, fileMustExist: true })
    try {
      const names = database
        .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid`)
        .pluck()
        .all()
      return names.map((name) => ({
        name,
        rows: database.prepare<[], number>(`SELECT count(*) FROM ${quoted(name)}`).pluck().get()!,
        columns: database.prepare(`SELECT * FROM ${quoted(name)}`).columns().map((column) => column.name),
      }))
    } finally {
      database.close()
    }
  },

  *rows(path: string, table: string): Generator<unknown[]> {
    const database = new Database(path, { readonly: true, fileMustExist: true })
    try {
      yield* database.prepare<[], unknown[]>(`SELECT * FROM ${quoted(table)}`).raw().iterate()
    } finally {
      database.close()
    }
  },
}

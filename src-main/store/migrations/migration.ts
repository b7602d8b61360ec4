import type Database from 'better-sqlite3'

export interface Migration {
  /** 1, 2, 3 …: what `user_version` is after it. */
  version: number
  name: string
  sql: string
  /** What SQL alone cannot say, after it and in the same transaction. */
  fill?: (database: Database.Database) => void
}

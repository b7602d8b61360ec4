import Database from 'better-sqlite3'
import { AppError } from '@shared/rpc/errors'
import type { Migration } from './migrations/migration'
import { migrations } from './migrations/migrations'

export type SqliteDatabase = Database.Database

/** Opens the file, refuses one of a newer version, and brings an older one up to date. */
export function openDatabase(path: string, home: string, known: readonly Migration[] = migrations): SqliteDatabase {
  const database = openFile(path, home)
  try {
    const found = database.pragma('user_version', { simple: true }) as number
    const newest = known.at(-1)?.version ?? 0
    if (found > newest) throw new AppError('system/home-newer', { home, found, known: newest })
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('foreign_keys = ON')
    database.pragma('busy_timeout = 5000')
    for (const migration of known) if (migration.version > found) migrate(database, migration)
    return database
  } catch (error) {
    database.close()
    if ((error as { code?: string }).code === 'SQLITE_NOTADB') throw new AppError('system/home-damaged', { path, reason: (error as Error).message })
    throw error
  }
}

function openFile(path: string, home: string): SqliteDatabase {
  try {
    return new Database(path)
  } catch (error) {
    throw new AppError('system/home-unwritable', { home, reason: (error as Error).message })
  }
}

function migrate(database: SqliteDatabase, migration: Migration): void {
  database.transaction(() => {
    database.exec(migration.sql)
    migration.fill?.(database)
    database.pragma(`user_version = ${migration.version}`)
  })()
}

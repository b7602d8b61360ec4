import Database from 'better-sqlite3'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrations } from './migrations/migrations'
import { openDatabase } from './open-database'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-store-'))
  path = join(folder, 'latent.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('migrations are numbered 1, 2, 3 … without a gap', () => {
  expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1))
})

test('a new folder ends at the newest schema, in WAL, and opens again unchanged', () => {
  for (let opening = 0; opening < 2; opening++) {
    const database = openDatabase(path, folder)
    expect(database.pragma('user_version', { simple: true })).toBe(migrations.length)
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    database.close()
  }
})

test('an older database is brought up to date with its rows', () => {
  openDatabase(path, folder).close()
  const next = { version: migrations.length + 1, name: 'test', sql: 'ALTER TABLE runs ADD COLUMN extra TEXT' }
  const database = openDatabase(path, folder, [...migrations, next])
  expect(database.pragma('user_version', { simple: true })).toBe(next.version)
  database.close()
})

test('a migration that fails leaves the database as it was', () => {
  openDatabase(path, folder).close()
  const broken = { version: migrations.length + 1, name: 'test', sql: 'CREATE TABLE half (x); SELECT nonsense;' }
  expect(() => openDatabase(path, folder, [...migrations, broken])).toThrow(/nonsense/)
  const database = openDatabase(path, folder)
  expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'half'").get()).toBeUndefined()
  database.close()
})

test('a database of a newer version is refused with both versions named', () => {
  const newer = new Database(path)
  newer.pragma('user_version = 99')
  newer.close()
  expect(() => openDatabase(path, folder)).toThrow(
    expect.objectContaining({ code: 'system/home-newer', details: { home: folder, found: 99, known: migrations.length } }),
  )
})

test('a file that is no database is refused, not overwritten', () => {
  writeFileSync(path, 'a poem, and a long one at that\n'.repeat(100))
  expect(() => openDatabase(path, folder)).toThrow(expect.objectContaining({ code: 'system/home-damaged' }))
})

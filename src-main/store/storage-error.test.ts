import Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { storageError } from './storage-error'

const thrown = (act: () => void): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a full disk and a read-only database are told from bugs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latent-full-'))
  const path = join(folder, 'a.db')
  const database = new Database(path)
  database.exec('CREATE TABLE a (x)')
  database.pragma('max_page_count = 3')
  const full = thrown(() => database.prepare('INSERT INTO a VALUES (?)').run(Buffer.alloc(100_000)))
  expect(storageError(full, '/home')).toMatchObject({ code: 'system/disk-full', details: { home: '/home' } })
  database.close()
  const readonly = new Database(path, { readonly: true })
  const refused = thrown(() => readonly.exec('INSERT INTO a VALUES (1)'))
  expect(storageError(refused, '/home')).toMatchObject({ code: 'system/home-unwritable' })
  const bug = thrown(() => readonly.exec('nonsense'))
  expect(storageError(bug, '/home')).toBeNull()
  expect(storageError(new TypeError('x'), '/home')).toBeNull()
  readonly.close()
  rmSync(folder, { recursive: true })
})

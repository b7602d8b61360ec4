import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFileAtomic } from './atomic-write'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-write-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the new content replaces the old one, and nothing else is left', () => {
  const path = join(folder, 'a.bin')
  writeFileAtomic(path, '旧')
  writeFileAtomic(path, Uint8Array.of(1, 2, 3))
  expect([...readFileSync(path)]).toEqual([1, 2, 3])
  expect(readdirSync(folder)).toEqual(['a.bin'])
})

test.skipIf(process.platform === 'win32')('the mode is that of the new file', () => {
  const path = join(folder, 'secret')
  writeFileAtomic(path, 'x', 0o600)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a write that fails leaves what was there, and no part of the new', () => {
  const path = join(folder, 'taken')
  mkdirSync(join(path, 'inside'), { recursive: true })
  expect(() => writeFileAtomic(path, 'x')).toThrow()
  expect(readdirSync(folder)).toEqual(['taken'])
})

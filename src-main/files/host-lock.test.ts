import { fork } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDataFolder } from './data-folder'
import { acquireHostLock, readHostLock } from './host-lock'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'latent-lock-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const now = '2026-11-20T00:00:00.000Z'

test('a second owner is refused and told who the first one is', () => {
  const folder = openDataFolder(home)
  const lock = acquireHostLock(folder, now)
  expect(() => acquireHostLock(folder, now)).toThrow(
    expect.objectContaining({ code: 'system/home-in-use', details: { home: folder.home, pid: process.pid } }),
  )
  lock.release()
  acquireHostLock(folder, now).release()
  expect(readdirSync(home).filter((name) => name.startsWith('host.lock'))).toEqual([])
})

test('the address of a serving host is readable by its user only', () => {
  const folder = openDataFolder(home)
  const lock = acquireHostLock(folder, now)
  lock.publish({ port: 4321, token: 'secret' })
  expect(readHostLock(folder)).toMatchObject({ pid: process.pid, port: 4321, token: 'secret' })
  if (process.platform !== 'win32') expect(statSync(folder.lock).mode & 0o777).toBe(0o600)
  lock.release()
})

test('the lock of a process that was killed is taken over', async () => {
  const folder = openDataFolder(home)
  const child = fork('-e', [], { execArgv: ['-e', 'setInterval(() => {}, 1000)'], stdio: 'ignore' })
  const pid = child.pid as number
  writeFileSync(folder.lock, JSON.stringify({ pid, processStart: null, port: null, token: null, startedAt: now }))
  expect(() => acquireHostLock(folder, now)).toThrow(expect.objectContaining({ code: 'system/home-in-use' }))
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  acquireHostLock(folder, now)
  expect(JSON.parse(readFileSync(folder.lock, 'utf8'))).toMatchObject({ pid: process.pid })
})

test.runIf(process.platform === 'linux')('a process that merely got the number of the former owner does not hold the folder', () => {
  const folder = openDataFolder(home)
  writeFileSync(folder.lock, JSON.stringify({ pid: process.pid, processStart: '1', port: null, token: null, startedAt: now }))
  acquireHostLock(folder, now)
})

test('a lock that holds nonsense is taken over', () => {
  const folder = openDataFolder(home)
  writeFileSync(folder.lock, '')
  acquireHostLock(folder, now).release()
})

test('a home that cannot be a folder is named with the reason', () => {
  const path = join(home, 'file')
  writeFileSync(path, '')
  expect(() => openDataFolder(join(path, 'home'))).toThrow(expect.objectContaining({ code: 'system/home-unwritable' }))
})

test('names that would leave their folder are refused', () => {
  const folder = openDataFolder(home)
  for (const name of ['..', '.', '', 'a/b', '../x', 'a\\b', 'a\0b', '.hidden']) {
    expect(() => folder.runFolder(name)).toThrow(expect.objectContaining({ code: 'system/bad-name' }))
  }
  expect(folder.artifactsFolder('20261120-7f3k2q')).toBe(join(home, 'runs', '20261120-7f3k2q', 'artifacts'))
})

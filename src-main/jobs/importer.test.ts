import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { createImporter, type ImportJob } from './importer'
import { findNodeCommand } from './node-command'
import { workerLimits } from './worker-process'

const startImport = createImporter({ command: findNodeCommand(null), workerPath: resolve('src-main/jobs/fixture-worker.mjs'), limits: workerLimits })
const start = (path: string, onProgress: (fraction: number) => void = () => {}): ImportJob =>
  startImport({ source: { kind: 'file', path, options: {} }, folder: '' }, onProgress)

test('an import tells how far it is, and what it made of the file', async () => {
  const fractions: number[] = []
  expect(await start('good', (fraction) => fractions.push(fraction)).done).toEqual({ sha256: 'good' })
  expect(fractions).toEqual([0.5])
})

test('what is wrong with a file comes from the process as it was said there', async () => {
  await expect(start('bad').done).rejects.toMatchObject({ code: 'dataset/file-empty', details: { path: 'bad' } })
})

test('a reader that goes down ends its import, with a sentence', async () => {
  await expect(start('crash').done).rejects.toThrow(/process that imported crash ended \(SIGABRT\); nothing was stored/)
})

test('a reader that hangs can be stopped', async () => {
  const job = start('hang', () => job.stop())
  await expect(job.done).rejects.toMatchObject({ code: 'dataset/import-crashed', details: { reason: 'SIGKILL' } })
})

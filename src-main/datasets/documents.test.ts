import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { termsOf } from './documents'
import { readData } from './read'
import { sniff } from './sniff'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-documents-'))
  mkdirSync(join(folder, 'sport'))
  mkdirSync(join(folder, 'music'))
  writeFileSync(join(folder, 'sport', 'a.txt'), 'The match, the MATCH! 3 goals.')
  writeFileSync(join(folder, 'sport', 'b.txt'), 'A match without goals')
  writeFileSync(join(folder, 'music', 'c.txt'), 'The song')
  writeFileSync(join(folder, 'notes.pdf'), 'not a document')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('words are lower case, without numbers and punctuation; Chinese is cut into words', () => {
  expect(termsOf("Don't stop: 3 GOALS, e.g.")).toEqual(["don't", 'stop', 'goals', 'e.g'])
  expect(termsOf('变分自编码器是概率模型')).toEqual(expect.arrayContaining(['概率', '模型']))
})

test('a folder of texts is a table of counts, its subfolders the classes', async () => {
  const data = await readData(folder, {})
  const names = data.columns.filter(({ role }) => role === 'feature').map(({ name }) => name)
  expect(names).toEqual(['a', 'goals', 'match', 'song', 'the', 'without'])
  expect(data).toMatchObject({ format: 'text', rows: 3, shape: [3, 6], classes: ['music', 'sport'] })
  expect([...data.features!]).toEqual([0, 0, 0, 1, 1, 0, 0, 1, 2, 0, 2, 0, 1, 1, 1, 0, 0, 1])
  expect([...data.labels!]).toEqual([0, 1, 1])
  const kept = await readData(folder, { minDocuments: 2, ignore: ['the'] })
  expect(kept.columns.map(({ name }) => name)).toEqual(['goals', 'match', 'folder'])
  expect(await sniff(folder, {})).toMatchObject({ format: 'text', complete: true, shape: [3, 6], problem: null })
})

test('a file can hold a document on every line; what holds no word says so', async () => {
  const path = join(folder, 'lines.txt')
  writeFileSync(path, 'one two\n\ntwo three\n')
  expect(await readData(path, { format: 'text' })).toMatchObject({ rows: 2, shape: [2, 3] })
  await expect(readData(path, { format: 'text', minDocuments: 3 })).rejects.toMatchObject({ code: 'dataset/no-terms' })
  rmSync(path)
})

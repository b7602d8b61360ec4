import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readData } from './read'
import { sniff } from './sniff'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-parts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const put = (name: string, content: string): void => writeFileSync(join(folder, name), content)

test('two files of a folder are the train and the test part of one table', async () => {
  put('wine-train.csv', 'a,town,class\n1,ulm,x\n2,bonn,y\n')
  put('wine-test.csv', 'a,town,class\n3.5,aachen,z\n')
  put('readme.md', 'about')
  const data = await readData(folder, { categorical: ['town'] })
  expect(data).toMatchObject({ rows: 3, shape: [3, 2], classes: ['x', 'y', 'z'], parts: [{ name: 'train', start: 0, rows: 2 }, { name: 'test', start: 2, rows: 1 }] })
  expect(data.columns.map(({ type, categories }) => [type, categories])).toEqual([['real', undefined], ['category', ['aachen', 'bonn', 'ulm']], ['category', undefined]])
  expect([...data.features!]).toEqual([1, 2, 2, 1, 3.5, 0])
  expect([...data.labels!]).toEqual([0, 1, 2])
  expect(data.columns[0]!.summary).toMatchObject({ minimum: 1, maximum: 3.5 })
  expect(data.source).toHaveLength(2)
  expect(await sniff(folder, {})).toMatchObject({ kind: 'table', members: [{ name: 'wine-train.csv' }, { name: 'wine-test.csv' }], problem: null })
})

test('parts with other columns are refused, and the columns named', async () => {
  put('train.csv', 'a,b\n1,2\n3,4\n')
  put('test.csv', 'a,c\n1,2\n3,4\n')
  await expect(readData(folder, {})).rejects.toMatchObject({ code: 'dataset/parts-differ', details: { onlyTrain: ['b'], onlyTest: ['c'] } })
})

test('a column can say of each row which part it is of; test rows come last', async () => {
  put('a.csv', 'x,set,class\n1,test,u\n2,train,v\n3,Train,u\n')
  const data = await readData(join(folder, 'a.csv'), { partColumn: 'set' })
  expect(data).toMatchObject({ shape: [3, 1], parts: [{ name: 'train', start: 0, rows: 2 }, { name: 'test', start: 2, rows: 1 }] })
  expect([...data.features!]).toEqual([2, 3, 1])
  expect([...data.labels!].map((code) => data.classes![code])).toEqual(['v', 'u', 'u'])
  expect(data.columns[1]).toMatchObject({ name: 'set', role: 'id' })
  put('b.csv', 'x,set\n1,test\n2,dev\n')
  await expect(readData(join(folder, 'b.csv'), { partColumn: 'set' })).rejects.toMatchObject({ code: 'dataset/part-names', details: { names: ['dev'] } })
})

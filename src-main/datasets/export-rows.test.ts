import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileHead, fileRows } from './export-rows'
import { readData } from './read'
import { rawOf, sampleDataset } from './sample-dataset'

async function exported(content: string, options: object): Promise<{ text: string; again: Awaited<ReturnType<typeof readData>>; first: Awaited<ReturnType<typeof readData>> }> {
  const folder = mkdtempSync(join(tmpdir(), 'latent-export-'))
  try {
    const path = join(folder, 'a.csv')
    writeFileSync(path, content)
    const first = await readData(path, options)
    const dataset = sampleDataset(first)
    const { features, labels } = rawOf(first)
    const text = Buffer.concat([fileHead(dataset, 'csv'), fileRows(dataset, { features, labels, rows: dataset.rows }, 'csv')]).toString()
    writeFileSync(path, text)
    return { text, first, again: await readData(path, options) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('what is exported is imported as the same data', async () => {
  const { first, again } = await exported('x,town,class\n0.1,ulm,a\n-2.5e-7,"b, c",b\n,ulm,a\n', { categorical: ['town'], label: 'class', missing: 'keep' })
  expect(again.features).toEqual(first.features)
  expect(again.labels).toEqual(first.labels)
  expect(again.columns).toEqual(first.columns)
})

test('a text that a spreadsheet would run as a formula is told to be text; numbers are not', async () => {
  const { text } = await exported('x,class\n1,=cmd()\n2,-3\n3,@here\n', { label: 'class' })
  expect(text.split('\n').slice(1, 4)).toEqual(["1,'=cmd()", '2,-3', "3,'@here"])
})

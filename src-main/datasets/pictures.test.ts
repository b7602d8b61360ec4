import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { sentence } from '@shared/messages/messages'
import { readData } from './read'
import { sniff } from './sniff'

/** Pictures that Pillow wrote: fixtures/write-fixtures.py. */
const pictures = join(import.meta.dirname, 'fixtures', 'pictures')
const expected = JSON.parse(readFileSync(join(pictures, '..', 'expected.json'), 'utf8')) as Record<'colour' | 'grey' | 'on-white', number[]>
const folder = mkdtempSync(join(tmpdir(), 'latent-pictures-'))
afterAll(() => rmSync(folder, { recursive: true }))

const tripled = expected.grey.flatMap((value) => [value, value, value])

test('PNG, BMP, TIFF, WebP; transparent, turned by EXIF, 16 bits, grey: pixels are those that were written', async () => {
  const data = await readData(pictures, {})
  expect(data).toMatchObject({ format: 'images', kind: 'images', shape: [8, 4, 6, 3], classes: ['cat', 'dog'], leftOut: [] })
  expect([...data.labels!]).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
  const size = 4 * 6 * 3
  const picture = (index: number): number[] => [...data.pixels!.subarray(index * size, (index + 1) * size)]
  for (const index of [0, 1, 4, 5, 7]) expect(picture(index)).toEqual(expected.colour)
  expect(picture(6)).toEqual(expected['on-white'])
  expect(picture(2)).toEqual(tripled)
  expect(picture(3)).toEqual(tripled)
})

test('brought to a side and to one channel', async () => {
  const data = await readData(pictures, { side: 2, grey: true })
  expect(data.shape).toEqual([8, 2, 2, 1])
  const grey = await readData(join(pictures, 'cat'), { grey: true })
  expect([...grey.pixels!.subarray(2 * 24, 3 * 24)]).toEqual(expected.grey)
  expect(grey.classes).toBeNull()
})

test('a damaged picture and one of another size are listed and left out; the rest goes in', async () => {
  const here = join(folder, 'some')
  cpSync(pictures, here, { recursive: true })
  writeFileSync(join(here, 'cat', 'broken.png'), readFileSync(join(pictures, 'cat', 'a.png')).subarray(0, 60))
  writeFileSync(join(here, 'dog', 'no.jpg'), 'no picture')
  await sharp({ create: { width: 9, height: 5, channels: 3, background: 'red' } }).png().toFile(join(here, 'dog', 'other.png'))
  const data = await readData(here, {})
  expect(data.rows).toBe(8)
  expect(data.leftOut!.map(({ path }) => path)).toEqual([join('cat', 'broken.png'), join('dog', 'no.jpg'), join('dog', 'other.png')])
  for (const { why } of data.leftOut!) expect(why).not.toBe('')
  const { code, details, message } = data.leftOut!.at(-1)!.notice!
  expect(message).toContain('5 × 9 pixels, where the first picture has 4 × 6')
  expect(sentence(code, details, 'zh')).toContain('5 × 9 像素，而第一幅图像为 4 × 6')
})

test('the preview says how many there are and of what size', async () => {
  expect(await sniff(pictures, {})).toMatchObject({ format: 'images', shape: [8, 4, 6, 3], problem: null })
  expect(await sniff(pictures, { delimiter: ';' })).toMatchObject({ problem: { code: 'dataset/option-not-for-images' } })
})

test('a table beside the pictures names their classes, by file name with or without its ending', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latent-labelled-'))
  try {
    for (const name of ['a.png', 'g.png', 'h.png']) cpSync(join(pictures, 'cat', name), join(folder, name))
    writeFileSync(join(folder, 'labels.csv'), 'file,class\na.png,tom\ng,jerry\nnone.png,spike\n')
    const data = await readData(folder, { side: 4, grey: true })
    expect(data).toMatchObject({ rows: 3, classes: ['jerry', 'tom'] })
    expect([...data.labels!]).toEqual([1, 0, -1])
    expect(data.columns[1]).toMatchObject({ name: 'class', role: 'label', missing: 1 })
    expect((await readData(folder, { side: 4, labels: '' })).classes).toBeNull()
    await expect(readData(folder, { labels: 'no.csv' })).rejects.toMatchObject({ code: 'dataset/no-labels-table' })
    const preview = await sniff(folder, { side: 4, grey: true })
    expect(preview).toMatchObject({ members: [{ name: 'labels.csv' }], sizesOf: 3, pictures: { shape: [4, 4, 1] } })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Sharp } from 'sharp'
import type { Column, ImportOptions, ImportPreview } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'
import { nameClasses } from './arrays'
import { readBitmap } from './bitmap'
import { summarizeBytes } from './column-summary'
import type { ParsedData, ReadProgress } from './parsed-data'
import { findPictures, type PictureFile } from './picture-files'
import { labelPictures, type PictureLabels, tablesBeside } from './picture-labels'
import { type Look, shownPictures } from './preview'

/** What libvips may decode from one file. */
const mostPixels = 1 << 28
const mostBytes = 8 * 2 ** 30
const atOnce = 8
const badNamed = 20

type LeftOut = NonNullable<ParsedData['leftOut']>[number]
type Library = typeof import('sharp').default

interface Frame {
  height: number
  width: number
  channels: number
}

/**
 * A folder of pictures as images. Pictures are turned as their EXIF data say, laid on white where they are transparent, brought to 8 bits per channel,
 * and, with a side, cropped to the middle square and scaled. Those that cannot be read are left out and listed in `bad`.
 */
export async function readPictures(folder: string, options: ImportOptions, onProgress?: ReadProgress): Promise<ParsedData> {
  const files = findPictures(folder)
  const library = (await import('sharp')).default
  const frame = await frameOf(folder, files, library, options)
  const size = frame.height * frame.width * frame.channels
  if (files.length * size > mostBytes) throw new AppError('dataset/too-large-for-memory', { path: folder, bytes: files.length * size })
  const pixels = new Uint8Array(files.length * size)
  const hash = createHash('sha256')
  const labels = await labelPictures(folder, files, options)
  const good: number[] = []
  const bad: LeftOut[] = []
  let bytes = 0
  for (let start = 0; start < files.length; start += atOnce) {
    const group = files.slice(start, start + atOnce)
    const read = await Promise.all(group.map((file) => decode(library, file.path, options, frame).catch((error: unknown) => ({ error }))))
    read.forEach((outcome, index) => {
      const file = group[index]!
      if ('error' in outcome) return bad.push({ path: file.path, ...reasonOf(outcome.error) })
      pixels.set(outcome.pixels, good.length * size)
      hash.update(outcome.sha256)
      bytes += outcome.bytes
      return good.push(start + index)
    })
    onProgress?.(Math.min(1, (start + group.length) / files.length))
  }
  if (good.length === 0) throw new AppError('dataset/no-readable-picture', { path: folder, count: files.length, why: bad[0]?.why ?? '' })
  const named = labels && { name: labels.name, classes: good.map((index) => labels.classes[index]!) }
  return describe(folder, named, pixels.slice(0, good.length * size), frame, { bad, record: { path: folder, bytes, sha256: hash.digest('hex') } })
}

async function describe(
  folder: string,
  labels: PictureLabels | null,
  pixels: Uint8Array,
  { height, width, channels }: Frame,
  { bad, record }: { bad: LeftOut[]; record: ParsedData['source'][number] },
): Promise<ParsedData> {
  const columns: Column[] = [{ name: 'pixels', type: 'pixels', role: 'feature', missing: 0, summary: await summarizeBytes(pixels) }]
  const rows = pixels.length / (height * width * channels)
  const named = labels ? nameClasses(folder, labels.name, labels.classes) : { classes: null, labels: null }
  if (named.labels) columns.push({ name: labels!.name, type: 'category', role: 'label', missing: named.labels.filter((code) => code < 0).length })
  const shape = [rows, height, width, channels]
  const leftOut = bad.map(({ path, ...told }) => ({ path: relative(folder, path), ...told }))
  return { format: 'images', kind: 'images', rows, columns, shape, parts: [], valueRange: [0, 255], pixels, ...named, source: [record], leftOut }
}

/** Height, width and channels of all: what the options say, or what the first picture that can be read has. */
async function frameOf(folder: string, files: PictureFile[], library: Library, options: ImportOptions): Promise<Frame> {
  if (files.length === 0) throw new AppError('dataset/folder-without-images', { path: folder })
  let why = ''
  for (const { path } of files.slice(0, badNamed)) {
    try {
      const { info } = await (await open(library, path, options)).raw().toBuffer({ resolveWithObject: true })
      return { height: info.height, width: info.width, channels: options.grey ? 1 : 3 }
    } catch (error) {
      why = reason(error)
    }
  }
  throw new AppError('dataset/no-readable-picture', { path: folder, count: files.length, why })
}

async function decode(library: Library, path: string, options: ImportOptions, frame: Frame): Promise<{ pixels: Uint8Array; bytes: number; sha256: string }> {
  const contents = await readFile(path)
  const { data, info } = await (await open(library, path, options, contents)).raw().toBuffer({ resolveWithObject: true })
  if (info.height !== frame.height || info.width !== frame.width) {
    throw new AppError('dataset/picture-size', { path, got: `${info.height} × ${info.width}`, wanted: `${frame.height} × ${frame.width}` })
  }
  return { pixels: onlyChannels(data, info.channels, frame.channels), bytes: contents.length, sha256: createHash('sha256').update(contents).digest('hex') }
}

async function open(library: Library, path: string, { side, grey }: ImportOptions, known?: Buffer): Promise<Sharp> {
  const contents = known ?? (await readFile(path))
  const settings = { limitInputPixels: mostPixels, failOn: 'warning' } as const
  const bitmap = contents.toString('latin1', 0, 2) === 'BM' ? readBitmap(path, contents) : null
  const image = bitmap ? library(bitmap.pixels, { ...settings, raw: bitmap }) : library(contents, settings)
  const upright = image.autoOrient().flatten({ background: '#ffffff' })
  const sized = side === undefined ? upright : upright.resize(side, side, { fit: 'cover', position: 'centre' })
  // 16-bit pictures are brought to 8 bits by the colour space
  return sized.toColourspace(grey ? 'b-w' : 'srgb')
}

function onlyChannels(data: Uint8Array, has: number, wanted: number): Uint8Array {
  if (has === wanted) return data
  const count = data.length / has
  return Uint8Array.from({ length: count * wanted }, (_, index) => data[Math.floor(index / wanted) * has + (has < wanted ? 0 : index % wanted)]!)
}

const reason = (error: unknown): string => (error instanceof Error ? error.message.split('\n', 1)[0]! : String(error))
const reasonOf = (error: unknown): Omit<LeftOut, 'path'> => ({ why: reason(error), ...(error instanceof AppError ? { notice: error.toJSON() } : {}) })

const picturesMeasured = 200

/** What a folder of pictures is taken for, from their names and the first that can be read. */
export async function previewPictures(folder: string, options: ImportOptions, preview: ImportPreview): Promise<Look> {
  try {
    const files = findPictures(folder)
    const library = (await import('sharp')).default
    const frame = await frameOf(folder, files, library, options)
    const labels = await labelPictures(folder, files, options)
    const pixels: Column = { name: 'pixels', type: 'pixels', role: 'feature', missing: 0 }
    const missing = labels?.classes.filter((name) => name === null).length ?? 0
    const columns: Column[] = labels ? [pixels, { name: labels.name, type: 'category', role: 'label', missing }] : [pixels]
    const members = tablesBeside(folder).map((name) => ({ name, about: '' }))
    const measured = evenly(files, picturesMeasured)
    const sizes = await sizesOf(library, measured)
    const shown = await firstPictures(library, evenly(files, shownPictures), options, frame)
    const shape = [shown.length, frame.height, frame.width, frame.channels]
    const sample = { kind: 'images' as const, rows: shown.length, shape, columns, parts: [], classes: null, valueRange: [0, 255] as [number, number], pixels: concatenated(shown), labels: null }
    return {
      preview: { ...preview, columns, shape: [files.length, frame.height, frame.width, frame.channels], rowsRead: shown.length, sizes, sizesOf: measured.length, members },
      sample: shown.length > 0 ? sample : null,
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { preview: { ...preview, problem: error.toJSON() }, sample: null }
  }
}

/** At most so many, from all over the list. */
const evenly = <T>(all: T[], most: number): T[] => (all.length <= most ? all : Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)]!))

/** How many there are of each size, before they are cropped; the most frequent first. */
async function sizesOf(library: Library, files: PictureFile[]): Promise<ImportPreview['sizes']> {
  const counts = new Map<string, ImportPreview['sizes'][number]>()
  for (let start = 0; start < files.length; start += atOnce) {
    const group = files.slice(start, start + atOnce)
    const found = await Promise.all(group.map(({ path }) => sizeOf(library, path).catch(() => null)))
    for (const size of found) {
      if (!size) continue
      const { height, width } = size
      const known = counts.get(`${height} ${width}`)
      counts.set(`${height} ${width}`, { height, width, count: (known?.count ?? 0) + 1 })
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)
}

async function sizeOf(library: Library, path: string): Promise<{ height: number; width: number }> {
  if (!/\.bmp$/i.test(path)) return (await library(path).metadata()).autoOrient
  const { height, width } = readBitmap(path, await readFile(path))
  return { height, width }
}

async function firstPictures(library: Library, files: PictureFile[], options: ImportOptions, frame: Frame): Promise<Uint8Array[]> {
  const read = await Promise.all(files.map(({ path }) => decode(library, path, options, frame).then(({ pixels }) => pixels, () => null)))
  return read.filter((pixels) => pixels !== null)
}

function concatenated(pictures: Uint8Array[]): Uint8Array {
  const size = pictures[0]?.length ?? 0
  const all = new Uint8Array(pictures.length * size)
  pictures.forEach((pixels, index) => all.set(pixels, index * size))
  return all
}

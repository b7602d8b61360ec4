import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '@shared/rpc/errors'
import { statPath } from './source'

export interface IdxPart {
  /** Null for a single file. */
  name: 'train' | 'test' | null
  images: string
  labels: string | null
}

export interface IdxFiles {
  path: string
  parts: IdxPart[]
}

/** train-images-idx3-ubyte, t10k-images.idx3-ubyte.gz, emnist-digits-test-images-idx3-ubyte … */
const imagesName = /^(?:.*[-_.])?(train|t10k|test)[-_.]images[-_.]idx[34][-_.]ubyte(\.gz)?$/i

const anyImagesName = /images[-_.]idx[34][-_.]ubyte(\.gz)?$/i

const singlePart = (images: string): IdxPart => ({ name: null, images, labels: labelsBeside(images) })

/** One file and the labels beside it; of a folder, the files with well-known names, or its only images file. */
export function findIdxFiles(path: string): IdxFiles {
  if (!statPath(path).isDirectory()) return { path, parts: [singlePart(path)] }
  const found = new Map<'train' | 'test', string>()
  const files = readdirSync(path).sort()
  for (const file of files) {
    const part = imagesName.exec(file)?.[1]?.toLowerCase()
    if (part === undefined) continue
    const name = part === 'train' ? 'train' : 'test'
    if (!found.has(name)) found.set(name, join(path, file))
  }
  const parts = (['train', 'test'] as const).flatMap((name): IdxPart[] => {
    const images = found.get(name)
    return images === undefined ? [] : [{ name, images, labels: labelsBeside(images) }]
  })
  const [only, another] = files.filter((file) => anyImagesName.test(file))
  if (parts.length === 0 && only !== undefined && another === undefined) return { path, parts: [singlePart(join(path, only))] }
  if (parts.length === 0) throw new AppError('dataset/folder-without-images', { path })
  return { path, parts }
}

/** Whether a folder holds images files of IDX. */
export const hasIdxFiles = (path: string): boolean => readdirSync(path).some((file) => imagesName.test(file) || anyImagesName.test(file))

/** Names the dataset: after the folder, or the file without its IDX endings. A folder of uploaded files has a number for a name. */
export function nameOfIdx(path: string): string {
  const name = basename(path).replace(/(^|[-_.])(images[-_.])?idx\d[-_.]ubyte(\.gz)?$|\.gz$/i, '')
  return name === '' || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name) ? 'images' : name
}

function labelsBeside(images: string): string | null {
  const name = basename(images)
  const plain = name.replace(/\.gz$/i, '')
  const labels = plain
    .replace(/images(?=[^/\\]*$)/i, (word) => (word === word.toUpperCase() ? 'LABELS' : 'labels'))
    .replace(/idx[34]/i, 'idx1')
  if (labels === plain) return null
  const separators = [labels, labels.replace('.idx1', '-idx1'), labels.replace('-idx1', '.idx1')]
  const candidates = separators.flatMap((candidate) => [candidate, `${candidate}.gz`])
  return candidates.map((candidate) => join(dirname(images), candidate)).find((candidate) => existsSync(candidate)) ?? null
}

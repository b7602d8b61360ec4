import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { archiveManifestSchema, type ArchiveManifest, archiveVersion } from '@shared/domain/archive'
import { AppError } from '@shared/rpc/errors'
import { type DataFolder, isEntryName } from '../files/data-folder'
import { DamagedZip, openZip, type OpenedZip, type ZipEntry } from '../files/zip-reader'
import type { Store } from '../store/store'
import { type MergedArchive, mergeArchive } from './archive-merge'

export interface ImportArchive {
  store: Store
  folder: DataFolder
  path: string
  onProgress(fraction: number): void
  /** Throws where the user does not want it any more. */
  check(): void
}

const manifestName = 'archive.json'
const longestManifest = 1 << 28
const allowed = /^(?:datasets\/[^/]+\/(?:dataset\.json|files\/[^/]+)|runs\/[^/]+\/(?:run\.json|files\/[^/]+(?:\/[^/]+)?)|(?:sweeps|selections|reports)\/[^/]+\.json)$/

/** A name in an archive is one of the places that archives have; each part names an entry of a folder, never a way out. */
function checkName(path: string, name: string): void {
  if (!allowed.test(name) || !name.split('/').every(isEntryName)) throw new AppError('archive/climbs', { path, name })
}

async function manifestOf(zip: OpenedZip, path: string): Promise<ArchiveManifest> {
  const entry = zip.entries.find(({ name }) => name === manifestName)
  if (!entry) throw new AppError('archive/not-one', { path })
  let raw: unknown
  try {
    raw = JSON.parse(await zip.readText(entry, longestManifest))
  } catch (error) {
    throw error instanceof DamagedZip ? error : new AppError('archive/not-one', { path })
  }
  const version = (raw as { version?: unknown } | null)?.version
  if (typeof version === 'number' && version > archiveVersion) throw new AppError('archive/newer', { path, found: version, known: archiveVersion })
  const manifest = archiveManifestSchema.safeParse(raw)
  if (!manifest.success) throw new AppError('archive/not-one', { path })
  return manifest.data
}

/** Each file that the manifest names, once, and no other. */
function entriesOf(zip: OpenedZip, manifest: ArchiveManifest, path: string): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>()
  for (const entry of zip.entries) {
    if (entry.name === manifestName) continue
    checkName(path, entry.name)
    if (entries.has(entry.name)) throw new AppError('archive/tampered', { path, name: entry.name })
    entries.set(entry.name, entry)
  }
  const listed = new Set(manifest.files.map(({ name }) => name))
  for (const { name, bytes } of manifest.files) {
    checkName(path, name)
    if (entries.get(name)?.bytes !== bytes) throw new AppError('archive/tampered', { path, name })
  }
  for (const name of entries.keys()) if (!listed.has(name)) throw new AppError('archive/tampered', { path, name })
  return entries
}

/** Unpacks beside the data folder's own things, checks every byte, and only then merges; what fails leaves nothing. */
export async function importArchive(options: ImportArchive): Promise<MergedArchive> {
  const { folder, path } = options
  if (!existsSync(path) || !statSync(path).isFile()) throw new AppError('archive/no-file', { path })
  const scratch = folder.temporaryFolder()
  try {
    const manifest = await unpack(options, scratch)
    return mergeArchive(options, manifest, scratch)
  } catch (error) {
    if (error instanceof DamagedZip) throw new AppError('archive/damaged', { path, reason: error.message })
    throw error
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function unpack({ folder, path, onProgress, check }: ImportArchive, scratch: string): Promise<ArchiveManifest> {
  const zip = openZip(path)
  try {
    const manifest = await manifestOf(zip, path)
    const entries = entriesOf(zip, manifest, path)
    const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0)
    const { bavail, bsize } = statfsSync(folder.home)
    if (total > bavail * bsize) throw new AppError('archive/no-space', { path, bytes: total, free: bavail * bsize })
    let done = 0
    for (const { name, sha256 } of manifest.files) {
      check()
      const got = await zip.extract(entries.get(name)!, join(scratch, ...name.split('/')), (bytes) => {
        check()
        done += bytes
        onProgress(Math.min(1, done / Math.max(1, total)))
      })
      if (got !== sha256) throw new AppError('archive/tampered', { path, name })
    }
    return manifest
  } finally {
    zip.close()
  }
}

export const readJson = (scratch: string, name: string): unknown => JSON.parse(readFileSync(join(scratch, ...name.split('/')), 'utf8'))
export const newDatasetId = (): string => randomBytes(6).toString('hex')

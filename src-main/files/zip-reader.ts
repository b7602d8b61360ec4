import { createHash } from 'node:crypto'
import { closeSync, createReadStream, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInflateRaw } from 'node:zlib'

/* Reads zips by their central directory, entry by entry, with ZIP64; deflated or stored. What does not add up is a `DamagedZip`. */

export class DamagedZip extends Error {}

export interface ZipEntry {
  name: string
  bytes: number
  packed: number
  offset: number
  method: number
  isEncrypted: boolean
}

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50 } as const
const endBytes = 22
const locatorBytes = 20
const longestComment = 0xffff
const largest32 = 0xffffffff
/** A directory of more than this is none that anybody wrote. */
const longestDirectory = 1 << 28

export interface OpenedZip {
  entries: ZipEntry[]
  /** Unpacks one entry, at most as many bytes as it says it has, into `to`; gives the SHA-256 of what it wrote. */
  extract(entry: ZipEntry, to: string, onBytes: (bytes: number) => void): Promise<string>
  readText(entry: ZipEntry, most: number): Promise<string>
  close(): void
}

export function openZip(path: string): OpenedZip {
  const file = openSync(path, 'r')
  try {
    const size = fstatSync(file).size
    const at = (from: number, length: number): Buffer => {
      if (from < 0 || length < 0 || from + length > size) throw new DamagedZip('it ends too early')
      const buffer = Buffer.alloc(length)
      for (let done = 0; done < length; ) {
        const got = readSync(file, buffer, done, length - done, from + done)
        if (got === 0) throw new DamagedZip('it ends too early')
        done += got
      }
      return buffer
    }
    const entries = readDirectory(size, at)
    return { entries, extract: (entry, to, onBytes) => extract({ path, at }, entry, to, onBytes), readText: (entry, most) => readText({ path, at }, entry, most), close: () => closeSync(file) }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

type ReadAt = (from: number, length: number) => Buffer

function readDirectory(size: number, at: ReadAt): ZipEntry[] {
  const tail = at(Math.max(0, size - endBytes - longestComment), Math.min(size, endBytes + longestComment))
  let end = -1
  for (let place = tail.length - endBytes; place >= 0 && end < 0; place -= 1) if (tail.readUInt32LE(place) === signatures.end) end = place
  if (end < 0) throw new DamagedZip('its directory is missing')
  let count = tail.readUInt16LE(end + 10)
  let [length, offset] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)]
  if (offset === largest32 || count === 0xffff) {
    const locator = at(size - tail.length + end - locatorBytes, locatorBytes)
    const end64 = at(Number(locator.readBigUInt64LE(8)), 56)
    if (end64.readUInt32LE(0) !== signatures.end64) throw new DamagedZip('its directory is missing')
    ;[count, length, offset] = [Number(end64.readBigUInt64LE(32)), Number(end64.readBigUInt64LE(40)), Number(end64.readBigUInt64LE(48))]
  }
  if (length > longestDirectory) throw new DamagedZip('its directory is too long')
  return parseDirectory(at(offset, length), count)
}

function parseDirectory(directory: Buffer, count: number): ZipEntry[] {
  const entries: ZipEntry[] = []
  for (let place = 0; entries.length < count; ) {
    if (place + 46 > directory.length || directory.readUInt32LE(place) !== signatures.central) throw new DamagedZip('its directory does not add up')
    const [nameLength, extraLength, commentLength] = [directory.readUInt16LE(place + 28), directory.readUInt16LE(place + 30), directory.readUInt16LE(place + 32)]
    const extra = directory.subarray(place + 46 + nameLength, place + 46 + nameLength + extraLength)
    const wide = wideFields(extra)
    const field = (where: number): number => {
      const value = directory.readUInt32LE(where)
      return value === largest32 ? wide() : value
    }
    const bytes = field(place + 24)
    const packed = field(place + 20)
    const offset = field(place + 42)
    entries.push({
      ...{ name: directory.toString('utf8', place + 46, place + 46 + nameLength), bytes, packed, offset },
      ...{ method: directory.readUInt16LE(place + 10), isEncrypted: (directory.readUInt16LE(place + 8) & 1) === 1 },
    })
    place += 46 + nameLength + extraLength + commentLength
  }
  return entries
}

/** The 64-bit values of ZIP64's extra field, one after another. */
function wideFields(extra: Buffer): () => number {
  let place = 0
  while (place + 4 <= extra.length && extra.readUInt16LE(place) !== 1) place += 4 + extra.readUInt16LE(place + 2)
  place += 4
  return () => {
    if (place + 8 > extra.length) throw new DamagedZip('a size is missing')
    const value = Number(extra.readBigUInt64LE(place))
    place += 8
    return value
  }
}

interface Source {
  path: string
  at: ReadAt
}

async function* unpacked({ path, at }: Source, { name, offset, packed, bytes, method, isEncrypted }: ZipEntry): AsyncGenerator<Buffer> {
  if (isEncrypted || (method !== 0 && method !== 8)) throw new DamagedZip(`${name} is packed in a way that is not read here`)
  const local = at(offset, 30)
  if (local.readUInt32LE(0) !== signatures.local) throw new DamagedZip(`${name} is not where the directory says`)
  const start = offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
  at(start, 0)
  if (packed === 0) return
  const raw = createReadStream(path, { start, end: start + packed - 1, highWaterMark: 1 << 20 })
  const pieces = method === 8 ? raw.pipe(createInflateRaw()) : raw
  let got = 0
  try {
    for await (const piece of pieces as AsyncIterable<Buffer>) {
      got += piece.length
      if (got > bytes) throw new DamagedZip(`${name} is larger than the directory says`)
      yield piece
    }
  } catch (error) {
    if (error instanceof DamagedZip) throw error
    throw new DamagedZip(`${name} cannot be unpacked: ${(error as Error).message}`)
  } finally {
    raw.destroy()
  }
  if (got !== bytes) throw new DamagedZip(`${name} is smaller than the directory says`)
}

async function extract(source: Source, entry: ZipEntry, to: string, onBytes: (bytes: number) => void): Promise<string> {
  mkdirSync(dirname(to), { recursive: true })
  const hash = createHash('sha256')
  const file = openSync(to, 'wx')
  try {
    for await (const piece of unpacked(source, entry)) {
      hash.update(piece)
      for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done)
      onBytes(piece.length)
    }
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}

async function readText(source: Source, entry: ZipEntry, most: number): Promise<string> {
  if (entry.bytes > most) throw new DamagedZip(`${entry.name} is too large`)
  const pieces: Buffer[] = []
  for await (const piece of unpacked(source, entry)) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

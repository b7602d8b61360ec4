import { promisify } from 'node:util'
import { constants, inflateRaw } from 'node:zlib'
import { AppError } from '@shared/rpc/errors'
import { damaged, mostBytes, type RandomAccess } from './random-access'

const inflate = promisify(inflateRaw)

export interface ZipEntry {
  name: string
  /** Length once unpacked, as the archive declares it. */
  size: number
  packed: number
  method: number
  /** Where its local header begins. */
  at: number
}

const endMark = 0x06054b50
const end64Mark = 0x06064b50
const locatorMark = 0x07064b50
const entryMark = 0x02014b50
const localMark = 0x04034b50
const endBytes = 22
const longestComment = 0xffff
const largestDirectory = 1 << 26
/** Deflate makes nothing smaller than by this factor. */
const bestCompression = 1032

/** The directory of a ZIP archive (APPNOTE 6.3, with ZIP64), from its end. Nothing is unpacked, nothing is written. */
export async function listZip(file: RandomAccess): Promise<ZipEntry[]> {
  const bad = (what: string): AppError => damaged(file.path, 'ZIP', what)
  const tailStart = Math.max(0, file.bytes - endBytes - longestComment)
  const tail = await file.read(tailStart, file.bytes - tailStart)
  const end = lastMark(tail)
  if (end < 0) throw bad('no directory at its end')
  let count = tail.readUInt16LE(end + 10)
  let length = tail.readUInt32LE(end + 12)
  let start = tail.readUInt32LE(end + 16)
  if (count === 0xffff || length === 0xffffffff || start === 0xffffffff) {
    if (end < 20 || tail.readUInt32LE(end - 20) !== locatorMark) throw bad('no ZIP64 directory')
    const record = await file.read(whole(tail.readBigUInt64LE(end - 12)), 56)
    if (record.readUInt32LE(0) !== end64Mark) throw bad('no ZIP64 directory')
    count = whole(record.readBigUInt64LE(32))
    length = whole(record.readBigUInt64LE(40))
    start = whole(record.readBigUInt64LE(48))
  }
  if (length > largestDirectory || count * 46 > length) throw bad('an impossible directory')
  return readDirectory(await file.read(start, length), count, bad)
}

function readDirectory(directory: Buffer, count: number, bad: (what: string) => AppError): ZipEntry[] {
  const entries: ZipEntry[] = []
  for (let at = 0; entries.length < count;) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== entryMark) throw bad('a broken directory')
    const [nameLength, extraLength, commentLength] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30), directory.readUInt16LE(at + 32)]
    const next = at + 46 + nameLength + extraLength + commentLength
    if (next > directory.length) throw bad('a broken directory')
    const entry = {
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      at: directory.readUInt32LE(at + 42),
    }
    widen(entry, directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength))
    entries.push(entry)
    at = next
  }
  return entries
}

/** ZIP64: sizes that do not fit into 32 bits stand in an extra field, in this order. */
function widen(entry: ZipEntry, extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length;) {
    const [kind, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)]
    if (kind === 1) {
      let place = at + 4
      for (const field of ['size', 'packed', 'at'] as const) {
        if (entry[field] !== 0xffffffff || place + 8 > Math.min(extra.length, at + 4 + length)) continue
        entry[field] = whole(extra.readBigUInt64LE(place))
        place += 8
      }
    }
    at += 4 + length
  }
}

/** An entry unpacked, after its declared size was held against what its bytes can hold. */
export async function readZipEntry(file: RandomAccess, entry: ZipEntry): Promise<Buffer> {
  const { name, size, packed, method, at } = entry
  const bad = (what: string): AppError => damaged(file.path, 'ZIP', `${name}: ${what}`)
  if (method !== 0 && method !== 8) throw bad(`compression method ${method}`)
  if (size > mostBytes || size > packed * bestCompression + 64) throw new AppError('dataset/unpacked-too-large', { path: file.path, member: name, bytes: size })
  const local = await file.read(at, 30)
  if (local.readUInt32LE(0) !== localMark) throw bad('no header')
  const bytes = await file.read(at + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), packed)
  const contents = method === 0 ? bytes : await inflate(bytes, { maxOutputLength: Math.max(1, size) }).catch(() => Promise.reject(bad('it cannot be unpacked')))
  if (contents.length !== size) throw bad(`${size} bytes declared, ${contents.length} found`)
  return contents
}

/** The first bytes of an entry, for what its header says; fewer where there are fewer. */
export async function readZipHead(file: RandomAccess, entry: ZipEntry, limit: number): Promise<Buffer> {
  const local = await file.read(entry.at, 30)
  const start = entry.at + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
  const bytes = await file.read(start, Math.max(0, Math.min(limit, entry.packed, file.bytes - start)))
  if (entry.method === 0) return bytes
  const whole = bytes.length === entry.packed
  return inflate(bytes, { maxOutputLength: limit * bestCompression + 64, ...(whole ? {} : { finishFlush: constants.Z_SYNC_FLUSH }) }).catch(() => {
    throw damaged(file.path, 'ZIP', `${entry.name}: it cannot be unpacked`)
  })
}

function lastMark(tail: Buffer): number {
  for (let at = tail.length - endBytes; at >= 0; at -= 1) if (tail.readUInt32LE(at) === endMark) return at
  return -1
}

const whole = (value: bigint): number => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.MAX_SAFE_INTEGER)

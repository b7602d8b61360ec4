import { createHash } from 'node:crypto'
import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from 'node:fs'
import zlib from 'node:zlib'

/*
 * A zip (PKWARE's APPNOTE 6.3): for each entry a local header and its deflated bytes, then the central directory with all entries, then its
 * end. Sizes and places beyond 4 GiB stand in the fields of ZIP64. Entries bear no time, so that equal contents are equal bytes.
 */

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 } as const
const deflated = 8
const utf8Names = 0x0800
const versionNeeded = 45
/** 1980-01-01, midnight: the first day there is in a zip. */
const firstDay = 0x21
const largest32 = 0xffffffff
const largest16 = 0xffff

export interface WrittenEntry {
  name: string
  bytes: number
  sha256: string
}
interface Entry extends WrittenEntry {
  crc: number
  packed: number
  offset: number
}

export interface ZipWriter {
  addFile(name: string, path: string): Promise<WrittenEntry>
  addText(name: string, text: string): Promise<WrittenEntry>
  /** Writes the directory; nothing can be added after it. */
  finish(): void
  close(): void
}

/** Numbers one after another: [bytes, value]. */
function fields(...numbers: [2 | 4 | 8, number][]): Buffer {
  const buffer = Buffer.alloc(numbers.reduce((sum, [size]) => sum + size, 0))
  let at = 0
  for (const [size, value] of numbers) {
    if (size === 8) buffer.writeBigUInt64LE(BigInt(value), at)
    else buffer.writeUIntLE(value, at, size)
    at += size
  }
  return buffer
}

/** ZIP64's extra field; in the local header always, since sizes are known only at the end. */
const extra64 = (...values: number[]): Buffer => fields([2, 1], [2, 8 * values.length], ...values.map((value): [8, number] => [8, value]))

function localHeader({ name, crc, bytes, packed }: Entry): Buffer {
  const title = Buffer.from(name)
  const extra = extra64(bytes, packed)
  const head = fields([4, signatures.local], [2, versionNeeded], [2, utf8Names], [2, deflated], [2, 0], [2, firstDay], [4, crc], [4, largest32], [4, largest32], [2, title.length], [2, extra.length])
  return Buffer.concat([head, title, extra])
}

function centralHeader({ name, crc, bytes, packed, offset }: Entry): Buffer {
  const title = Buffer.from(name)
  const extra = extra64(bytes, packed, offset)
  const head = fields(
    ...([[4, signatures.central], [2, versionNeeded], [2, versionNeeded], [2, utf8Names], [2, deflated], [2, 0], [2, firstDay], [4, crc]] as [2 | 4, number][]),
    ...([[4, largest32], [4, largest32], [2, title.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, largest32]] as [2 | 4, number][]),
  )
  return Buffer.concat([head, title, extra])
}

function directoryEnd(entries: number, size: number, offset: number): Buffer {
  return Buffer.concat([
    fields([4, signatures.end64], [8, 44], [2, versionNeeded], [2, versionNeeded], [4, 0], [4, 0], [8, entries], [8, entries], [8, size], [8, offset]),
    fields([4, signatures.locator64], [4, 0], [8, offset + size], [4, 1]),
    fields([4, signatures.end], [2, 0], [2, 0], [2, largest16], [2, largest16], [4, largest32], [4, largest32], [2, 0]),
  ])
}

/** Writes to `path`, which must not be there yet. `onBytes` hears of every piece read. */
export function createZip(path: string, onBytes: (bytes: number) => void = () => {}): ZipWriter {
  const file = openSync(path, 'wx')
  const entries: Entry[] = []
  let end = 0
  const put = (bytes: Uint8Array, at: number): void => {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done)
  }

  async function add(name: string, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<WrittenEntry> {
    const entry: Entry = { name, bytes: 0, sha256: '', crc: 0, packed: 0, offset: end }
    const hash = createHash('sha256')
    let at = end + localHeader(entry).length
    const deflate = zlib.createDeflateRaw({ level: 6 })
    const packing = (async () => {
      for await (const piece of deflate as AsyncIterable<Buffer>) {
        put(piece, at)
        at += piece.length
        entry.packed += piece.length
      }
    })()
    for await (const piece of source) {
      hash.update(piece)
      entry.crc = zlib.crc32(piece, entry.crc)
      entry.bytes += piece.length
      onBytes(piece.length)
      if (!deflate.write(piece)) await new Promise((resume) => deflate.once('drain', resume))
    }
    deflate.end()
    await packing
    entry.sha256 = hash.digest('hex')
    put(localHeader(entry), entry.offset)
    end = at
    entries.push(entry)
    return { name, bytes: entry.bytes, sha256: entry.sha256 }
  }

  return {
    addFile: (name, from) => add(name, createReadStream(from, { highWaterMark: 1 << 20 })),
    addText: (name, text) => add(name, [Buffer.from(text)]),
    finish: () => {
      const directory = Buffer.concat(entries.map(centralHeader))
      put(Buffer.concat([directory, directoryEnd(entries.length, directory.length, end)]), end)
      fsyncSync(file)
    },
    close: () => closeSync(file),
  }
}


// Takes files out of a Python wheel, which is a ZIP archive: a piece at a time, so that a gigabyte of library needs no gigabyte of memory.
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import zlib from 'node:zlib'
import { ToolError } from './project.mjs'

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const localSignature = 0x04034b50
/** The end record may be followed by a comment of up to 65,535 bytes. */
const endBytes = 22
const longestTail = endBytes + 65_535
/** A wheel of TensorFlow has some 16,000 entries in 2 MB of directory. */
const largestDirectory = 64 * 1024 * 1024

const notAWheel = (path, why) =>
  new ToolError(`${path} is not a Python wheel: ${why}. Give the .whl file of TensorFlow, as \`pip download tensorflow --no-deps\` saves it.`)

async function readAt(file, position, length, path) {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  if (bytesRead < length) throw notAWheel(path, 'it ends too early')
  return bytes
}

/** Opens an archive and reads its directory; the caller closes it. */
export async function openWheel(path) {
  if (!zlib.crc32) throw new ToolError(`Reading a wheel needs Node 20.15 or newer; this is ${process.versions.node}.`)
  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (error.code === 'ENOENT') throw new ToolError(`There is no file ${path}. Give the path of a TensorFlow wheel (.whl).`)
    throw new ToolError(`${path} cannot be read: ${error.message}`)
  }
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw notAWheel(path, 'it is no file')
    const entries = await readDirectory(file, stat.size, path)
    return { path, entries, extract: (entry, to) => extract(file, entry, to, path), close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error.code === 'EISDIR' ? notAWheel(path, 'it is a folder') : error
  }
}

async function readDirectory(file, size, path) {
  if (size < endBytes) throw notAWheel(path, 'it is too small')
  const tailLength = Math.min(size, longestTail)
  const tail = await readAt(file, size - tailLength, tailLength, path)
  let at = tailLength - endBytes
  while (at >= 0 && tail.readUInt32LE(at) !== endSignature) at -= 1
  if (at < 0) throw notAWheel(path, 'it is no ZIP archive, or was not downloaded to its end')
  const count = tail.readUInt16LE(at + 10)
  const length = tail.readUInt32LE(at + 12)
  const start = tail.readUInt32LE(at + 16)
  if (count === 0xffff || start === 0xffffffff) throw notAWheel(path, 'it uses the format for archives above 4 GB, which no wheel needs')
  if (length > largestDirectory || start + length > size) throw notAWheel(path, 'its directory is damaged')
  return parseDirectory(await readAt(file, start, length, path), count, path)
}

function parseDirectory(bytes, count, path) {
  const entries = new Map()
  let at = 0
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== entrySignature) throw notAWheel(path, 'its directory is damaged')
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    entries.set(name, {
      name,
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      compressed: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    })
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return entries
}

/** Writes one entry to a file and checks its size and checksum. */
async function extract(file, { name, method, crc, compressed, size, offset }, to, path) {
  if (method !== 0 && method !== 8) throw notAWheel(path, `${name} is packed in a way (${method}) that wheels do not use`)
  const local = await readAt(file, offset, 30, path)
  if (local.readUInt32LE(0) !== localSignature) throw notAWheel(path, `${name} is not where its directory says`)
  const start = offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
  mkdirSync(dirname(to), { recursive: true })
  let written = 0
  let checksum = 0
  const check = new Transform({
    transform(chunk, _encoding, done) {
      written += chunk.length
      checksum = zlib.crc32(chunk, checksum)
      done(written > size ? notAWheel(path, `${name} is larger than its directory says`) : null, chunk)
    },
  })
  const source = compressed === 0 ? [] : createReadStream(path, { start, end: start + compressed - 1, highWaterMark: 1 << 20 })
  const unpack = method === 8 ? [zlib.createInflateRaw({ chunkSize: 1 << 20 })] : []
  try {
    await pipeline(source, ...unpack, check, createWriteStream(to))
  } catch (error) {
    if (error instanceof ToolError) throw error
    if (error.code === 'ENOSPC') throw new ToolError(`The disk that holds ${dirname(to)} is full: ${name} needs ${Math.ceil(size / 2 ** 20)} MB.`)
    throw error.code?.startsWith('Z_') ? notAWheel(path, `${name} is damaged`) : error
  }
  if (written !== size || checksum !== crc) throw notAWheel(path, `${name} is damaged`)
}

/** Entries below one of the prefixes, without those that would leave the folder they are written to. */
export const entriesUnder = (entries, prefixes) =>
  [...entries.values()].filter(
    ({ name }) => prefixes.some((prefix) => name.startsWith(prefix)) && !name.endsWith('/') && !name.split(/[\\/]/).includes('..'),
  )

export const pathIn = (folder, name) => join(folder, ...name.split('/'))

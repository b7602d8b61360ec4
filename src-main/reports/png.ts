import { zlibSync } from 'fflate'
import type { Pictures } from '@shared/domain/run'

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  return rest >>> 0
})
function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff
  for (const byte of bytes) rest = (rest >>> 8) ^ crcTable[(rest ^ byte) & 0xff]!
  return (rest ^ 0xffffffff) >>> 0
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(new TextEncoder().encode(type), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

/** Eight bits a channel; one channel is grey, three are RGB; row-major [height, width, channels]. */
export function encodePng(pixels: Uint8Array, width: number, height: number, channels: 1 | 3): Uint8Array {
  const line = width * channels
  const raw = new Uint8Array(height * (line + 1))
  for (let row = 0; row < height; row += 1) raw.set(pixels.subarray(row * line, (row + 1) * line), row * (line + 1) + 1)
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, channels === 1 ? 0 : 2], 8)
  const parts = [Uint8Array.from(signature), chunk('IHDR', header), chunk('IDAT', zlibSync(raw)), chunk('IEND', new Uint8Array())]
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const enlarged = 3
const gap = 2

/** Rows of pictures as one; black is the least value of all, white the greatest. Null without a shape. */
export function pictureGrid(all: readonly Float32Array[], { imageShape, features }: Pick<Pictures, 'imageShape' | 'features'>): { png: Uint8Array; width: number; height: number } | null {
  const rows = all.filter((row) => row.length > 0)
  if (!imageShape || rows.length === 0) return null
  const [height, width, depth] = imageShape
  const channels = depth === 3 ? 3 : 1
  const count = Math.max(...rows.map((row) => row.length / features))
  const [wide, high] = [count * (width * enlarged + gap) + gap, rows.length * (height * enlarged + gap) + gap]
  const pixels = new Uint8Array(wide * high * channels).fill(255)
  let [low, top] = [Infinity, -Infinity]
  for (const row of rows) for (const value of row) [low, top] = [Math.min(low, value), Math.max(top, value)]
  rows.forEach((row, line) => {
    for (let item = 0; item < row.length / features; item += 1) {
      for (let y = 0; y < height * enlarged; y += 1) {
        for (let x = 0; x < width * enlarged; x += 1) {
          const source = item * features + (Math.floor(y / enlarged) * width + Math.floor(x / enlarged)) * depth
          const target = ((gap + line * (height * enlarged + gap) + y) * wide + gap + item * (width * enlarged + gap) + x) * channels
          for (let channel = 0; channel < channels; channel += 1) {
            pixels[target + channel] = Math.round((255 * (row[source + channel]! - low)) / (top - low || 1))
          }
        }
      }
    }
  })
  return { png: encodePng(pixels, wide, high, channels), width: wide, height: high }
}

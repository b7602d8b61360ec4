import { closeSync, linkSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fillUniform } from '@shared/math/random'

/* The files that imports are timed with: their sizes are those of the bars in docs/data.md, or parts of them. */

/** Lines of ten numbers and a name, about 175 bytes each; the same thousand again and again. */
export function writeCsv(path: string, rows: number): void {
  const uniform = new Float64Array(10_000)
  fillUniform(uniform, { seed: 1, stream: 'bars/csv' })
  const line = (row: number): string => `${Array.from(uniform.subarray(row * 10, row * 10 + 10), (value) => (value * 100).toPrecision(16)).join(',')}\n`
  const thousand = Array.from({ length: 1000 }, (_, row) => line(row)).join('')
  const file = openSync(path, 'w')
  writeSync(file, `${Array.from({ length: 10 }, (_, column) => `c${column}`).join(',')}\n`)
  for (let row = 0; row < rows; row += 1000) writeSync(file, thousand)
  closeSync(file)
}

export function writeWideCsv(path: string, columns: number, rows: number): void {
  const line = Array.from({ length: columns }, (_, column) => ((column * 37) % 1000) / 8).join(',')
  const header = Array.from({ length: columns }, (_, column) => `column ${column}`).join(',')
  writeFileSync(path, `${header}\n${`${line}\n`.repeat(rows)}`)
}

/** Pictures of 28 × 28 as MNIST has them, with their labels beside. */
export function writeIdx(folder: string, pictures: number): void {
  mkdirSync(folder, { recursive: true })
  const head = (magic: number, sizes: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * (1 + sizes.length))
    ;[magic, ...sizes].forEach((value, at) => bytes.writeUInt32BE(value, 4 * at))
    return bytes
  }
  const pixels = Buffer.alloc(pictures * 784)
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * 31) & 255
  const labels = Buffer.from(Uint8Array.from({ length: pictures }, (_, row) => row % 10))
  writeFileSync(join(folder, 'train-images-idx3-ubyte'), Buffer.concat([head(0x803, [pictures, 28, 28]), pixels]))
  writeFileSync(join(folder, 'train-labels-idx1-ubyte'), Buffer.concat([head(0x801, [pictures]), labels]))
}

/** Ten folders of pictures, all of them links to one file. */
export function writePictureFolder(folder: string, pictures: number, picture: Uint8Array): void {
  for (let label = 0; label < 10; label += 1) mkdirSync(join(folder, `class ${label}`), { recursive: true })
  const first = join(folder, 'class 0', '0.png')
  writeFileSync(first, picture)
  for (let at = 1; at < pictures; at += 1) linkSync(first, join(folder, `class ${at % 10}`, `${at}.png`))
}

/** float32 [rows, 16], of an even stretch of numbers that is written again and again. */
export function writeNpy(path: string, bytes: number): void {
  const rows = Math.floor(bytes / 64)
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, 16), }`
  const header = Buffer.from(`${head.padEnd(117)}\n`)
  const file = openSync(path, 'w')
  writeSync(file, Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]), header]))
  const piece = Buffer.from(Float32Array.from({ length: 1 << 20 }, (_, at) => (at % 1009) / 7).buffer)
  for (let left = rows * 64; left > 0; left -= piece.length) writeSync(file, piece, 0, Math.min(piece.length, left))
  closeSync(file)
}

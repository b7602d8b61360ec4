import { AppError } from '@shared/rpc/errors'

/** Raw picture: rows from the top, colours red, green, blue. */
export interface Bitmap {
  width: number
  height: number
  channels: 3
  pixels: Uint8Array
}

const mostPixels = 1 << 28

/** An uncompressed Windows bitmap of 24 or 32 bits, or of 1, 4 or 8 that number the colours of its palette: libvips does not read them. */
export function readBitmap(path: string, bytes: Buffer): Bitmap {
  const bad = (what: string): AppError => new AppError('dataset/file-damaged', { path, format: 'BMP', what })
  if (bytes.length < 54 || bytes.toString('latin1', 0, 2) !== 'BM') throw bad('it does not begin as one')
  const start = bytes.readUInt32LE(10)
  const header = bytes.readUInt32LE(14)
  const [width, signedHeight] = [bytes.readInt32LE(18), bytes.readInt32LE(22)]
  const [bits, packing] = [bytes.readUInt16LE(28), bytes.readUInt32LE(30)]
  const height = Math.abs(signedHeight)
  if (width <= 0 || height === 0 || width * height > mostPixels) throw bad(`${width} × ${height} pixels`)
  // bit fields (3) of 32 bits are blue, green, red in practice
  if (![1, 4, 8, 24, 32].includes(bits) || !(packing === 0 || (packing === 3 && bits === 32))) throw bad(`${bits} bits, packing ${packing}`)
  const stride = Math.ceil((width * bits) / 32) * 4
  if (start + stride * height > bytes.length) throw bad('it is cut off')
  const numbersColours = bits <= 8
  const colours = numbersColours ? Math.min(bytes.readUInt32LE(46) || 2 ** bits, 2 ** bits) : 0
  const palette = 14 + header
  if (palette + colours * 4 > bytes.length) throw bad('its colours are cut off')
  const pixels = new Uint8Array(width * height * 3)
  for (let row = 0, out = 0; row < height; row += 1) {
    const line = start + stride * (signedHeight > 0 ? height - 1 - row : row)
    for (let column = 0; column < width; column += 1, out += 3) {
      const at = numbersColours ? palette + 4 * Math.min(colourAt(bytes, line, column, bits), colours - 1) : line + column * (bits / 8)
      pixels[out] = bytes[at + 2]!
      pixels[out + 1] = bytes[at + 1]!
      pixels[out + 2] = bytes[at]!
    }
  }
  return { width, height, channels: 3, pixels }
}

/** Numbers of 1, 4 or 8 bits stand in a byte from its highest bits on. */
function colourAt(bytes: Buffer, line: number, column: number, bits: number): number {
  const perByte = 8 / bits
  const shift = bits * (perByte - 1 - (column % perByte))
  return (bytes[line + Math.floor(column / perByte)]! >> shift) & (2 ** bits - 1)
}

/** Pictures of one size, in grey levels or colours of at most 256 kinds. */
export interface GifFrames {
  width: number
  height: number
  /** RGBA of each frame, as a canvas gives it; transparency is not kept. */
  frames: readonly Uint8ClampedArray[]
  /** Time a frame is shown, in hundredths of a second. */
  delay: number
}

/** An animated GIF that repeats for ever (GIF89a). Colours are kept to 6 × 7 × 6 levels where they are not grey. */
export function encodeGif({ width, height, frames, delay }: GifFrames): Uint8Array<ArrayBuffer> {
  const out: number[] = []
  const word = (value: number): void => void out.push(value & 0xff, value >> 8)
  const text = (value: string): void => void out.push(...Array.from(value, (letter) => letter.charCodeAt(0)))
  const isGrey = frames.every((frame) => greyOnly(frame))
  text('GIF89a')
  word(width)
  word(height)
  out.push(0xf7, 0, 0)
  for (let index = 0; index < 256; index += 1) out.push(...(isGrey ? [index, index, index] : cubeColour(index)))
  out.push(0x21, 0xff, 11)
  text('NETSCAPE2.0')
  out.push(3, 1, 0, 0, 0)
  for (const frame of frames) {
    out.push(0x21, 0xf9, 4, 0)
    word(delay)
    out.push(0, 0, 0x2c, 0, 0, 0, 0)
    word(width)
    word(height)
    out.push(0, 8)
    const indices = Uint8Array.from({ length: width * height }, (_, at) => {
      const [red, green, blue] = [frame[at * 4]!, frame[at * 4 + 1]!, frame[at * 4 + 2]!]
      return isGrey ? red : Math.round(red / 51) * 42 + Math.round(green / 42.5) * 6 + Math.round(blue / 51)
    })
    const packed = compress(indices)
    for (let at = 0; at < packed.length; at += 255) {
      const block = packed.slice(at, at + 255)
      out.push(block.length, ...block)
    }
    out.push(0)
  }
  out.push(0x3b)
  return Uint8Array.from(out)
}

function greyOnly(frame: Uint8ClampedArray): boolean {
  for (let at = 0; at < frame.length; at += 4) if (frame[at] !== frame[at + 1] || frame[at] !== frame[at + 2]) return false
  return true
}

const cubeColour = (index: number): [number, number, number] =>
  index < 252 ? [Math.floor(index / 42) * 51, Math.round((Math.floor(index / 6) % 7) * 42.5), (index % 6) * 51] : [0, 0, 0]

const [clear, end, firstFree, mostCodes] = [256, 257, 258, 4096]

/** Variable-length Lempel–Ziv–Welch codes of bytes, least significant bit first. */
function compress(bytes: Uint8Array): number[] {
  const out: number[] = []
  let [held, bits, width] = [0, 0, 9]
  const emit = (code: number): void => {
    held |= code << bits
    bits += width
    for (; bits >= 8; bits -= 8) {
      out.push(held & 0xff)
      held >>>= 8
    }
  }
  let known = new Map<number, number>()
  let next = firstFree
  emit(clear)
  let prefix = -1
  for (const byte of bytes) {
    if (prefix < 0) {
      prefix = byte
      continue
    }
    const key = prefix * 256 + byte
    const code = known.get(key)
    if (code !== undefined) {
      prefix = code
      continue
    }
    emit(prefix)
    if (next < mostCodes) {
      known.set(key, next)
      if (next === 1 << width && width < 12) width += 1
      next += 1
    } else {
      emit(clear)
      known = new Map()
      next = firstFree
      width = 9
    }
    prefix = byte
  }
  if (prefix >= 0) emit(prefix)
  emit(end)
  if (bits > 0) out.push(held & 0xff)
  return out
}

type UnpackBlock = (input: Uint8Array, outputLength: number) => Uint8Array

const magic = 0x184d2204
const biggestBlock = [0, 0, 0, 0, 1 << 16, 1 << 18, 1 << 20, 1 << 22]

/** An LZ4 frame (LZ4 Frame Format 1.6) of independent blocks, as Arrow writes them. Throws where it is not one. */
export function unpackLz4Frame(bytes: Uint8Array, unpackBlock: UnpackBlock): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 7 || view.getUint32(0, true) !== magic) throw new Error('no LZ4 frame')
  const flags = view.getUint8(4)
  const most = biggestBlock[(view.getUint8(5) >> 4) & 7]!
  if (flags >> 6 !== 1 || most === 0 || (flags & 0x21) === 1) throw new Error('unknown LZ4 frame')
  const blockChecksums = (flags & 0x10) !== 0
  const declared = (flags & 0x08) !== 0 ? Number(view.getBigUint64(6, true)) : null
  let at = 7 + (declared === null ? 0 : 8)
  const pieces: Uint8Array[] = []
  let total = 0
  for (;;) {
    const size = view.getUint32(at, true)
    at += 4
    if (size === 0) break
    const length = size & 0x7fffffff
    const block = bytes.subarray(at, at + length)
    if (block.length < length || length > most) throw new Error('an LZ4 frame is cut off')
    const piece = size >>> 31 ? block : unpackBlock(block, blockSize(block, most))
    pieces.push(piece)
    total += piece.length
    at += length + (blockChecksums ? 4 : 0)
  }
  if (declared !== null && declared !== total) throw new Error('an LZ4 frame unpacks to another length than it declares')
  const out = new Uint8Array(total)
  let place = 0
  for (const piece of pieces) {
    out.set(piece, place)
    place += piece.length
  }
  return out
}

/** What a block unpacks to, from its tokens alone. */
function blockSize(block: Uint8Array, most: number): number {
  let size = 0
  let at = 0
  const extended = (start: number): number => {
    let length = start
    if (start !== 15) return length
    for (let byte = 255; byte === 255 && at < block.length; at += 1) {
      byte = block[at]!
      length += byte
    }
    return length
  }
  while (at < block.length) {
    const token = block[at++]!
    const literals = extended(token >> 4)
    size += literals
    at += literals
    if (at >= block.length) break
    at += 2
    size += extended(token & 15) + 4
    if (size > most) throw new Error('an LZ4 block is larger than its frame allows')
  }
  return size
}

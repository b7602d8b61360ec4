/*
 * Counter-based random numbers: a pure function of (key, counter, position), so that the same seed gives the same run on every runtime and
 * after a resume. Threefry-4x32 with 13 rounds, Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"; 12 rounds pass BigCrush.
 */

export interface RandomKey {
  /** The seed the user gave, 0 … 2³²−1. */
  readonly seed: number
  /** Names what the numbers are for, so that two uses of one seed never share numbers. */
  readonly stream: string
}

/** FNV-1a, 32 bits. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/**
 * Fills `out` with blocks of four words each: block b is Threefry(key, [b, counter low, counter high, 0]); the key is four words.
 *
 * @param out      length a multiple of 4
 * @param counter  integer ≥ 0, below 2⁵³
 */
export function threefryBlocks(out: Int32Array, key: readonly [number, number, number, number], counter: number, firstBlock = 0): void {
  const k0 = key[0] | 0
  const k1 = key[1] | 0
  const k2 = key[2] | 0
  const k3 = key[3] | 0
  const k4 = 0x1bd11bda ^ k0 ^ k1 ^ k2 ^ k3
  const low = counter | 0
  const high = Math.floor(counter / 4294967296) | 0
  for (let at = 0, block = firstBlock; at < out.length; at += 4, block += 1) {
    let x0 = (block + k0) | 0
    let x1 = (low + k1) | 0
    let x2 = (high + k2) | 0
    let x3 = k3
    x0 = (x0 + x1) | 0; x1 = ((x1 << 10) | (x1 >>> 22)) ^ x0; x2 = (x2 + x3) | 0; x3 = ((x3 << 26) | (x3 >>> 6)) ^ x2
    x0 = (x0 + x3) | 0; x3 = ((x3 << 11) | (x3 >>> 21)) ^ x0; x2 = (x2 + x1) | 0; x1 = ((x1 << 21) | (x1 >>> 11)) ^ x2
    x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0; x2 = (x2 + x3) | 0; x3 = ((x3 << 27) | (x3 >>> 5)) ^ x2
    x0 = (x0 + x3) | 0; x3 = ((x3 << 23) | (x3 >>> 9)) ^ x0; x2 = (x2 + x1) | 0; x1 = ((x1 << 5) | (x1 >>> 27)) ^ x2
    x0 = (x0 + k1) | 0; x1 = (x1 + k2) | 0; x2 = (x2 + k3) | 0; x3 = (x3 + k4 + 1) | 0
    x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0; x2 = (x2 + x3) | 0; x3 = ((x3 << 20) | (x3 >>> 12)) ^ x2
    x0 = (x0 + x3) | 0; x3 = ((x3 << 17) | (x3 >>> 15)) ^ x0; x2 = (x2 + x1) | 0; x1 = ((x1 << 11) | (x1 >>> 21)) ^ x2
    x0 = (x0 + x1) | 0; x1 = ((x1 << 25) | (x1 >>> 7)) ^ x0; x2 = (x2 + x3) | 0; x3 = ((x3 << 10) | (x3 >>> 22)) ^ x2
    x0 = (x0 + x3) | 0; x3 = ((x3 << 18) | (x3 >>> 14)) ^ x0; x2 = (x2 + x1) | 0; x1 = ((x1 << 20) | (x1 >>> 12)) ^ x2
    x0 = (x0 + k2) | 0; x1 = (x1 + k3) | 0; x2 = (x2 + k4) | 0; x3 = (x3 + k0 + 2) | 0
    x0 = (x0 + x1) | 0; x1 = ((x1 << 10) | (x1 >>> 22)) ^ x0; x2 = (x2 + x3) | 0; x3 = ((x3 << 26) | (x3 >>> 6)) ^ x2
    x0 = (x0 + x3) | 0; x3 = ((x3 << 11) | (x3 >>> 21)) ^ x0; x2 = (x2 + x1) | 0; x1 = ((x1 << 21) | (x1 >>> 11)) ^ x2
    x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0; x2 = (x2 + x3) | 0; x3 = ((x3 << 27) | (x3 >>> 5)) ^ x2
    x0 = (x0 + x3) | 0; x3 = ((x3 << 23) | (x3 >>> 9)) ^ x0; x2 = (x2 + x1) | 0; x1 = ((x1 << 5) | (x1 >>> 27)) ^ x2
    x0 = (x0 + k3) | 0; x1 = (x1 + k4) | 0; x2 = (x2 + k0) | 0; x3 = (x3 + k1 + 3) | 0
    x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0; x2 = (x2 + x3) | 0; x3 = ((x3 << 20) | (x3 >>> 12)) ^ x2
    out[at] = x0
    out[at + 1] = x1
    out[at + 2] = x2
    out[at + 3] = x3
  }
}

const keyWords = (key: RandomKey): [number, number, number, number] => [key.seed | 0, hash32(key.stream), 0, 0]

let words = new Int32Array(4096)
/** More than so many at once are seldom needed again, and their memory is given back. */
const mostHeld = 1 << 22
function randomWords(count: number, key: RandomKey, counter: number): Int32Array {
  const padded = (count + 3) & ~3
  if (words.length < padded && padded <= mostHeld) words = new Int32Array(padded)
  const view = padded <= mostHeld ? words.subarray(0, padded) : new Int32Array(padded)
  threefryBlocks(view, keyWords(key), counter)
  return view
}

/** Uniform numbers in (0, 1), 2⁻³² apart (float32 arrays: rounded, kept below 1). */
export function fillUniform(out: Float32Array | Float64Array, key: RandomKey, counter = 0): void {
  const source = randomWords(out.length, key, counter)
  if (out instanceof Float32Array) for (let index = 0; index < out.length; index += 1) out[index] = ((source[index]! >>> 8) + 0.5) * 2 ** -24
  else for (let index = 0; index < out.length; index += 1) out[index] = ((source[index]! >>> 0) + 0.5) * 2 ** -32
}

/** Standard normal numbers, by Box and Muller's transform of pairs of words. */
export function fillNormal(out: Float32Array | Float64Array, key: RandomKey, counter = 0): void {
  const source = randomWords(out.length + (out.length & 1), key, counter)
  for (let index = 0; index < out.length; index += 2) {
    const radius = Math.sqrt(-2 * Math.log(((source[index]! >>> 0) + 0.5) * 2 ** -32))
    const angle = 2 * Math.PI * (source[index + 1]! >>> 0) * 2 ** -32
    out[index] = radius * Math.cos(angle)
    if (index + 1 < out.length) out[index + 1] = radius * Math.sin(angle)
  }
}

/**
 * 1 with the given probability, else 0; independent. Sixteen random bits an element, exact for probabilities that are multiples of 2⁻¹⁶ and
 * within 2⁻¹⁷ of the others.
 */
export function fillBernoulli(out: Float32Array | Float64Array, probability: ArrayLike<number>, key: RandomKey, counter = 0): void {
  const source = randomWords((out.length + 1) >> 1, key, counter)
  for (let index = 0; index < out.length; index += 1) {
    const word = source[index >> 1]!
    const draw = (index & 1 ? word >>> 16 : word & 0xffff) + 0.5
    out[index] = draw < probability[index]! * 65536 ? 1 : 0
  }
}

/** A random order of 0 … count−1 (Fisher and Yates). */
export function permutation(count: number, key: RandomKey, counter = 0): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index)
  const source = randomWords(count, key, counter)
  for (let index = count - 1; index > 0; index -= 1) {
    const other = Math.floor(((source[index]! >>> 0) * 2 ** -32) * (index + 1))
    const held = order[index]!
    order[index] = order[other]!
    order[other] = held
  }
  return order
}

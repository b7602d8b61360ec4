import { hash32 } from '@shared/math/random'

/*
 * Sobol's sequence with the direction numbers of Joe & Kuo 2008 (new-joe-kuo-6), in Gray-code order. Each row holds the primitive
 * polynomial of a dimension, as bits, and its first direction numbers; the first dimension is van der Corput's sequence.
 */
const directions: readonly (readonly number[])[] = [
  [3, 1],
  [7, 1, 3],
  [11, 1, 3, 1],
  [13, 1, 1, 1],
  [19, 1, 1, 3, 3],
  [25, 1, 3, 5, 13],
  [37, 1, 1, 5, 5, 17],
  [41, 1, 1, 5, 5, 5],
  [47, 1, 1, 7, 11, 19],
  [55, 1, 1, 5, 1, 1],
  [59, 1, 1, 1, 3, 11],
  [61, 1, 3, 5, 5, 31],
  [67, 1, 3, 3, 9, 7, 49],
  [91, 1, 1, 1, 15, 21, 21],
  [97, 1, 3, 1, 13, 27, 49],
  [103, 1, 1, 1, 15, 7, 5],
  [109, 1, 3, 1, 15, 13, 25],
  [115, 1, 1, 5, 5, 19, 61],
  [131, 1, 3, 7, 11, 23, 15, 103],
  [137, 1, 3, 7, 13, 13, 15, 69],
  [143, 1, 1, 3, 13, 7, 35, 63],
  [145, 1, 3, 5, 9, 1, 25, 53],
  [157, 1, 3, 1, 13, 9, 35, 107],
  [167, 1, 3, 1, 5, 27, 61, 31],
  [171, 1, 1, 5, 11, 19, 41, 61],
  [185, 1, 3, 5, 3, 3, 13, 69],
  [191, 1, 1, 7, 13, 1, 19, 1],
  [193, 1, 3, 7, 5, 13, 19, 59],
  [203, 1, 1, 3, 9, 25, 29, 41],
  [211, 1, 3, 5, 13, 23, 1, 55],
  [213, 1, 3, 7, 3, 13, 59, 17],
  [229, 1, 3, 1, 3, 5, 53, 69],
  [239, 1, 1, 5, 5, 23, 33, 13],
  [241, 1, 1, 7, 7, 1, 61, 123],
  [247, 1, 1, 7, 9, 13, 61, 49],
  [253, 1, 3, 3, 5, 3, 55, 33],
  [285, 1, 3, 1, 15, 31, 13, 49, 245],
  [299, 1, 3, 5, 15, 31, 59, 63, 97],
  [301, 1, 3, 1, 11, 11, 11, 77, 249],
]

export const mostSobolDimensions = directions.length + 1
const bits = 32

function directionNumbers(dimension: number): Uint32Array {
  const numbers = new Uint32Array(bits)
  if (dimension === 0) {
    for (let bit = 0; bit < bits; bit += 1) numbers[bit] = 2 ** (31 - bit)
    return numbers
  }
  const [polynomial, ...first] = directions[dimension - 1]! as [number, ...number[]]
  const degree = first.length
  for (let bit = 0; bit < bits; bit += 1) {
    if (bit < degree) {
      numbers[bit] = (first[bit]! << (31 - bit)) >>> 0
      continue
    }
    let value = numbers[bit - degree]! ^ (numbers[bit - degree]! >>> degree)
    for (let k = 1; k < degree; k += 1) if ((polynomial >>> (degree - k)) & 1) value ^= numbers[bit - k]!
    numbers[bit] = value >>> 0
  }
  return numbers
}

const known = new Map<number, Uint32Array>()
function numbersOf(dimension: number): Uint32Array {
  const numbers = known.get(dimension) ?? directionNumbers(dimension)
  known.set(dimension, numbers)
  return numbers
}

/** Point `index` = 0, 1, … of the sequence as 32-bit fractions. */
function sobolBits(index: number, dimension: number): number {
  const numbers = numbersOf(dimension)
  let gray = (index ^ (index >>> 1)) >>> 0
  let value = 0
  for (let bit = 0; gray > 0; bit += 1, gray >>>= 1) if (gray & 1) value ^= numbers[bit]!
  return value >>> 0
}

const reverse = (value: number): number => {
  let reversed = 0
  for (let bit = 0; bit < bits; bit += 1) reversed = (reversed << 1) | ((value >>> bit) & 1)
  return reversed >>> 0
}

/** A hash in which each bit depends on the lower ones only: on reversed bits it is a nested uniform scramble (Laine & Karras 2011; Burley 2020). */
function scramble(value: number, seed: number): number {
  let x = reverse(value)
  x = (x + seed) | 0
  x ^= Math.imul(x, 0x6c50b47c)
  x ^= Math.imul(x, 0xb82f1e52)
  x ^= Math.imul(x, 0xc7afe638)
  x ^= Math.imul(x, 0x8d22f6e6)
  return reverse(x >>> 0)
}

/**
 * Point `index` = 0, 1, … of the sequence in [0, 1)^dimensions.
 *
 * @param seed  scrambles the points, each dimension in its own way; null leaves them as Joe & Kuo give them
 */
export function sobolPoint(index: number, dimensions: number, seed: number | null): Float64Array {
  if (dimensions > mostSobolDimensions) throw new RangeError(`there are direction numbers for ${mostSobolDimensions} dimensions, not ${dimensions}`)
  return Float64Array.from({ length: dimensions }, (_, dimension) => {
    const value = sobolBits(index, dimension)
    return (seed === null ? value : scramble(value, hash32(`${seed}/${dimension}`))) * 2 ** -32
  })
}

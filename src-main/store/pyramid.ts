/**
 * Lowest and highest of a chunk of points, in buckets of 64, 512, 4096 … points, each made of eight of the level below. Of every bucket: the
 * step and the value of its lowest point and of its highest; NaN where it has no value. Levels stand one after another, the finest first.
 */
const finest = 64
const perLevel = 8
const numbersPerBucket = 4

/** Bucket sizes of a chunk of so many points; none where there are too few for it to be worth it. */
export function bucketSizes(points: number): number[] {
  const sizes: number[] = []
  for (let size = finest; size * perLevel <= points; size *= perLevel) sizes.push(size)
  return sizes
}

export function buildPyramid(steps: Float64Array, values: Float64Array): Float64Array | null {
  const sizes = bucketSizes(steps.length)
  if (sizes.length === 0) return null
  const levels: Float64Array[] = []
  for (const size of sizes) {
    const below = levels.at(-1)
    const level = new Float64Array(Math.ceil(steps.length / size) * numbersPerBucket).fill(Number.NaN)
    if (below) gather(below.length / 2, (at) => below[at * 2]!, (at) => below[at * 2 + 1]!, perLevel * 2, level)
    else gather(steps.length, (at) => steps[at]!, (at) => values[at]!, size, level)
    levels.push(level)
  }
  const whole = new Float64Array(levels.reduce((sum, level) => sum + level.length, 0))
  let offset = 0
  for (const level of levels) {
    whole.set(level, offset)
    offset += level.length
  }
  return whole
}

function gather(count: number, stepAt: (at: number) => number, valueAt: (at: number) => number, size: number, level: Float64Array): void {
  for (let at = 0; at < count; at += 1) {
    const value = valueAt(at)
    if (Number.isNaN(value)) continue
    const bucket = Math.floor(at / size) * numbersPerBucket
    if (!(level[bucket + 1]! <= value)) level.set([stepAt(at), value], bucket)
    if (!(level[bucket + 3]! >= value)) level.set([stepAt(at), value], bucket + 2)
  }
}

/** The level with buckets of `size` out of a whole pyramid of a chunk of so many points. */
export function levelOf(pyramid: Float64Array, points: number, size: number): Float64Array {
  let offset = 0
  for (const one of bucketSizes(points)) {
    const length = Math.ceil(points / one) * numbersPerBucket
    if (one === size) return pyramid.subarray(offset, offset + length)
    offset += length
  }
  throw new RangeError(`a chunk of ${points} points has no buckets of ${size}`)
}

/** Extremes of points that have no pyramid yet, in the same form. */
export function extremesOf(steps: Float64Array, values: Float64Array, size: number): Float64Array {
  const level = new Float64Array(Math.ceil(steps.length / size) * numbersPerBucket).fill(Number.NaN)
  gather(steps.length, (at) => steps[at]!, (at) => values[at]!, size, level)
  return level
}

/** Buckets → a line through their extremes, each pair in the order in which the two lie; a bucket without a value is a gap. */
export function lineOf(levels: readonly Float64Array[]): { step: Float64Array; value: Float64Array } {
  const count = levels.reduce((sum, level) => sum + level.length / numbersPerBucket, 0)
  const step = new Float64Array(count * 2)
  const value = new Float64Array(count * 2)
  let at = 0
  for (const level of levels) {
    for (let bucket = 0; bucket < level.length; bucket += numbersPerBucket) {
      const [first, second] = level[bucket]! <= level[bucket + 2]! ? [bucket, bucket + 2] : [bucket + 2, bucket]
      step[at] = level[first]!
      value[at] = level[first + 1]!
      if (first === second || level[first] === level[second]) {
        at += 1
        continue
      }
      step[at + 1] = level[second]!
      value[at + 1] = level[second + 1]!
      at += 2
    }
  }
  return { step: step.slice(0, at), value: value.slice(0, at) }
}

import type { ImageShape } from '@shared/domain/run'

export interface GreyRange {
  low: number
  high: number
}

export function extentOf(values: ArrayLike<number>): GreyRange {
  let low = Infinity
  let high = -Infinity
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}

/** The range that pictures of these values share: [0, 1] when all lie inside, else what is there. */
export function rangeOf(values: ArrayLike<number>): GreyRange {
  const { low, high } = extentOf(values)
  return low >= 0 && high <= 1 ? { low: 0, high: 1 } : { low, high }
}

/** Writes image `index` of a row-major stack into an RGBA buffer of `width` pixels per row, its corner at (left, top). */
export function paintImage(
  target: Uint8ClampedArray,
  width: number,
  place: { left: number; top: number },
  source: { values: ArrayLike<number>; index: number; shape: ImageShape; range: GreyRange },
): void {
  const [rows, columns, channels] = source.shape
  const scale = 255 / (source.range.high - source.range.low || 1)
  const start = source.index * rows * columns * channels
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const from = start + (y * columns + x) * channels
      const to = ((place.top + y) * width + place.left + x) * 4
      for (let channel = 0; channel < 3; channel += 1) {
        const value = source.values[from + (channels >= 3 ? channel : 0)]!
        target[to + channel] = (value - source.range.low) * scale
      }
      target[to + 3] = 255
    }
  }
}

import type { ImageShape } from '@shared/domain/run'

export const hiddenParts = ['right', 'left', 'bottom', 'top', 'middle', 'scattered'] as const
export type HiddenPart = (typeof hiddenParts)[number]

/** The features of a picture that lie in a part of it. */
export function featuresIn(part: HiddenPart, [height, width, channels]: ImageShape): number[] {
  const inside: Record<HiddenPart, (y: number, x: number) => boolean> = {
    right: (_y, x) => x >= width / 2,
    left: (_y, x) => x < width / 2,
    bottom: (y) => y >= height / 2,
    top: (y) => y < height / 2,
    middle: (y, x) => Math.abs(y + 0.5 - height / 2) < height / 4 && Math.abs(x + 0.5 - width / 2) < width / 4,
    scattered: (y, x) => (x + y) % 2 === 1,
  }
  return Array.from({ length: height * width * channels }, (_, feature) => feature).filter((feature) => {
    const pixel = Math.floor(feature / channels)
    return inside[part](Math.floor(pixel / width), pixel % width)
  })
}

/**
 * Grey pictures in colour, so that what is hidden can be told from what is grey.
 *
 * @param values  [count, features]
 * @returns       three channels per pixel, [count, height, width, 3]
 */
export function withHidden(values: ArrayLike<number>, shape: ImageShape, hidden: ReadonlySet<number>, colour: readonly [number, number, number]): Float64Array {
  const [height, width, channels] = shape
  const features = height * width * channels
  const pixels = values.length / channels
  return Float64Array.from({ length: pixels * 3 }, (_, index) => {
    const [pixel, channel] = [Math.floor(index / 3), index % 3]
    const from = pixel * channels + (channels >= 3 ? channel : 0)
    return hidden.has(from % features) ? colour[channel]! : values[from]!
  })
}

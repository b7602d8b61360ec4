import type { ImageShape } from '../domain/run'
import type { Network } from '../domain/spec'

export interface PictureSize {
  channels: number
  height: number
  width: number
}

/**
 * Sizes of the pictures from the input inwards, one more than there are convolutional layers. With ⌊kernel/2⌋ zeros around, a layer keeps
 * ⌊(side + 2⌊kernel/2⌋ − kernel)/stride⌋ + 1 of a side.
 */
export function pictureSizes({ channels, kernel, stride }: Pick<Network, 'channels' | 'kernel' | 'stride'>, shape: ImageShape): PictureSize[] {
  const [height, width, depth] = shape
  const next = (side: number): number => Math.floor((side + 2 * Math.floor(kernel / 2) - kernel) / stride) + 1
  return channels.reduce<PictureSize[]>(
    (sizes, filters) => {
      const last = sizes.at(-1)!
      return [...sizes, { channels: filters, height: next(last.height), width: next(last.width) }]
    },
    [{ channels: depth, height, width }],
  )
}

import sharp from 'sharp'
import { expect, test } from 'vitest'
import { fillUniform } from '@shared/math/random'
import { encodeGif } from './gif'

/** Frames of noise, which fills the table of codes several times over, or of ramps, which make long runs. */
function frame(width: number, height: number, value: (at: number) => [number, number, number]): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: width * height * 4 }, (_, at) => [...value(at >> 2), 255][at & 3]!)
}

test('sharp reads back every grey level of every frame', async () => {
  const [width, height] = [90, 70]
  const noise = new Float64Array(width * height)
  fillUniform(noise, { seed: 1, stream: 'gif' })
  const frames = [
    frame(width, height, (at) => [0, 1, 2].map(() => Math.floor(noise[at]! * 256)) as [number, number, number]),
    frame(width, height, (at) => [0, 1, 2].map(() => Math.floor((at % width) * 2.8)) as [number, number, number]),
    frame(width, height, () => [7, 7, 7]),
  ]
  const gif = encodeGif({ width, height, frames, delay: 8 })
  const { data, info } = await sharp(gif, { pages: -1 }).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height, info.channels]).toEqual([width, height * 3, 3])
  frames.forEach((own, index) => {
    for (let at = 0; at < width * height; at += 1) expect(data[(index * width * height + at) * 3]).toBe(own[at * 4])
  })
  expect((await sharp(gif, { pages: -1 }).metadata()).delay).toEqual([80, 80, 80])
})

test('colours come back within half a step of their levels', async () => {
  const gif = encodeGif({ width: 16, height: 16, frames: [frame(16, 16, (at) => [at, 255 - at, (at * 7) % 256])], delay: 4 })
  const data = await sharp(gif).removeAlpha().raw().toBuffer()
  for (let at = 0; at < 256; at += 1) {
    expect(Math.abs(data[at * 3]! - at)).toBeLessThanOrEqual(26)
    expect(Math.abs(data[at * 3 + 1]! - (255 - at))).toBeLessThanOrEqual(22)
    expect(Math.abs(data[at * 3 + 2]! - ((at * 7) % 256))).toBeLessThanOrEqual(26)
  }
})

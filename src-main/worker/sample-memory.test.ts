import { expect, it } from 'vitest'
import { gradientSpecSchema, vaeSpecSchema } from '@shared/domain/spec'
import { bytesPerSample, requireRoomForSamples } from './sample-memory'

const model = vaeSpecSchema.parse({ kind: 'vae', latent: 2, decoder: { mlp: [10] } })
const data = { features: 20, imageShape: null, columns: [] }
const iwae = (samples: number) => gradientSpecSchema.parse({ kind: 'gradient', objective: { iwae: { samples } } })

it('more samples than there is memory for are refused with the number that fits', () => {
  const each = 64 * bytesPerSample(model, data)
  expect(bytesPerSample(model, data)).toBe(3 * 4 * (2 + 10 + 20))
  expect(() => requireRoomForSamples(model, iwae(50), 64, data, 50 * each)).not.toThrow()
  expect(() => requireRoomForSamples(model, iwae(50), 64, data, 20.5 * each)).toThrow(/20 samples/)
})

it('a batch for which not even one sample fits is refused with the size that fits', () => {
  const each = 64 * bytesPerSample(model, data)
  expect(() => requireRoomForSamples(model, iwae(1), 64, data, each / 2)).toThrow(/32/)
})

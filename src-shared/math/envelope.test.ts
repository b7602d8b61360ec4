import { expect, test } from 'vitest'
import { envelopeOf } from './envelope'

test('an envelope takes at every step the curves that have it, and no other', () => {
  const { step, low, mean, high, count } = envelopeOf([
    { step: Float64Array.of(1, 2), value: Float64Array.of(1, 5) },
    { step: Float64Array.of(2, 3), value: Float64Array.of(-1, Number.NaN) },
  ])
  expect([[...step], [...low], [...mean], [...high], [...count]]).toEqual([[1, 2], [1, -1], [1, 2], [1, 5], [1, 2]])
})

test('curves in any order of steps, one inside the other, come out in order of steps', () => {
  const { step, count, mean } = envelopeOf([
    { step: Float64Array.of(5, 1), value: Float64Array.of(2, 4) },
    { step: Float64Array.of(0, 1, 2, 5), value: Float64Array.of(1, 2, 3, 4) },
  ])
  expect([[...step], [...count], [...mean]]).toEqual([[0, 1, 2, 5], [1, 2, 1, 2], [1, 3, 3, 3]])
})

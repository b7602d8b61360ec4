import { expect, test } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import type { RunSpec } from '@shared/domain/spec'
import { splitSha256 } from './train'

const of = (sha256: string, split: object): string => splitSha256({ dataset: { sha256 } as Dataset, spec: { split } as RunSpec })

test('a division of the same data has one fingerprint; other data, fractions or seeds have another', () => {
  const split = { train: 0.8, validation: 0.2, seed: 1 }
  expect(of('a', split)).toMatch(/^[0-9a-f]{64}$/)
  expect(of('a', { ...split })).toBe(of('a', split))
  expect(new Set([of('a', split), of('b', split), of('a', { ...split, seed: 2 }), of('a', { ...split, train: 0.7, validation: 0.3 })]).size).toBe(4)
})

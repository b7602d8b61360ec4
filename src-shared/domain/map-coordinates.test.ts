import { expect, test } from 'vitest'
import type { LatentSummary } from '@shared/domain/run'
import { byCarried, liftedTo, mapAxes } from './map-coordinates'

const summary: LatentSummary = {
  space: 'codes',
  latent: 3,
  axisNames: ['z0', 'z1', 'z2'],
  decodes: true,
  standardPrior: true,
  projectedFrom: null,
  components: null,
  total: 4,
  features: 4,
  imageShape: null,
  featureNames: [],
  klPerDimension: [0.1, 2, 0.5],
  mean: [0, 0, 0],
  standardDeviation: [1, 1, 1],
  active: [false, true, true],
  latentMeans: Float32Array.of(1, 2, 3, -1, 0, 1, 0, 4, 2, 2, -2, 0),
  rowIndex: Int32Array.of(0, 1, 2, 3),
  labels: null,
  classes: null,
  checkpoint: 'best',
  epoch: 3,
}

test('a latent vector lands on the map where a row with that mean lies', () => {
  for (const axis of mapAxes(summary)) {
    for (let row = 0; row < 4; row += 1) {
      const latent = [...summary.latentMeans.subarray(row * 3, row * 3 + 3)]
      expect(axis.project(latent)).toBeCloseTo(axis.values[row]!, 4)
    }
  }
})

test('dimensions that carry the most come first', () => expect(byCarried(summary)).toEqual([1, 2, 0]))

test('principal components are offered only where they say something new', () => {
  expect(mapAxes(summary).map(({ id }) => id)).toEqual(['z0', 'z1', 'z2', 'pc0', 'pc1'])
  expect(mapAxes({ ...summary, latent: 2, latentMeans: Float32Array.of(1, 2, 3, 4) }).map(({ id }) => id)).toEqual(['z0', 'z1'])
})

test('a place of the map is lifted to a latent vector that lies there and is otherwise as it was', () => {
  const axes = mapAxes(summary)
  const from = [0.3, -1, 2]
  for (const first of axes) {
    for (const second of axes) {
      if (first === second) continue
      const lifted = liftedTo(first, second, from, 0.7, -0.2)
      expect(first.project(lifted)).toBeCloseTo(0.7, 9)
      expect(second.project(lifted)).toBeCloseTo(-0.2, 9)
    }
  }
  expect(liftedTo(axes[0]!, axes[1]!, from, 5, 6)).toEqual([5, 6, 2])
  expect(liftedTo(axes[0]!, axes[0]!, from, 5, 6)).toEqual([5, -1, 2])
})

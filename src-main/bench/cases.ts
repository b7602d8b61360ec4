import { type Covariance, structureOf } from '@shared/domain/models/mixtures'
import { fillNormal, fillUniform } from '@shared/math/random'
import { sharedFloat64 } from '@shared/math/shared-memory'
import { familyChunks, mixtureProblem } from '../inference/mixture-problem'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import { nearestCentres, spreadRows } from '../models/mixtures/partitions'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import type { Library } from './peer'

/** Work that we and a peer both do. */
export interface BenchCase {
  name: string
  unit: string
  /** Repetitions per block; blocks of us and of the peers take turns. */
  repeats: number
  /** Repetitions before the first that counts; 3 without it. */
  warm?: number
  peers: { label: string; library: Library; request: Record<string, unknown> }[]
  prepare(threads: number, laneEntry: string): Promise<{ once(): Promise<void>; dispose(): Promise<void> }>
}

/** @param spread  standard deviation of the centres, in those of the components */
function mixtureCase(covariance: Covariance, rows: number, columns: number, components: number, spread = 4): BenchCase {
  const request = { case: 'mixture', rows, columns, components, covariance: covariance === 'diagonal' ? 'diag' : covariance }
  return {
    name: `EM ${covariance} ${rows >= 1e6 ? `${rows / 1e6}M` : `${rows / 1e3}k`}×${columns} K=${components}${spread < 1 ? ', overlapping' : ''}`,
    unit: 'iteration',
    repeats: Math.max(2, Math.min(50, Math.round(3e6 / (rows * columns)))),
    peers: [
      { label: 'scikit-learn', library: 'sklearn', request },
      // mclust's whole iterations take a second at this size and much longer beyond it
      ...(covariance === 'full' && rows * columns === 1_600_000 ? [{ label: 'mclust', library: 'mclust' as const, request }] : []),
    ],
    async prepare(threads, laneEntry) {
      const features = sharedFloat64(rows * columns)
      fillNormal(features, { seed: 1, stream: 'rows' })
      const centres = new Float64Array(components * columns)
      fillNormal(centres, { seed: 1, stream: 'centres' })
      const which = new Float64Array(rows)
      fillUniform(which, { seed: 1, stream: 'which' })
      for (let index = 0; index < features.length; index += 1) {
        const component = Math.floor(which[Math.floor(index / columns)]! * components)
        features[index]! += spread * centres[component * columns + (index % columns)]!
      }
      const family = gaussianFamily({ structure: structureOf(covariance), components, columns, regularization: 1e-6 })
      const problem = await mixtureProblem(createOnnxRuntime({ threads, laneEntry }), familyChunks(features, family), family)
      const first = { features: features.subarray(0, 5000 * columns), columns }
      const chosen = spreadRows(first, components, { seed: 1, stream: 'start' })
      let mixture = await problem.begin(nearestCentres({ features, columns }, chosen).nearest)
      return {
        once: async () => {
          mixture = problem.maximize((await problem.expect(mixture, null)).statistics, mixture)
        },
        dispose: () => problem.dispose(),
      }
    },
  }
}

/** Rows, columns, components. */
const mixtureSizes: [number, number, number][] = [
  [10_000, 2, 5],
  [100_000, 16, 16],
  [100_000, 64, 16],
  [1_000_000, 8, 8],
]

export const cases: BenchCase[] = [
  ...mixtureSizes.flatMap((size) => (['full', 'tied', 'diagonal', 'spherical'] as const).map((covariance) => mixtureCase(covariance, ...size))),
  // Where components are far apart most responsibilities are 0, which we make use of and scikit-learn does not
  mixtureCase('full', 100_000, 64, 16, 0.3),
]

import { type Covariance, structureOf } from '@shared/domain/models/mixtures'
import { type Network, gradientSpecSchema, networkSchema, vaeSpecSchema } from '@shared/domain/spec'
import { fillBernoulli, fillNormal, fillUniform } from '@shared/math/random'
import { sharedFloat64 } from '@shared/math/shared-memory'
import { learningRateOf, optimizerFeeds } from '../graph/optimizers'
import { sizeOf } from '../graph/tensor'
import { familyChunks, mixtureProblem } from '../inference/mixture-problem'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import { nearestCentres, spreadRows } from '../models/mixtures/partitions'
import { initialValues } from '../models/networks/weight'
import { vaePrograms } from '../models/vae/vae-programs'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import type { Library } from './peer'

/** Work that we and a peer both do. */
export interface BenchCase {
  name: string
  unit: string
  /** Repetitions per block; blocks of us and of the peers take turns. */
  repeats: number
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

const batch = 128
const features = 784

interface VaeWork {
  name: string
  latent: number
  network: Network
  request: { case: string; [parameter: string]: unknown }
}

const vaeCase = ({ name, latent, network, request }: VaeWork): BenchCase => ({
  name,
  unit: 'step',
  repeats: 40,
  peers: [
    ...[false, true].map((fused) => ({
      label: fused ? 'PyTorch, fused Adam' : 'PyTorch',
      library: 'torch' as const,
      request: { ...request, latent, batch, fused },
    })),
    { label: 'JAX', library: 'jax', request: { ...request, case: `jax_${request['case']}`, latent, batch } },
  ],
  async prepare(threads) {
    const inference = gradientSpecSchema.parse({ kind: 'gradient' })
    const spec = vaeSpecSchema.parse({ kind: 'vae', latent, encoder: network, decoder: network })
    const model = vaePrograms(spec, inference, { features, imageShape: [28, 28, 1] })
    const program = model.trainingStep(batch)
    const executable = await createOnnxRuntime({ threads }).compile(program)
    const weights = initialValues(model.weights, { seed: 1, stream: 'weights' }, 'float32')
    executable.load(
      Object.fromEntries(program.parameters.map((tensor) => [tensor.name!, weights[tensor.name!] ?? new Float32Array(sizeOf(tensor.shape))])),
    )
    const x = new Float32Array(batch * features)
    const noise = new Float32Array(batch * latent)
    const weight = new Float32Array(batch).fill(1)
    fillBernoulli(x, new Float32Array(x.length).fill(0.2), { seed: 1, stream: 'pixels' })
    let step = 0
    return {
      once: async () => {
        step += 1
        fillNormal(noise, { seed: 1, stream: 'noise' }, step)
        const { elbo } = await executable.run({ x, noise, weight, ...optimizerFeeds(inference.optimizer, step, learningRateOf(inference.optimizer)) })
        if (!Number.isFinite(elbo![0])) throw new Error('the bound is not a number')
      },
      dispose: () => executable.dispose(),
    }
  },
})

const dense = networkSchema.parse({ mlp: [512] })

/** Rows, columns, components. */
const mixtureSizes: [number, number, number][] = [
  [10_000, 2, 5],
  [100_000, 16, 16],
  [100_000, 64, 16],
  [1_000_000, 8, 8],
]

export const cases: BenchCase[] = [
  vaeCase({ name: 'VAE step 784–512–20, batch 128', latent: 20, network: dense, request: { case: 'vae', features, hidden: 512 } }),
  vaeCase({
    name: 'VAE step, 32 and 64 filters 3×3',
    latent: 10,
    network: { ...dense, channels: [32, 64], mlp: [] },
    request: { case: 'convolutional_vae' },
  }),
  ...mixtureSizes.flatMap((size) => (['full', 'tied', 'diagonal', 'spherical'] as const).map((covariance) => mixtureCase(covariance, ...size))),
  // Where components are far apart most responsibilities are 0, which we make use of and scikit-learn does not
  mixtureCase('full', 100_000, 64, 16, 0.3),
]

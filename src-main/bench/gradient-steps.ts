import { type GradientSpec, type Network, gradientSpecSchema, networkSchema, vaeSpecSchema } from '@shared/domain/spec'
import { categoricalVaeSpecSchema } from '@shared/domain/models/discrete'
import { fillBernoulli } from '@shared/math/random'
import { learningRateOf, optimizerFeeds } from '../graph/optimizers'
import { sizeOf } from '../graph/tensor'
import { NoiseFiller } from '../inference/batches'
import { categoricalPrograms } from '../models/discrete/categorical-programs'
import type { GradientModel } from '../models/gradient-model'
import { initialValues } from '../models/networks/weight'
import { vaePrograms } from '../models/vae/vae-programs'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import type { BenchCase } from './cases'

const batch = 128
const features = 784
const shape = { features, imageShape: [28, 28, 1] as [number, number, number] }

interface StepWork {
  name: string
  inference: GradientSpec
  model: (inference: GradientSpec) => GradientModel
  repeats: number
  /** What PyTorch is asked for, with its plain and its fused Adam. */
  request: { case: string; [parameter: string]: unknown }
  jax?: boolean
}

/** A training step of 128 pictures of 784 pixels, beside PyTorch's. */
const stepCase = ({ name, inference, model: make, repeats, request, jax = false }: StepWork): BenchCase => ({
  name,
  unit: 'step',
  repeats,
  peers: [
    ...[false, true].map((fused) => ({ label: fused ? 'PyTorch, fused Adam' : 'PyTorch', library: 'torch' as const, request: { ...request, batch, fused } })),
    ...(jax ? [{ label: 'JAX', library: 'jax' as const, request: { ...request, case: `jax_${request.case}`, batch } }] : []),
  ],
  async prepare(threads) {
    const model = make(inference)
    const program = model.trainingStep(batch)
    const executable = await createOnnxRuntime({ threads }).compile(program)
    const weights = initialValues(model.weights, { seed: 1, stream: 'weights' }, 'float32')
    executable.load(
      Object.fromEntries(program.parameters.map((tensor) => [tensor.name!, weights[tensor.name!] ?? new Float32Array(sizeOf(tensor.shape))])),
    )
    const x = new Float32Array(batch * features)
    const weight = new Float32Array(batch).fill(1)
    fillBernoulli(x, new Float32Array(x.length).fill(0.2), { seed: 1, stream: 'pixels' })
    const noise = new NoiseFiller(program, { seed: 1, stream: 'noise' })
    let step = 0
    return {
      once: async () => {
        step += 1
        const feeds = { x, weight, ...noise.fill(step), ...optimizerFeeds(inference.optimizer, step, learningRateOf(inference.optimizer)) }
        const { objective } = await executable.run(feeds)
        if (!Number.isFinite(objective![0])) throw new Error('the bound is not a number')
      },
      dispose: () => executable.dispose(),
    }
  },
})

const dense = networkSchema.parse({ mlp: [512] })
const plain = gradientSpecSchema.parse({ kind: 'gradient' })
const importanceWeighted = gradientSpecSchema.parse({ kind: 'gradient', objective: { iwae: { samples: 50 } } })
const vaeOf =
  (latent: number, network: Network) =>
  (inference: GradientSpec): GradientModel =>
    vaePrograms(vaeSpecSchema.parse({ kind: 'vae', latent, encoder: network, decoder: network }), inference, shape)
const codes = { variables: 10, categories: 10 }
const draws = 4

export const gradientSteps: BenchCase[] = [
  stepCase({
    name: 'VAE step 784–512–20, batch 128',
    inference: plain,
    model: vaeOf(20, dense),
    repeats: 40,
    request: { case: 'vae', features, hidden: 512, latent: 20 },
    jax: true,
  }),
  stepCase({
    name: 'VAE step, 32 and 64 filters 3×3',
    inference: plain,
    model: vaeOf(10, { ...dense, channels: [32, 64], mlp: [] }),
    repeats: 40,
    request: { case: 'convolutional_vae', latent: 10 },
    jax: true,
  }),
  stepCase({
    name: 'IWAE-50 step 784–512–20, batch 128',
    inference: importanceWeighted,
    model: vaeOf(20, dense),
    repeats: 5,
    request: { case: 'iwae', features, hidden: 512, latent: 20, samples: 50 },
  }),
  stepCase({
    name: 'categorical VAE step 784–512–10×10, 4 draws, leave-one-out',
    inference: plain,
    model: (inference) =>
      categoricalPrograms(
        categoricalVaeSpecSchema.parse({ kind: 'categorical-vae', ...codes, encoder: dense, decoder: dense, estimator: { leaveOneOut: { samples: draws } } }),
        inference,
        shape,
      ),
    repeats: 20,
    request: { case: 'categorical', features, hidden: 512, ...codes, samples: draws },
  }),
]

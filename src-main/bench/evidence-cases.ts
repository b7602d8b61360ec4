import { gradientSpecSchema, networkSchema, vaeSpecSchema } from '@shared/domain/spec'
import { fillBernoulli } from '@shared/math/random'
import { ImportanceSampler, importanceWeights } from '../evidence/importance'
import { weightFigures } from '../evidence/log-weights'
import { initialValues } from '../models/networks/weight'
import { vaePrograms } from '../models/vae/vae-programs'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import type { BenchCase } from './cases'

const [features, hidden, latent] = [784, 512, 20]
/** Rows are estimated one block after another, so that 1,000 rows take twenty times as long; LATENT_BENCH_ROWS (a multiple of 50) asks for more. */
const blockRows = 50
const rows = Number(process.env['LATENT_BENCH_ROWS'] ?? blockRows)
const samples = 5000

const importance: BenchCase = {
  name: 'log p(x), IS K=5000, 784–512–20',
  unit: `${rows} rows`,
  repeats: 1,
  // a thousand rows are warm after the first
  warm: rows > 100 ? 0 : 3,
  peers: [{ label: 'PyTorch', library: 'torch', request: { case: 'importance', features, hidden, latent, rows, samples } }],
  async prepare(threads) {
    const network = networkSchema.parse({ mlp: [hidden] })
    const spec = vaeSpecSchema.parse({ kind: 'vae', latent, encoder: network, decoder: network })
    const programs = vaePrograms(spec, gradientSpecSchema.parse({ kind: 'gradient' }), { features, imageShape: [28, 28, 1] })
    const density = programs.density!(initialValues(programs.weights, { seed: 1, stream: 'weights' }, 'float32'))!
    const x = new Float32Array(rows * features)
    fillBernoulli(x, new Float32Array(x.length).fill(0.2), { seed: 1, stream: 'pixels' })
    const sampler = new ImportanceSampler(createOnnxRuntime({ threads }), density)
    let repeat = 0
    return {
      once: async () => {
        const options = { samples, proposal: 'model' as const, seed: 1, repeat: (repeat += 1), pause: async () => {} }
        for (let first = 0; first < rows; first += blockRows) {
          const block = { rows: blockRows, columns: { x: x.subarray(first * features, (first + blockRows) * features) } }
          const weights = await importanceWeights(sampler, block, first, options)
          if (!weights.every((own) => Number.isFinite(weightFigures(own).logMean))) throw new Error('an estimate is not a number')
        }
      },
      dispose: () => sampler.dispose(),
    }
  },
}

export const evidenceCases: BenchCase[] = [importance]

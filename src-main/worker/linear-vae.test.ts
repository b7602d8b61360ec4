import { expect, it } from 'vitest'
import { openDatasetArrays } from '../files/dataset-arrays'
import { prepareData } from '../datasets/prepare'
import { type Trained, storeDataset, train } from './training-fixture'

/*
 * With linear networks and one learned variance the posterior of a VAE is exact at the optimum, which is that of PPCA: Lucas et al. 2019. So
 * the bound must come to the log-likelihood of PPCA, and nothing of it is left to estimate: encoder, decoder and variance give it by formula.
 */

interface Linear {
  [name: string]: { shape: number[]; values: Float32Array }
}

/** The mean ELBO over rows, by formula: E_q log N(x; Wz + b, σ²I) − KL(q ‖ N(0, I)). */
async function exactBound(run: Trained, features: Float64Array | Float32Array, columns: number, latent: number): Promise<number> {
  const weights = await run.inspect<Linear>({ kind: 'params' })
  const [encoder, bias, decoder, offset] = ['encoder/0/weight', 'encoder/0/bias', 'decoder/0/weight', 'decoder/0/bias'].map((name) => weights[name]!.values)
  const variance = Math.exp(weights['likelihood/logVariance']!.values[0]!)
  const rows = features.length / columns
  const lengths = Array.from({ length: latent }, (_, j) => Array.from({ length: columns }, (_, d) => decoder![j * columns + d]! ** 2).reduce((sum, value) => sum + value, 0))
  let total = 0
  for (let row = 0; row < rows; row += 1) {
    const coded = Array.from({ length: 2 * latent }, (_, j) => {
      let sum = bias![j]!
      for (let d = 0; d < columns; d += 1) sum += features[row * columns + d]! * encoder![d * 2 * latent + j]!
      return sum
    })
    let squares = 0
    for (let d = 0; d < columns; d += 1) {
      let mean = offset![d]!
      for (let j = 0; j < latent; j += 1) mean += coded[j]! * decoder![j * columns + d]!
      squares += (features[row * columns + d]! - mean) ** 2
    }
    let kl = 0
    for (let j = 0; j < latent; j += 1) {
      const [mean, logVariance] = [coded[j]!, coded[latent + j]!]
      squares += lengths[j]! * Math.exp(logVariance)
      kl += 0.5 * (Math.exp(logVariance) + mean ** 2 - 1 - logVariance)
    }
    total += -0.5 * (columns * Math.log(2 * Math.PI * variance) + squares / variance) - kl
  }
  return total / rows
}

it('a linear VAE with one learned variance comes within 1e-3 nats per row of the optimum of PPCA, encoder included', async () => {
  const latent = 2
  const stored = await storeDataset('wine.csv', { label: 'target' })
  const spec = { split: { train: 1, test: 0 }, preprocess: ['standardize'] }
  const ppca = await train(stored, { ...spec, model: { kind: 'ppca', latent }, inference: { kind: 'closed-form' } })
  const wanted = ppca.finished().metrics['train/logLikelihood']!
  // scikit-learn 1.9: PCA(n_components=2, svd_solver='full').fit(X).score(X), X standardized
  expect(wanted).toBeCloseTo(-16.15526, 4)
  const run = await train(stored, {
    ...spec,
    model: { kind: 'vae', latent, encoder: { mlp: [] }, decoder: { mlp: [] }, likelihood: { gaussian: { variance: 'shared' } } },
    inference: { kind: 'gradient', batchSize: 178, epochs: 2500, optimizer: { adam: { learningRate: 0.02 } }, schedule: { cosine: { final: 0 } } },
  })
  const data = prepareData(stored.dataset, openDatasetArrays(stored.folder, stored.dataset), run.spec, 'float64')
  const bound = await exactBound(run, data.train.features, data.features, latent)
  expect(bound).toBeLessThan(wanted + 1e-4)
  expect(bound).toBeGreaterThan(wanted - 1e-3)
}, 300_000)

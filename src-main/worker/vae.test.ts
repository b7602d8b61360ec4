import { basename, join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { remedies } from '@shared/domain/remedies'
import type { LatentItem, LatentSummary, Matrix } from '@shared/domain/run'
import { runSpecSchema } from '@shared/domain/spec'
import type { FromWorker } from '@shared/domain/worker-protocol'
import { runFiles } from '../files/run-files'
import type { Reporter } from './reporter'
import { type StoredDataset, storeDataset, train } from './training-fixture'
import { VaeAlarms } from './vae-alarms'
import { loadCheckpoint } from './vae-files'

let digits: StoredDataset
let iris: StoredDataset
beforeAll(async () => {
  digits = await storeDataset('digits/digits-images-idx3-ubyte.gz', {}, [0, 16])
  iris = await storeDataset('iris.csv', { label: 'target' })
})

const digitsVae = (epochs: number, more: object = {}): object => ({
  split: { train: 0.8, test: 0.2 },
  preprocess: ['scale'],
  model: { kind: 'vae', latent: 8, encoder: { mlp: [128] }, decoder: { mlp: [128] }, likelihood: 'bernoulli' },
  inference: { kind: 'gradient', batchSize: 64, epochs, ...more },
})

const points = (messages: FromWorker[]) => messages.flatMap((message) => (message.kind === 'metrics' ? message.points : []))

describe('a VAE', () => {
  it('climbs, and tells elbo = reconstruction − kl for every part', async () => {
    const run = await train(digits, digitsVae(10))
    expect(run.finished()).toMatchObject({ status: 'completed', epochs: 10 })
    const elbo = run.series('train/elbo') as number[]
    expect(elbo[9]).toBeGreaterThan(elbo[0]! + 5)
    for (const part of ['train', 'test']) {
      const [bound, reconstruction, kl] = ['elbo', 'reconstruction', 'kl'].map((name) => run.series(`${part}/${name}`) as number[])
      bound!.forEach((value, index) => expect(value).toBeCloseTo(reconstruction![index]! - kl![index]!, 4))
    }
  })

  it('gives identical metrics for the same seed, and others for another', async () => {
    const [first, second, other] = [await train(digits, digitsVae(2)), await train(digits, digitsVae(2)), await train(digits, { ...digitsVae(2), seed: 2 })]
    expect(points(second.messages)).toEqual(points(first.messages))
    expect(points(other.messages)).not.toEqual(points(first.messages))
  })

  it('resumed from its last checkpoint equals the unbroken run, bitwise', async () => {
    const whole = await train(digits, digitsVae(6))
    const part = await train(digits, digitsVae(3))
    const resumed = await train(digits, digitsVae(6), { runFolder: part.runFolder, resume: true })
    expect(resumed.messages.find(({ kind }) => kind === 'rewind')).toMatchObject({ afterStep: 3 })
    expect(points(resumed.messages)).toEqual(points(whole.messages).filter(({ step }) => step > 3))
    expect(resumed.finished().metrics).toEqual(whole.finished().metrics)
  })

  const cosine = { cosine: { final: 0.1 } }
  it.each([
    [1, cosine],
    [3, cosine],
    [5, cosine],
    [3, { step: { every: 2, factor: 0.5 } }],
  ])('resumed at epoch %i of the schedule %j with warm-up and clipping equals the unbroken run, bitwise', async (cut, schedule) => {
    const more = { schedule, warmup: 1.5, clip: 5, optimizer: { adamw: { weightDecay: 0.05 } } }
    const whole = await train(digits, digitsVae(6, more))
    // What a process that is killed leaves behind: the checkpoint of its last epoch.
    const killed = await train(digits, digitsVae(6, more), {
      onMessage: (message, worker) => {
        if (message.kind === 'metrics' && message.points.some(({ step }) => step === cut)) void worker.receive({ kind: 'cancel' })
      },
    })
    expect(killed.finished().status).toBe('cancelled')
    const resumed = await train(digits, digitsVae(6, more), { runFolder: killed.runFolder, resume: true })
    const rewound = resumed.messages.find(({ kind }) => kind === 'rewind') as { afterStep: number }
    expect(rewound.afterStep).toBeGreaterThanOrEqual(cut - 1)
    expect(points(resumed.messages)).toEqual(points(whole.messages).filter(({ step }) => step > rewound.afterStep))
  })

  it('reports the weight-1 bound for any β, and climbs the weighted objective', async () => {
    const run = await train(digits, digitsVae(2, { objective: { elbo: { beta: 4 } } }))
    const value = (name: string): number => run.series(`train/${name}`)[1]!
    expect(value('elbo')).toBeCloseTo(value('reconstruction') - value('kl'), 4)
    expect(value('objective')).toBeCloseTo(value('reconstruction') - 4 * value('kl'), 4)
  })

  it('stops early, keeps the best epoch, and its figures', async () => {
    const run = await train(digits, {
      ...digitsVae(60, { earlyStopping: 1, optimizer: { adam: { learningRate: 0.02 } } }),
      split: { train: 0.7, validation: 0.1, test: 0.2 },
    })
    const result = run.finished()
    const validation = run.series('validation/elbo') as number[]
    expect(result.epochs).toBeLessThan(60)
    expect(result.metrics['validation/elbo']).toBe(Math.max(...validation))
    const summary = await run.inspect<LatentSummary>({ kind: 'latents' })
    expect(summary).toMatchObject({ checkpoint: 'best', epoch: validation.indexOf(Math.max(...validation)) + 1 })
  })

  it('keeps of the best epoch the weights together with the moments: what a run of so many epochs ends with', async () => {
    const spec = (epochs: number): object => ({ ...digitsVae(epochs, { optimizer: { adam: { learningRate: 0.03 } } }), split: { train: 0.7, validation: 0.1, test: 0.2 } })
    const run = await train(digits, spec(12))
    const best = loadCheckpoint(runFiles(run.runFolder), 'best')
    expect(best.epoch).toBeLessThan(12)
    const short = await train(digits, spec(best.epoch))
    const last = loadCheckpoint(runFiles(short.runFolder), 'last')
    expect(Object.keys(best.state)).toContain('adam/m/encoder/0/weight')
    expect(best).toEqual(last)
  })

  it('encodes, decodes and reconstructs consistently', async () => {
    const run = await train(digits, digitsVae(3))
    const summary = await run.inspect<LatentSummary>({ kind: 'latents' })
    const item = await run.inspect<LatentItem>({ kind: 'item', row: 5 })
    // Blocks of another size add up in another order.
    item.latentMean.forEach((value, index) => expect(summary.latentMeans[40 + index]).toBeCloseTo(value, 5))
    const decoded = await run.inspect<{ rows: Matrix; imageShape: number[] }>({ kind: 'decode', latent: [item.latentMean] })
    expect(decoded.imageShape).toEqual([8, 8, 1])
    decoded.rows.values.forEach((value, index) => expect(value).toBeCloseTo(item.reconstruction[index]!, 6))
    const applied = await run.inspect<Matrix>({ kind: 'apply', output: 'reconstruct', dataset: digits.dataset, datasetFolder: digits.folder })
    applied.values.slice(5 * 64, 6 * 64).forEach((value, index) => expect(value).toBeCloseTo(item.reconstruction[index]!, 5))
    await expect(run.inspect({ kind: 'decode', latent: [[1, 2]] })).rejects.toThrow('A latent vector of this run has 8 numbers, not 2.')
    await expect(run.inspect({ kind: 'emFrame', iteration: 0 })).rejects.toThrow('does not apply to a vae run')
  })

  it.each([['shared'], ['learned'], [0.5]])('fits a table with a Gaussian likelihood: variance %s', async (variance) => {
    const run = await train(iris, {
      preprocess: ['standardize'],
      model: { kind: 'vae', latent: 2, encoder: { mlp: [32], activation: 'tanh' }, decoder: { mlp: [32], activation: 'tanh' }, likelihood: { gaussian: { variance } } },
      inference: { kind: 'gradient', batchSize: 30, epochs: 40, optimizer: { adam: { learningRate: 0.01 } } },
    })
    const elbo = run.series('train/elbo') as number[]
    expect(elbo.at(-1)).toBeGreaterThan(elbo[0]! + 1)
  })

  it.each([['bernoulli'], [{ gaussian: { variance: 'learned' } }]])('trains with convolutions and reconstructs in the order of the pixels: %j', async (likelihood) => {
    const network = { channels: [8, 16], kernel: 3, stride: 2, mlp: [32] }
    const run = await train(digits, { ...digitsVae(15), model: { kind: 'vae', latent: 8, encoder: network, decoder: network, likelihood } })
    const elbo = run.series('train/elbo') as number[]
    expect(elbo.at(-1)).toBeGreaterThan(elbo[0]! + 5)
    const item = await run.inspect<LatentItem>({ kind: 'item', row: 3 })
    const mean = item.input.reduce((sum, value) => sum + value / 64, 0)
    const covariance = item.input.reduce((sum, value, index) => sum + (value - mean) * item.reconstruction[index]!, 0)
    expect(covariance).toBeGreaterThan(1)
  })

  it.each([[{ mlp: [32] }], [{ channels: [4, 8], mlp: [] }]])('exports an encoder and a decoder that a plain ONNX Runtime runs as the app does: %j', async (network) => {
    const run = await train(digits, { ...digitsVae(2), model: { kind: 'vae', latent: 3, encoder: network, decoder: network } })
    const { out } = await run.inspect<{ out: string[] }>({ kind: 'export', out: join(run.runFolder, 'exported') })
    expect(out.map((path) => basename(path))).toEqual(['encoder.onnx', 'decoder.onnx'])
    const latent = [[0, 0, 0], [1, -1, 0.5], [2, 0, -2]]
    const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'decode', latent })
    const session = await ort.InferenceSession.create(out[1]!)
    const { mean } = await session.run({ latent: new ort.Tensor('float32', latent.flat(), [3, 3]) })
    expect(mean!.dims).toEqual([3, 64])
    mean!.data.forEach((value, index) => expect(value).toBeCloseTo(rows.values[index]!, 5))
    const item = await run.inspect<LatentItem>({ kind: 'item', row: 7 })
    const encoder = await ort.InferenceSession.create(out[0]!)
    const { latentMean } = await encoder.run({ x: new ort.Tensor('float32', item.input, [1, 64]) })
    latentMean!.data.forEach((value, index) => expect(value).toBeCloseTo(item.latentMean[index]!, 5))
  })

  it('does not take a step whose loss is not a number, and names the first tensor and the rows', async () => {
    const run = await train(digits, digitsVae(300, { optimizer: { sgd: { learningRate: 10, momentum: 0.99 } }, batchSize: 16 }))
    const end = run.messages.at(-1)!
    if (end.kind !== 'failed') throw new Error(`it ended with ${end.kind}`)
    expect(end.error.code).toBe('vae/not-a-number')
    expect(end.error.message).toMatch(/The first value that is not finite is in \w+( after)? \S+/)
  })

  it('without a prior is an autoencoder: it reconstructs better, and its codes have no distribution', async () => {
    const networks = { latent: 4, encoder: { mlp: [64] }, decoder: { mlp: [64] }, likelihood: { gaussian: { variance: 0.05 } } }
    const fit = (kind: string) => train(digits, { ...digitsVae(15), model: { kind, ...networks } })
    const [plain, variational] = [await fit('autoencoder'), await fit('vae')]
    const last = (run: typeof plain, key: string): number => run.series(key).at(-1)!
    expect(last(plain, 'test/reconstruction')).toBeGreaterThan(last(variational, 'test/reconstruction'))
    expect(plain.series('train/elbo')).toEqual([])
    expect(plain.series('test/squaredError').length).toBe(15)
    const summary = await plain.inspect<LatentSummary>({ kind: 'latents' })
    expect(summary.klPerDimension).toBeNull()
    const applied = await plain.inspect<Matrix>({ kind: 'apply', output: 'encode', dataset: digits.dataset, datasetFolder: digits.folder })
    expect(applied.columns).toEqual([0, 1, 2, 3].map((index) => `mean[${index}]`))
    const { rows } = await plain.inspect<{ rows: Matrix }>({ kind: 'sample', count: 3, seed: 1 })
    expect(rows.values.length).toBe(3 * 64)
  })

  it.each([
    ['studentT', { studentT: {} }, ['standardize']],
    ['mixed', { mixed: {} }, []],
  ])('fits a table with the likelihood %s', async (_, likelihood, preprocess) => {
    const run = await train(iris, {
      preprocess,
      model: { kind: 'vae', latent: 2, encoder: { mlp: [32] }, decoder: { mlp: [32] }, likelihood },
      inference: { kind: 'gradient', batchSize: 30, epochs: 40, optimizer: { adam: { learningRate: 0.01 } } },
    })
    const elbo = run.series('train/elbo') as number[]
    expect(elbo.at(-1)).toBeGreaterThan(elbo[0]! + 1)
  })

  it.each([[{ categorical: { levels: 17 } }], [{ discretizedLogistic: { levels: 17 } }]])('fits the levels of pixels as they are: %j', async (likelihood) => {
    const run = await train(digits, { ...digitsVae(8), preprocess: [], model: { kind: 'vae', latent: 8, encoder: { mlp: [64] }, decoder: { mlp: [64] }, likelihood } })
    const elbo = run.series('test/elbo') as number[]
    expect(elbo.at(-1)).toBeGreaterThan(elbo[0]! + 5)
    // No better than knowing each pixel: a code length, not a density.
    expect(elbo.at(-1)).toBeLessThan(0)
  })

  it.each([[{ mixture: { components: 5 } }], [{ vamp: { components: 20 } }]])('trains its prior %j, samples from it, and goes on bitwise after a stop', async (prior) => {
    const spec = (epochs: number): object => ({ ...digitsVae(epochs), model: { kind: 'vae', latent: 4, encoder: { mlp: [32] }, decoder: { mlp: [32] }, prior } })
    const [whole, part] = [await train(digits, spec(4)), await train(digits, spec(2))]
    const resumed = await train(digits, spec(4), { runFolder: part.runFolder, resume: true })
    expect(points(resumed.messages)).toEqual(points(whole.messages).filter(({ step }) => step > 2))
    const { rows } = await whole.inspect<{ rows: Matrix }>({ kind: 'sample', count: 5, seed: 1 })
    expect([...rows.values].every((value) => value >= 0 && value <= 1)).toBe(true)
  })

  it.each([
    [{ iwae: { samples: 5 } }],
    [{ capacity: { to: 10, epochs: 3 } }],
    [{ totalCorrelation: { klSchedule: { warmup: { epochs: 2 } } } }],
    [{ factor: { mlp: [32] } }],
    [{ dip: {} }],
    [{ mmd: {} }],
    [{ elbo: { klSchedule: { cycles: { epochs: 2 } }, freeBits: 0.1 } }],
  ])('climbs %j with norm and dropout, and goes on bitwise after a stop', async (objective) => {
    const network = { mlp: [32], norm: 'batch', dropout: 0.1 }
    const spec = (epochs: number): object => ({ ...digitsVae(epochs, { objective }), model: { kind: 'vae', latent: 4, encoder: network, decoder: network } })
    const [whole, part] = [await train(digits, spec(4)), await train(digits, spec(2))]
    const resumed = await train(digits, spec(4), { runFolder: part.runFolder, resume: true })
    expect(points(resumed.messages)).toEqual(points(whole.messages).filter(({ step }) => step > 2))
    const reconstructions = whole.series('test/reconstruction') as number[]
    expect(reconstructions.at(-1)).toBeGreaterThan(reconstructions[0]!)
    for (const part of ['train', 'test']) {
      const [bound, reconstruction, kl] = ['elbo', 'reconstruction', 'kl'].map((name) => whole.series(`${part}/${name}`).at(-1) as number)
      expect(bound).toBeCloseTo(reconstruction! - kl!, 3)
    }
  })

  it('tells the KL of each dimension, and says in words that all have collapsed', async () => {
    const run = await train(digits, digitsVae(7, { objective: { elbo: { beta: 100 } } }))
    const warnings = run.messages.flatMap((message) => (message.kind === 'warning' ? [message.warning.code] : []))
    expect(warnings.filter((code) => code === 'vae/all-collapsed')).toEqual(['vae/all-collapsed'])
    const kl = run.series('test/kl') as number[]
    const dimensions = Array.from({ length: 8 }, (_, index) => run.series(`test/kl[${index}]`) as number[])
    kl.forEach((value, epoch) => expect(dimensions.reduce((sum, own) => sum + own[epoch]!, 0)).toBeCloseTo(value, 4))
  })

  it('watches the training rows where none are held out: KL of each dimension, active units, and the same alarm', async () => {
    const { split: _split, ...spec } = digitsVae(60, { objective: { elbo: { beta: 100 } } }) as { split: object }
    const run = await train(digits, { ...spec, model: { kind: 'vae', latent: 2, encoder: { mlp: [8] }, decoder: { mlp: [8] } } })
    const warnings = run.messages.flatMap((message) => (message.kind === 'warning' ? [message.warning.code] : []))
    expect(warnings.filter((code) => code === 'vae/all-collapsed')).toEqual(['vae/all-collapsed'])
    // every second of sixty epochs: fifty looks at most
    expect(run.series('train/activeUnits')).toHaveLength(30)
    expect(run.series('train/kl[1]')).toHaveLength(30)
    expect(run.series('train/elbo')).toHaveLength(60)
  })

  it('says in words that a posterior variance grows out of bounds', async () => {
    const run = await train(digits, digitsVae(12, { objective: { elbo: { beta: 0 } }, optimizer: { sgd: { learningRate: 1e-3 } } }))
    const warnings = run.messages.flatMap((message) => (message.kind === 'warning' ? [message.warning.code] : []))
    expect(warnings).not.toContain('vae/variance-explodes')
    const alarms = new VaeAlarms({ warn: (code: string) => warnings.push(code) } as unknown as Reporter, 12)
    const evaluation = { figures: {}, known: {}, klPerDimension: null, latentMean: new Float64Array(2), latentMeanVariance: new Float64Array(2), activeUnits: 2, units: 2 }
    alarms.look(1, { ...evaluation, latentVariance: Float64Array.of(1, 5000) })
    alarms.look(2, { ...evaluation, latentVariance: Float64Array.of(1, 9000) })
    expect(warnings.filter((code) => code === 'vae/variance-explodes').length).toBe(1)
  })

  it('a linear encoder of columns in the units of their file is told so, and the remedy mends it', async () => {
    const faithful = await storeDataset('faithful.csv')
    const linear = { model: { kind: 'vae', latent: 2, encoder: { mlp: [] }, decoder: { mlp: [16] }, likelihood: { gaussian: {} } }, inference: { kind: 'gradient', batchSize: 64, epochs: 20 } }
    const told = async (spec: object): Promise<string[]> => (await train(faithful, spec)).messages.flatMap((message) => (message.kind === 'warning' ? [message.warning.code] : []))
    expect(await told(linear)).toContain('vae/variance-explodes')
    const mended = remedies.standardized(runSpecSchema.parse({ dataset: 'faithful', ...linear }))!
    expect(await told({ ...linear, preprocess: mended.preprocess })).not.toContain('vae/variance-explodes')
  })

  it('spreads whole numbers over their levels where a density is asked for, and tells bits that compare with those of probabilities', async () => {
    const networks = { latent: 8, encoder: { mlp: [64] }, decoder: { mlp: [64] } }
    const fit = (likelihood: object, preprocess: unknown[]) => train(digits, { ...digitsVae(6), preprocess, model: { kind: 'vae', ...networks, likelihood } })
    const spread = await fit({ gaussian: { variance: 'learned' } }, ['dequantize', 'scale'])
    const warned = (run: typeof spread): string[] => run.messages.flatMap((message) => (message.kind === 'warning' ? [message.warning.code] : []))
    expect(warned(spread)).not.toContain('vae/density-of-levels')
    const [elbo, bits] = [spread.series('test/elbo').at(-1)!, spread.series('test/bitsPerDimension').at(-1)!]
    // 17 levels became the interval [0, 1]: a level is 1/17 wide.
    expect(bits).toBeCloseTo(-(elbo - 64 * Math.log(17)) / (64 * Math.LN2), 4)
    const levels = await fit({ discretizedLogistic: { levels: 17 } }, [])
    expect(levels.series('test/bitsPerDimension').at(-1)!).toBeLessThan(Math.log2(17))
    expect(levels.series('test/bitsPerDimension').at(-1)!).toBeCloseTo(-levels.series('test/elbo').at(-1)! / (64 * Math.LN2), 4)
    expect(warned(await fit({ gaussian: { variance: 'learned' } }, ['scale']))).toContain('vae/density-of-levels')
  })

  it('searches for a learning rate: a curve over rising rates, a sentence, and no model', async () => {
    const run = await train(digits, digitsVae(1, { schedule: { search: { from: 1e-5, to: 10, steps: 200 } } }))
    const { metrics, epochs } = run.finished()
    expect(epochs).toBe(0)
    expect(metrics['search/suggestedRate']).toBeGreaterThan(1e-4)
    expect(metrics['search/suggestedRate']).toBeLessThan(0.1)
    const rates = run.series('search/learningRate') as number[]
    rates.slice(1).forEach((rate, index) => expect(rate).toBeGreaterThan(rates[index]!))
    expect(run.messages.some((message) => message.kind === 'warning' && message.warning.code.startsWith('vae/rate-found'))).toBe(true)
    const trained = await train(digits, digitsVae(3, { optimizer: { adam: { learningRate: metrics['search/suggestedRate'] } } }))
    const usual = await train(digits, digitsVae(3, { optimizer: { adam: { learningRate: 1e-5 } } }))
    expect(trained.series('test/elbo').at(-1)!).toBeGreaterThan(usual.series('test/elbo').at(-1)!)
  })

  it('cancels within an epoch', async () => {
    const run = await train(digits, digitsVae(500), {
      onMessage: (message, worker) => {
        if (message.kind === 'metrics') void worker.receive({ kind: 'cancel' })
      },
    })
    expect(run.finished().status).toBe('cancelled')
  })
})

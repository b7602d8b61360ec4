import { describe, expect, it } from 'vitest'
import { gradientSpecSchema, vaeSpecSchema } from '@shared/domain/spec'
import { fillUniform } from '@shared/math/random'
import { expectGradients, feedsOf, once, runtime, weightsOf } from '../gradient-suite'
import { vaePrograms } from './vae-programs'

const features = 8
const x = new Float64Array(6 * features)
fillUniform(x, { seed: 5, stream: 'x' })
const levels = x.map((value) => Math.floor(4 * value))
const sgd = { sgd: { learningRate: 1, momentum: 0 } }

const modelOf = (spec: object, inference: object = {}, type: 'float32' | 'float64' = 'float64', condition = 0) => {
  const network = { mlp: [7], activation: 'tanh' }
  const shape = { features, imageShape: [2, 4, 1] as [number, number, number], columns: [], condition }
  return vaePrograms(
    vaeSpecSchema.parse({ kind: 'vae', latent: 3, encoder: network, decoder: network, ...spec }),
    gradientSpecSchema.parse({ kind: 'gradient', optimizer: sgd, ...inference }),
    shape,
    type,
  )
}

describe('the gradient of what is climbed is that of central differences', () => {
  const network = (more: object): object => ({ encoder: { mlp: [7, 6], activation: 'tanh', ...more }, decoder: { mlp: [7], activation: 'tanh', ...more } })
  it.each([
    network({ norm: 'layer' }),
    network({ norm: 'batch' }),
    network({ dropout: 0.3 }),
    network({ residualBlocks: 2, norm: 'layer', dropout: 0.2 }),
    ...['silu', 'elu', 'softplus', 'sigmoid', 'identity'].map((activation) => network({ activation })),
  ])('network %j', async (spec) => {
    await expectGradients(modelOf(spec), x)
  })

  it.each<object>([
    {},
    { hierarchy: { bottomUp: {} } },
    { encoder: { channels: [3, 4], mlp: [5], activation: 'tanh' }, decoder: { channels: [3, 4], mlp: [5], activation: 'tanh' } },
  ])('told a condition: %j', async (spec) => {
    const condition = new Float64Array(6 * 3)
    fillUniform(condition, { seed: 6, stream: 'condition' })
    await expectGradients(modelOf(spec, {}, 'float64', 3), x, { given: { 'row/condition': condition } })
  })

  it.each<object>([
    { activation: 'gelu' },
    { channels: [3, 4], mlp: [5] },
    { channels: [3], residualBlocks: 1, norm: 'batch' },
    { channels: [3], norm: 'layer', dropout: 0.2, kernel: 2, stride: 1 },
  ])('network %j, in single precision', async (more) => {
    const spec = { encoder: { mlp: [5], activation: 'tanh', ...more }, decoder: { mlp: [5], activation: 'tanh', ...more } }
    await expectGradients(modelOf(spec, {}, 'float32'), Float32Array.from(x), { h: 2e-3, tolerance: 2e-2 })
  })

  it.each([
    'bernoulli',
    { gaussian: { variance: 'shared' } },
    { gaussian: { variance: 'learned' } },
    { studentT: { degreesOfFreedom: 'shared', scale: 'shared' } },
    { studentT: {} },
    { categorical: { levels: 4 } },
    { discretizedLogistic: { levels: 4 } },
    { discretizedLogistic: { levels: 4, scale: 'shared' } },
  ])('likelihood %j', async (likelihood) => {
    await expectGradients(modelOf({ likelihood }), JSON.stringify(likelihood).includes('levels') ? levels : x)
  })

  it.each(['standard-normal', { mixture: { components: 4 } }, { vamp: { components: 4 } }])('prior %j, with three samples', async (prior) => {
    await expectGradients(modelOf({ prior }, { objective: { elbo: { samples: 3 } } }), x)
  })

  it.each([
    { elbo: { beta: 4, samples: 2 } },
    { elbo: { freeBits: 0.05 } },
    { elbo: { klSchedule: { warmup: {} } } },
    { iwae: { samples: 5 } },
    { capacity: { to: 3 } },
    { totalCorrelation: { mutualInformation: 0.5, dimensions: 2, samples: 2 } },
    { dip: {} },
    { dip: { kind: 'I' } },
    { mmd: { klWeight: 0.3, samples: 2 } },
    { factor: { mlp: [5], samples: 2 } },
  ])('objective %j', async (objective) => {
    await expectGradients(modelOf({}, { objective }), x, { adversaryOf: ['discriminator'] })
    await expectGradients(modelOf({ prior: { mixture: { components: 3 } } }, { objective }), x, { adversaryOf: ['discriminator'] })
  })
})

describe('the KL by formula', () => {
  it('is what samples give, within 4 standard errors', async () => {
    const model = modelOf({})
    const state = weightsOf(model)
    const samples = 4000
    const figures = await once(model.evaluation(6), { x }, state)
    const formula = figures['klPerDimension']!.reduce((sum, value) => sum + value, 0)
    // A mixture of one standard normal is the same prior without a formula.
    const sampled = modelOf({ prior: { mixture: { components: 1 } } }, { objective: { elbo: { samples } } })
    const prior = { 'prior/logits': new Float64Array(1), 'prior/means': new Float64Array(3), 'prior/logVariances': new Float64Array(3) }
    const estimates: number[] = []
    for (let seed = 1; seed <= 8; seed += 1) estimates.push((await once(sampled.evaluation(6), { x }, { ...state, ...prior }, seed))['kl']![0]!)
    const mean = estimates.reduce((sum, value) => sum + value / 8, 0)
    const error = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2 / 7, 0) / 8)
    expect(Math.abs(mean - formula)).toBeLessThan(4 * error)
    expect(error).toBeLessThan(0.02 * formula)
  })
})

describe('the importance-weighted bound', () => {
  it('of one sample is that sample’s ELBO, and rises with more', async () => {
    const prior = { mixture: { components: 2 } }
    const boundOf = async (samples: number) => {
      const model = modelOf({ prior }, { objective: { iwae: { samples } } })
      return once(model.evaluation(6), { x }, weightsOf(model))
    }
    const one = await boundOf(1)
    expect(one['iwae']![0]).toBeCloseTo(one['reconstruction']![0]! - one['kl']![0]!, 9)
    const [five, fifty, many] = [await boundOf(5), await boundOf(50), await boundOf(2000)]
    expect(five!['iwae']![0]).toBeGreaterThan(five!['reconstruction']![0]! - five!['kl']![0]!)
    expect(fifty!['iwae']![0]).toBeGreaterThan(five!['reconstruction']![0]! - five!['kl']![0]!)
    expect(Math.abs(many!['iwae']![0]! - fifty!['iwae']![0]!)).toBeLessThan(0.5)
  })
})

describe('batches that are not full', () => {
  it.each([{ norm: 'batch' }, { norm: 'layer' }, {}])('give the figures of the rows that count alone: %j', async (more) => {
    const network = { mlp: [7], activation: 'tanh', ...more }
    const model = modelOf({ encoder: network, decoder: network })
    const short = await once(model.trainingStep(4), { x: x.slice(0, 4 * features), noise: new Float64Array(4 * 3) }, withMoments(weightsOf(model)))
    const padded = x.slice().fill(0, 4 * features)
    const weight = Float64Array.of(1, 1, 1, 1, 0, 0)
    const full = await once(model.trainingStep(6), { x: padded, noise: new Float64Array(6 * 3), weight }, withMoments(weightsOf(model)))
    expect(full['objective']![0]).toBeCloseTo(short['objective']![0]!, 10)
  })
})

const withMoments = (state: ReturnType<typeof weightsOf>) => ({
  ...state,
  ...Object.fromEntries(Object.entries(state).map(([name, values]) => [`sgd/v/${name}`, new Float64Array(values.length)])),
})

describe('batch norm', () => {
  it('keeps running statistics that make training and evaluation agree in the end', async () => {
    const network = { mlp: [7], activation: 'tanh', norm: 'batch' }
    const model = modelOf({ encoder: network, decoder: network }, { optimizer: { sgd: { learningRate: 1e-9, momentum: 0 } } })
    const executable = await runtime.compile(model.trainingStep(6))
    executable.load(withMoments(weightsOf(model)))
    let climbed = 0
    for (let step = 0; step < 200; step += 1) {
      const outputs = await executable.run({ ...feedsOf(executable.program, { x, noise: new Float64Array(18) }), 'sgd/rate': 0 })
      climbed = outputs['elbo']![0]!
    }
    const state = structuredClone(await executable.read())
    await executable.dispose()
    const weights = Object.fromEntries(Object.entries(state).filter(([name]) => !name.startsWith('sgd/')))
    const figures = await once(model.evaluation(6), { x, noise: new Float64Array(18) }, weights)
    const elbo = (figures['reconstruction']![0]! - figures['klPerDimension']!.reduce((sum, value) => sum + value, 0)) / 6
    expect(elbo).toBeCloseTo(climbed, 6)
  })
})

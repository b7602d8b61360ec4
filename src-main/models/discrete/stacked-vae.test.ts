import { describe, expect, it } from 'vitest'
import { semiSupervisedVaeSpecSchema } from '@shared/domain/models/discrete'
import { optimizerSchema } from '@shared/domain/models/gradient'
import { gradientSpecSchema } from '@shared/domain/spec'
import { fillUniform } from '@shared/math/random'
import { add, reshape, subtract } from '../../graph/ops'
import { optimizerFeeds } from '../../graph/optimizers'
import { buildProgram } from '../../graph/program'
import { input } from '../../graph/tensor'
import { expectGradients, feedsOf, once, runtime, weightsOf } from '../gradient-suite'
import { repeated } from '../latent-density'
import { noiseInputs } from '../noise'
import { stackedPrograms } from './stacked-programs'

const [rows, features, classes] = [5, 6, 3]
const uniform = (count: number, stream: string): Float64Array => {
  const out = new Float64Array(count)
  fillUniform(out, { seed: 5, stream })
  return out
}
const x = uniform(rows * features, 'x')
const labels = Float64Array.from({ length: rows * classes }, (_, at) => (at % classes === Math.floor(at / classes) % classes ? 1 : 0))
const told = { 'row/labelled': uniform(rows * features, 'labelled'), 'row/label': labels, 'row/class': labels }

const plain = { sgd: { learningRate: 1, momentum: 0 } }
function modelOf(labelledShare = 0.25, optimizer: object = plain) {
  const network = { mlp: [7], activation: 'tanh' }
  const below = { latent: 2, epochs: 3, encoder: network, decoder: network }
  const spec = semiSupervisedVaeSpecSchema.parse({ kind: 'semi-supervised-vae', latent: 2, encoder: network, decoder: network, below: { vae: below } })
  const inference = gradientSpecSchema.parse({ kind: 'gradient', optimizer })
  return stackedPrograms(spec, spec.below === 'none' ? (undefined as never) : spec.below.vae, inference, { features, imageShape: null, columns: [], classes, labelledShare }, 'float64')
}

describe('M1 + M2', () => {
  const optimizers = [plain, { sgd: { momentum: 0.9 } }, { adam: {} }, { adamw: { weightDecay: 0.1 } }, { rmsprop: {} }]
  it.each(optimizers)('is in the hands of M1 first, then of M2, and what is not at turn does not move, nor do its moments: %j', async (optimizer) => {
    const model = modelOf(0.25, optimizer)
    expect([0, 2.9, 3, 10].map((epochs) => model.schedule!(epochs)['schedule/below'])).toEqual([1, 1, 0, 0])
    const program = model.trainingStep(rows)
    for (const turn of [1, 0]) {
      const executable = await runtime.compile(program)
      const start = weightsOf(model)
      const moments = Object.fromEntries(program.parameters.map(({ name, shape }) => [name!, new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(0.1)]))
      const before = { ...moments, ...start }
      executable.load(structuredClone(before))
      const rates = Object.entries(optimizerFeeds(optimizerSchema.parse(optimizer), 1, 0.1)).map(([name, rate]) => [name, Float64Array.of(rate)])
      await executable.run(feedsOf(program, { x, ...told, 'schedule/below': turn, ...Object.fromEntries(rates) }))
      const after = await executable.read()
      for (const [name, values] of Object.entries(before)) {
        const moved = values.some((value, at) => value !== after[name]![at])
        expect([name, moved]).toEqual([name, name.includes('below/') === (turn === 1)])
      }
      await executable.dispose()
    }
  })

  it.each([0.25, 0])('steps along the gradient of central differences, whose turn it is alone: a labelled share of %d', async (share) => {
    // What stands still for M2 moves with M1's weights, so that differences are taken of those whose turn it is.
    const model = modelOf(share)
    const below = model.weights.map(({ tensor }) => tensor.name!).filter((name) => name.startsWith('below/'))
    const above = model.weights.map(({ tensor }) => tensor.name!).filter((name) => !name.startsWith('below/'))
    await expectGradients(model, x, { given: { ...told, 'schedule/below': 1 }, adversaryOf: above })
    await expectGradients(model, x, { given: { ...told, 'schedule/below': 0 }, adversaryOf: below })
  })

  it('has importance weights whose mean is the same from q as from the prior, and a bound below it', async () => {
    const model = modelOf(0)
    const state = weightsOf(model)
    const density = model.density!(state)
    const samples = 20_000
    const known = { x: input('x', [rows, features], 'float64') }
    const copies = repeated(known, samples)
    const q = density.propose(known, samples, noiseInputs)
    const prior = density.drawPrior(samples * rows, noiseInputs)
    const weightsFrom = async (logWeight: ReturnType<typeof add>) => {
      const found = (await once(buildProgram({ name: 'weights', outputs: { logWeight: reshape(logWeight, [samples, rows]) } }), { x }, state))['logWeight']!
      return Array.from({ length: rows }, (_, row) => {
        const own = Array.from({ length: samples }, (_unused, sample) => Math.exp(found[sample * rows + row]!))
        const mean = own.reduce((sum, value) => sum + value / samples, 0)
        return { mean, error: Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / samples }
      })
    }
    const ofQ = await weightsFrom(subtract(add(density.logPrior(q.latent), density.logLikelihood(copies, q.latent)), q.logDensity))
    const ofPrior = await weightsFrom(density.logLikelihood(copies, prior))
    ofQ.forEach(({ mean, error }, row) => expect(Math.abs(mean - ofPrior[row]!.mean)).toBeLessThan(4 * Math.hypot(error, ofPrior[row]!.error)))
    const { reconstruction, kl } = await once(model.evaluation(rows), { x }, state)
    expect(reconstruction![0]! - kl![0]!).toBeLessThan(ofPrior.reduce((sum, { mean }) => sum + Math.log(mean), 0))
  })
})

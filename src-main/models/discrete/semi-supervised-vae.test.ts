import { describe, expect, it } from 'vitest'
import { semiSupervisedVaeSpecSchema } from '@shared/domain/models/discrete'
import { gradientSpecSchema } from '@shared/domain/spec'
import { fillUniform } from '@shared/math/random'
import { feedsOf, once, runtime, weightsOf } from '../gradient-suite'
import { semiSupervisedPrograms } from './semi-supervised-programs'

const [rows, features, classes, latent] = [5, 6, 3, 2]
const uniform = (count: number, stream: string): Float64Array => {
  const out = new Float64Array(count)
  fillUniform(out, { seed: 5, stream })
  return out
}
const x = uniform(rows * features, 'x')
const labels = Float64Array.from({ length: rows * classes }, (_, at) => (at % classes === Math.floor(at / classes) % classes ? 1 : 0))
const told = { x, 'row/labelled': uniform(rows * features, 'labelled'), 'row/label': labels, 'row/class': labels }

const modelOf = (labelledShare: number, inference: object = {}, network: object = {}) =>
  semiSupervisedPrograms(
    semiSupervisedVaeSpecSchema.parse({
      kind: 'semi-supervised-vae',
      latent,
      encoder: { mlp: [7], activation: 'tanh', ...network },
      decoder: { mlp: [7], activation: 'tanh', ...network },
    }),
    gradientSpecSchema.parse({ kind: 'gradient', optimizer: { sgd: { learningRate: 1, momentum: 0 } }, ...inference }),
    { features, imageShape: [2, 3, 1], columns: [], classes, labelledShare },
    'float64',
  )

describe('M2', () => {
  it.each([
    [0.25, {}],
    [0, {}],
    [0.25, { norm: 'layer', dropout: 0.2 }],
    [0.25, { norm: 'batch' }],
  ])('steps along the gradient of central differences with a labelled share of %d and %j', async (share, network) => {
    const model = modelOf(share, {}, network)
    const program = model.trainingStep(rows)
    const executable = await runtime.compile(program)
    const start = weightsOf(model)
    const zeros = Object.fromEntries(program.parameters.map(({ name, shape }) => [name!, new Float64Array(shape.reduce((a, b) => a * b, 1))]))
    const feeds = feedsOf(program, told)
    const run = async (state: object) => {
      executable.load(structuredClone({ ...zeros, ...start, ...state }))
      return (await executable.run(feeds))['objective']![0]!
    }
    await run({})
    const after = structuredClone(await executable.read())
    const h = 1e-5
    for (const { tensor, isStatistic } of model.weights) {
      if (isStatistic) continue
      const own = start[tensor.name!]!
      const along = uniform(own.length, `along ${tensor.name}`).map((value) => value - 0.5)
      const moved = (sign: number) => ({ [tensor.name!]: Float64Array.from(own, (value, at) => value + sign * h * along[at]!) })
      const difference = ((await run(moved(1))) - (await run(moved(-1)))) / (2 * h)
      const gradient = along.reduce((sum, value, at) => sum + value * (after[tensor.name!]![at]! - own[at]!), 0)
      expect(Math.abs(gradient - difference), tensor.name).toBeLessThan(1e-5 * Math.max(1, Math.abs(difference)))
    }
    await executable.dispose()
  })

  it('with a posterior equal to the prior and a decoder blind to its code has the ELBO of that decoder', async () => {
    const model = modelOf(0.25)
    const zero = Object.fromEntries(Object.entries(weightsOf(model)).map(([name, values]) => [name, new Float64Array(values.length)]))
    const figures = await once(model.evaluation(rows), told, zero)
    expect(figures['reconstruction']![0]).toBeCloseTo(-rows * features * Math.LN2, 10)
    expect(figures['kl']![0]).toBeCloseTo(0, 10)
  })

  it('tells a code that begins with q(y|x), which sums to 1', async () => {
    const model = modelOf(0)
    const { latentMean } = await once(model.encoding(rows), { x }, weightsOf(model))
    for (let row = 0; row < rows; row += 1) {
      const own = latentMean!.subarray(row * (classes + latent), row * (classes + latent) + classes)
      expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12)
    }
  })
})

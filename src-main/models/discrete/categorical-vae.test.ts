import { describe, expect, it } from 'vitest'
import { categoricalVaeSpecSchema } from '@shared/domain/models/discrete'
import { gradientSpecSchema } from '@shared/domain/spec'
import { fillUniform } from '@shared/math/random'
import { expectGradients, feedsOf, once, runtime, weightsOf } from '../gradient-suite'
import { categoricalPrograms } from './categorical-programs'

const features = 6
const x = new Float64Array(5 * features)
fillUniform(x, { seed: 5, stream: 'x' })

const modelOf = (spec: object, inference: object = {}) => {
  const network = { mlp: [7], activation: 'tanh' }
  return categoricalPrograms(
    categoricalVaeSpecSchema.parse({ kind: 'categorical-vae', variables: 3, categories: 3, encoder: network, decoder: network, ...spec }),
    gradientSpecSchema.parse({ kind: 'gradient', optimizer: { sgd: { learningRate: 1, momentum: 0 } }, ...inference }),
    { features, imageShape: null, columns: [] },
    'float64',
  )
}
describe('a categorical VAE', () => {
  it.each([{}, { codePrior: 'trained' }, { likelihood: { gaussian: {} } }])('by enumeration has the gradient of central differences: %j', async (spec) => {
    await expectGradients(modelOf({ estimator: 'enumeration', ...spec }), x)
    await expectGradients(modelOf({ estimator: 'enumeration', ...spec }, { objective: { elbo: { beta: 3, klSchedule: { warmup: {} } } } }), x)
  })

  const unbiased = [{ reinforce: { samples: 3000 } }, { leaveOneOut: { samples: 3000 } }, { reinforce: { baseline: 'learned', samples: 3000 } }]
  it.each<object>([...unbiased, { gumbelSoftmax: { samples: 3000 } }, { straightThrough: { samples: 3000 } }])(
    'tells the ELBO of proper codes whatever its gradient is estimated by: %j',
    async (estimator) => {
      const exactModel = modelOf({ estimator: 'enumeration' })
      const state = weightsOf(exactModel)
      const exact = await once(exactModel.evaluation(5), { x }, state)
      const drawnModel = modelOf({ estimator })
      const drawn = await once(drawnModel.evaluation(5), { x }, { ...weightsOf(drawnModel), ...state })
      expect(drawn['reconstruction']![0]).toBeCloseTo(exact['reconstruction']![0]!, 1)
      expect(drawn['klPerDimension']![1]).toBeCloseTo(exact['klPerDimension']![1]!, 12)
    },
  )

  it.each(unbiased)('steps in the direction of enumeration with many draws: %j', async (estimator) => {
    const exact = await stepOf('enumeration')
    const drawn = await stepOf(estimator)
    for (const name of ['encoder/0/weight', 'decoder/0/weight']) {
      const [a, b] = [exact[name]!, drawn[name]!]
      const dot = (left: Float64Array, right: Float64Array): number => left.reduce((sum, value, index) => sum + value * right[index]!, 0)
      expect(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)), name).toBeGreaterThan(0.95)
    }
  })

  it('by VIMCO has a bound above the ELBO, and below the log-likelihood', async () => {
    const exact = modelOf({ estimator: 'enumeration' })
    const state = weightsOf(exact)
    const vimco = modelOf({ estimator: { vimco: { samples: 200 } } })
    const figures = await once(vimco.evaluation(5), { x }, state)
    const elbo = figures['reconstruction']![0]! - figures['klPerDimension']!.reduce((sum, value) => sum + value, 0)
    expect(figures['iwae']![0]).toBeGreaterThan(elbo)
    const one = await once(exact.evaluation(5), { x }, state)
    expect(elbo).toBeCloseTo(one['reconstruction']![0]! - one['klPerDimension']!.reduce((sum, value) => sum + value, 0), 0)
  })

  async function stepOf(estimator: unknown): Promise<Record<string, Float64Array>> {
    const model = modelOf({ estimator })
    const start = weightsOf(modelOf({ estimator: 'enumeration' }))
    const program = model.trainingStep(5)
    const executable = await runtime.compile(program)
    const zeros = Object.fromEntries(program.parameters.map(({ name, shape }) => [name!, new Float64Array(shape.reduce((a, b) => a * b, 1))]))
    executable.load({ ...zeros, ...structuredClone(start) })
    await executable.run(feedsOf(program, { x }))
    const after = await executable.read()
    const moved = Object.fromEntries(Object.entries(start).map(([name, values]) => [name, Float64Array.from(values, (value, at) => after[name]![at]! - value)]))
    await executable.dispose()
    return moved
  }
})

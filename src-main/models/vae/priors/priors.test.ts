import { expect, it } from 'vitest'
import { fillNormal } from '@shared/math/random'
import { priorSchema } from '@shared/domain/models/vae'
import { slice } from '../../../graph/ops'
import { buildProgram } from '../../../graph/program'
import { sizeOf } from '../../../graph/tensor'
import { once } from '../../gradient-suite'
import { fittedPass } from '../../networks/pass'
import { noiseInputs } from '../../noise'
import { diagonalGaussian } from '../posteriors/diagonal-gaussian'
import { pickPrior } from './pick-prior'

const latent = 2

it.each(['standard-normal', { mixture: { components: 4 } }, { vamp: { components: 5 } }])(
  'what is drawn has the density that is told: E_p[q/p] = 1 for a narrower q, within 4 standard errors: %j',
  async (spec) => {
    const posterior = diagonalGaussian(latent)
    // An encoder that reads off its parameters.
    const prior = pickPrior(priorSchema.parse(spec), { latent, features: 4, type: 'float64', posteriorsOf: (x) => posterior.of(slice(x, 1, 0, 4), fittedPass) })
    const count = 40_000
    const drawn = prior.sample(count, noiseInputs)
    const state = Object.fromEntries(
      prior.weights.map(({ tensor }) => {
        const values = new Float64Array(sizeOf(tensor.shape))
        fillNormal(values, { seed: 4, stream: tensor.name! })
        return [tensor.name!, values.map((value) => 0.7 * value)]
      }),
    )
    const { latent: z, density } = await once(buildProgram({ name: 'prior', outputs: { latent: drawn, density: prior.logDensity(drawn) } }), {}, state)
    const deviation = 0.4
    const ratios = Array.from({ length: count }, (_, row) => {
      const square = (z![2 * row]! ** 2 + z![2 * row + 1]! ** 2) / deviation ** 2
      return Math.exp(-0.5 * square - Math.log(2 * Math.PI * deviation ** 2) - density![row]!)
    })
    const mean = ratios.reduce((sum, ratio) => sum + ratio / count, 0)
    const error = Math.sqrt(ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0)) / count
    expect(Math.abs(mean - 1)).toBeLessThan(4 * error)
    expect(error).toBeLessThan(0.05)
  },
)

import { describe, expect, it } from 'vitest'
import { type VaeSpec, gradientSpecSchema, vaeSpecSchema } from '@shared/domain/spec'
import { fillNormal } from '@shared/math/random'
import { buildProgram } from '../../../graph/program'
import { input, sizeOf } from '../../../graph/tensor'
import { expectGradients, once } from '../../gradient-suite'
import { fittedPass } from '../../networks/pass'
import { noiseInputs } from '../../noise'
import { vaePrograms } from '../vae-programs'
import { hierarchical } from './hierarchy'
import { pickPosterior } from './pick-posterior'
import type { Posterior } from './posterior'

const above = { above: [3, 2], between: { mlp: [5], activation: 'tanh' } }
const families = [
  { posterior: 'diagonal' },
  { posterior: { planar: { flows: 3 } } },
  { posterior: { inverseAutoregressive: { flows: 1, hidden: 7, context: 3 } } },
  { posterior: { inverseAutoregressive: { flows: 3, hidden: 7, context: 3 } } },
  { hierarchy: { bottomUp: above } },
  { hierarchy: { ladder: above } },
  { hierarchy: { ladder: { above: [2], between: { mlp: [] } } } },
]

function posteriorOf(spec: VaeSpec): Posterior {
  return spec.hierarchy === 'none' ? pickPosterior(spec, 'float64') : hierarchical(spec.latent, spec.hierarchy, 'float64')
}

/** log |det| by elimination with pivots. */
function logDeterminant(matrix: number[][]): number {
  const rows = matrix.map((row) => [...row])
  let sum = 0
  for (let at = 0; at < rows.length; at += 1) {
    const pivot = rows.slice(at).reduce((best, row, index) => (Math.abs(row[at]!) > Math.abs(rows[best]![at]!) ? at + index : best), at)
    ;[rows[at], rows[pivot]] = [rows[pivot]!, rows[at]!]
    sum += Math.log(Math.abs(rows[at]![at]!))
    for (let below = at + 1; below < rows.length; below += 1) {
      const factor = rows[below]![at]! / rows[at]![at]!
      rows[below] = rows[below]!.map((value, column) => value - factor * rows[at]![column]!)
    }
  }
  return sum
}

describe.each(families)('the family %j', (family) => {
  it.each([1, 4])('has the density that the change of variables gives from differences of its draws, in %i dimensions', async (width) => {
    const [rows, samples] = [3, 2]
    const posterior = posteriorOf(vaeSpecSchema.parse({ kind: 'vae', latent: width, ...family }))
    const { latent } = posterior
    const draw = posterior.of(input('encoded', [rows, posterior.parameters], 'float64'), fittedPass).draw(samples, noiseInputs)
    const program = buildProgram({ name: 'draw', outputs: { latent: draw.latent, logDensity: draw.logDensity() } })
    const normal = (size: number, stream: string): Float64Array => {
      const values = new Float64Array(size)
      fillNormal(values, { seed: 3, stream })
      return values
    }
    const state = Object.fromEntries(posterior.weights.map(({ tensor }) => [tensor.name!, normal(sizeOf(tensor.shape), tensor.name!).map((value) => 0.5 * value)]))
    const encoded = normal(rows * posterior.parameters, 'encoded')
    const noise = normal(samples * rows * latent, 'noise')
    const at = (epsilon: Float64Array) => once(program, { encoded, noise: epsilon }, state)
    const { logDensity } = await at(noise)
    const h = 1e-5
    const moved = await Promise.all(
      Array.from({ length: latent }, async (_, dimension) => {
        const [up, down] = [h, -h].map((step) => noise.map((value, index) => (index % latent === dimension ? value + step : value)))
        const [above, below] = [(await at(up!))['latent']!, (await at(down!))['latent']!]
        return Array.from(above, (value, index) => (value - below[index]!) / (2 * h))
      }),
    )
    for (let index = 0; index < samples * rows; index += 1) {
      const own = [...noise.subarray(index * latent, (index + 1) * latent)]
      const jacobian = own.map((_, to) => moved.map((slopes) => slopes[index * latent + to]!))
      const wanted = own.reduce((sum, value) => sum - 0.5 * (value ** 2 + Math.log(2 * Math.PI)), 0) - logDeterminant(jacobian)
      expect(logDensity![index]).toBeCloseTo(wanted, 5)
    }
  })

  it('is trained by gradients that central differences confirm', async () => {
    const network = { mlp: [7], activation: 'tanh' }
    const spec = vaeSpecSchema.parse({ kind: 'vae', latent: 3, encoder: network, decoder: network, ...family })
    const inference = gradientSpecSchema.parse({
      kind: 'gradient',
      optimizer: { sgd: { learningRate: 1, momentum: 0 } },
      objective: { elbo: { samples: 2 } },
    })
    const x = Float64Array.from({ length: 48 }, (_, index) => (Math.sin(index * 1.7) + 1) / 2)
    await expectGradients(vaePrograms(spec, inference, { features: 8, imageShape: null }, 'float64'), x)
  })
})

it('a specification of an earlier version, which names neither family nor mode, means a diagonal Gaussian from the encoder', () => {
  const { posterior: _posterior, hierarchy: _hierarchy, missing: _missing, ...model } = vaeSpecSchema.parse({ kind: 'vae', latent: 3 })
  const { mode: _mode, inner: _inner, ...inference } = gradientSpecSchema.parse({ kind: 'gradient' })
  const shape = { features: 8, imageShape: null }
  const names = (of: ReturnType<typeof vaePrograms>): string[] => of.weights.map(({ tensor }) => `${tensor.name} ${tensor.shape.join()}`)
  const old = vaePrograms(model as never, inference as never, shape)
  expect(names(old)).toEqual(names(vaePrograms(vaeSpecSchema.parse(model), gradientSpecSchema.parse(inference), shape)))
  expect(old.trainingStep(4).inputs.map(({ name }) => name)).not.toContain('row/observed')
})

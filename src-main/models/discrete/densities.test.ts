import { describe, expect, it } from 'vitest'
import { categoricalVaeSpecSchema, semiSupervisedVaeSpecSchema } from '@shared/domain/models/discrete'
import { gradientSpecSchema } from '@shared/domain/spec'
import { fillUniform } from '@shared/math/random'
import { add, subtract } from '../../graph/ops'
import { buildProgram } from '../../graph/program'
import { input } from '../../graph/tensor'
import { once, weightsOf } from '../gradient-suite'
import { type LatentDensity, repeated } from '../latent-density'
import { noiseInputs } from '../noise'
import { categoricalPrograms } from './categorical-programs'
import { semiSupervisedPrograms } from './semi-supervised-programs'

const [rows, features] = [4, 6]
const x = new Float64Array(rows * features)
fillUniform(x, { seed: 5, stream: 'x' })
const network = { mlp: [7], activation: 'tanh' }
const inference = gradientSpecSchema.parse({ kind: 'gradient' })

/** Means of importance weights and their standard errors, relative to what is expected: [rows] each. */
async function relativeWeights(density: LatentDensity, from: 'prior' | 'model', samples: number, logEvidence: ArrayLike<number>) {
  const known = { x: input('x', [rows, features], 'float64') }
  const copies = repeated(known, samples)
  const draw = from === 'model' ? density.propose(known, samples, noiseInputs) : { latent: density.drawPrior(samples * rows, noiseInputs), logDensity: null }
  const joint = add(density.logLikelihood(copies, draw.latent), density.logPrior(draw.latent))
  const logWeight = subtract(joint, draw.logDensity ?? density.logPrior(draw.latent))
  const found = await once(buildProgram({ name: 'weights', outputs: { logWeight } }), { x }, { ...density.state })
  return Array.from({ length: rows }, (_, row) => {
    const own = Array.from({ length: samples }, (_, sample) => Math.exp(found['logWeight']![sample * rows + row]! - logEvidence[row]!))
    const mean = own.reduce((sum, value) => sum + value / samples, 0)
    const error = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / samples
    return { mean, error }
  })
}

const logSum = (values: ArrayLike<number>): number => Math.log(Array.from(values).reduce((sum, value) => sum + Math.exp(value), 0))

describe('log p(x) of a categorical VAE', () => {
  it.each(['uniform', 'trained'])('by importance sampling from q and from p(z) agrees with the sum over all codes, and the ELBO is below it: a %s prior', async (codePrior) => {
    const spec = categoricalVaeSpecSchema.parse({ kind: 'categorical-vae', variables: 3, categories: 3, encoder: network, decoder: network, codePrior, estimator: 'enumeration' })
    const model = categoricalPrograms(spec, inference, { features, imageShape: null }, 'float64')
    const state = weightsOf(model)
    const { codes, program } = model.enumeration!
    expect(codes).toBe(27)
    const { logJoint } = await once(program(rows), { x }, state)
    const exact = Array.from({ length: rows }, (_, row) => logSum(logJoint!.subarray(row * codes, (row + 1) * codes)))
    for (const from of ['model', 'prior'] as const) {
      for (const { mean, error } of await relativeWeights(model.density!(state), from, 4000, exact)) expect(Math.abs(mean - 1)).toBeLessThan(4 * error)
    }
    const { reconstruction, klPerDimension } = await once(model.evaluation(rows), { x }, state)
    expect(reconstruction![0]! - klPerDimension!.reduce((sum, value) => sum + value, 0)).toBeLessThan(exact.reduce((sum, value) => sum + value, 0))
  })

  it('with more codes than are enumerated is left to sampling', () => {
    const spec = categoricalVaeSpecSchema.parse({ kind: 'categorical-vae', variables: 6, categories: 5 })
    expect(categoricalPrograms(spec, inference, { features, imageShape: null }).enumeration).toBeUndefined()
  })
})

describe('log p(x) of M2', () => {
  it('by importance sampling from q and from p(w) agrees with the sum over the classes and the integral over w', async () => {
    const classes = 3
    const spec = semiSupervisedVaeSpecSchema.parse({ kind: 'semi-supervised-vae', latent: 1, encoder: network, decoder: network })
    const model = semiSupervisedPrograms(spec, inference, { features, imageShape: null, classes, labelledShare: 0 }, 'float64')
    const state = weightsOf(model)
    const density = model.density!(state)
    const [points, reach] = [1601, 8]
    const grid = Float64Array.from({ length: points }, (_, at) => reach * ((2 * at) / (points - 1) - 1))
    const latent = input('latent', [points * rows, 1], 'float64')
    const known = repeated({ x: input('x', [rows, features], 'float64') }, points)
    const joint = add(density.logPrior(latent), density.logLikelihood(known, latent))
    const copies = Float64Array.from({ length: points * rows }, (_, at) => grid[Math.floor(at / rows)]!)
    const found = await once(buildProgram({ name: 'grid', outputs: { joint } }), { x, latent: copies }, state)
    const exact = Array.from({ length: rows }, (_, row) => {
      const own = Float64Array.from(grid, (_, at) => found['joint']![at * rows + row]!)
      return logSum(own) + Math.log((2 * reach) / (points - 1))
    })
    for (const from of ['model', 'prior'] as const) {
      for (const { mean, error } of await relativeWeights(density, from, 4000, exact)) expect(Math.abs(mean - 1)).toBeLessThan(4 * error)
    }
    const { reconstruction, kl } = await once(model.evaluation(rows), { x }, state)
    expect(reconstruction![0]! - kl![0]!).toBeLessThan(exact.reduce((sum, value) => sum + value, 0))
  })
})

import { describe, expect, it } from 'vitest'
import { vqVaeSpecSchema } from '@shared/domain/models/discrete'
import { gradientSpecSchema } from '@shared/domain/spec'
import { fillUniform } from '@shared/math/random'
import { useOfCodes } from '@shared/math/use-of-codes'
import { differentiate } from '../../graph/differentiate'
import { reduceSum, square } from '../../graph/ops'
import { buildProgram } from '../../graph/program'
import { input } from '../../graph/tensor'
import { feedsOf, once, runtime, weightsOf } from '../gradient-suite'
import { fittedPass } from '../networks/pass'
import { trained } from '../networks/weight'
import { nearest } from './codebook'
import { vqPrograms } from './vq-programs'
import { quantize, vqVae } from './vq-vae'

const [rows, features] = [6, 6]
const x = new Float64Array(rows * features)
fillUniform(x, { seed: 5, stream: 'x' })
const network = { mlp: [7], activation: 'tanh' }
const specOf = (more: object = {}) => vqVaeSpecSchema.parse({ kind: 'vq-vae', variables: 2, entries: 5, width: 3, encoder: network, decoder: network, ...more })
const inference = gradientSpecSchema.parse({ kind: 'gradient', optimizer: { sgd: { learningRate: 1, momentum: 0 } } })
const shape = { features, imageShape: null, columns: [] }

async function stepped(more: object, weights?: Float64Array) {
  const model = vqPrograms(specOf(more), inference, shape, 'float64')
  const program = model.trainingStep(rows)
  const executable = await runtime.compile(program)
  const start = weightsOf(model)
  const zeros = Object.fromEntries(program.parameters.map(({ name, shape: sides }) => [name!, new Float64Array(sides.reduce((a, b) => a * b, 1))]))
  executable.load(structuredClone({ ...zeros, ...start }))
  const outputs = structuredClone(await executable.run(feedsOf(program, { x, ...(weights ? { weight: weights } : {}) })))
  const after = structuredClone(await executable.read())
  await executable.dispose()
  return { start, after, outputs }
}

describe('a VQ-VAE', () => {
  it('replaces each vector by the nearest entry', async () => {
    const vectors = Float64Array.from({ length: 40 * 3 }, (_, at) => Math.sin(1.3 * at))
    const entries = Float64Array.from({ length: 7 * 3 }, (_, at) => Math.cos(2.1 * at))
    const chosen = nearest(input('vectors', [40, 3], 'float64'), input('entries', [7, 3], 'float64'))
    const found = (await once(buildProgram({ name: 'nearest', outputs: { chosen: reduceSum(chosen, []) } }), { vectors, entries }))['chosen']!
    for (let at = 0; at < 40; at += 1) {
      const away = Array.from({ length: 7 }, (_, entry) => [0, 1, 2].reduce((sum, d) => sum + (vectors[at * 3 + d]! - entries[entry * 3 + d]!) ** 2, 0))
      expect([...found.subarray(at * 7, at * 7 + 7)].indexOf(1)).toBe(away.indexOf(Math.min(...away)))
    }
  })

  /** Where no choice changes, the decoder sees entries that stand still, and what the encoder climbs is known: so differences tell its gradient. */
  it('hands the decoder’s gradient to the encoder as if nothing had been replaced, and pulls by the commitment', async () => {
    const spec = specOf({ codebook: { gradient: {} }, commitment: 0.7 })
    const model = vqVae(spec, shape, 'float64')
    const seen = quantize(model, input('x', [rows, features], 'float64'), fittedPass)
    const programs = vqPrograms(spec, inference, shape, 'float64')
    const state = weightsOf(programs)
    const encoder = trained(model.weights).filter(({ name }) => name!.startsWith('encoder/'))
    // d log p(x|entries)/d entries, entry for entry, carried over to the vectors; and the commitment by itself.
    const [ofEntries] = differentiate(reduceSum(seen.logLikelihood), [seen.vectors])
    const carried = differentiate(reduceSum(seen.logLikelihood), encoder)
    const committed = differentiate(reduceSum(seen.commitment), encoder)
    const outputs = { ofEntries: ofEntries!, vectors: seen.vectors, ...Object.fromEntries(encoder.flatMap((_, at) => [[`carried ${at}`, carried[at]!], [`committed ${at}`, committed[at]!]])) }
    const found = await once(buildProgram({ name: 'gradients', outputs }), { x }, state)
    const h = 1e-6
    for (const [at, { name }] of encoder.entries()) {
      const along = state[name!]!.map((_, index) => Math.sin(index + 1))
      const moved = async (sign: number) => once(buildProgram({ name: 'vectors', outputs: { vectors: seen.vectors, commitment: reduceSum(square(seen.vectors)) } }), { x }, { ...state, [name!]: state[name!]!.map((value, index) => value + sign * h * along[index]!) })
      const [up, down] = [await moved(1), await moved(-1)]
      const wanted = Array.from(up['vectors']!, (value, index) => ((value - down['vectors']![index]!) / (2 * h)) * found['ofEntries']![index]!).reduce((sum, value) => sum + value, 0)
      const got = found[`carried ${at}`]!.reduce((sum, value, index) => sum + value * along[index]!, 0)
      expect(got).toBeCloseTo(wanted, 5)
    }
    const { start, after } = await stepped({ codebook: { gradient: {} }, commitment: 0.7 })
    for (const [at, { name }] of encoder.entries()) {
      after[name!]!.forEach((value, index) => {
        const climbed = (found[`carried ${at}`]![index]! - 0.7 * found[`committed ${at}`]![index]!) / rows
        expect(value - start[name!]![index]!).toBeCloseTo(climbed, 10)
      })
    }
  })

  it('moves an entry to the running mean of what chose it, and rows that only fill a batch count nothing', async () => {
    const decay = 0.9
    const weights = Float64Array.of(1, 1, 1, 1, 0, 0)
    const { start, after } = await stepped({ codebook: { movingAverage: { decay, revive: 0 } } }, weights)
    const model = vqVae(specOf({ codebook: { movingAverage: { decay, revive: 0 } } }), shape, 'float64')
    const seen = quantize(model, input('x', [rows, features], 'float64'), fittedPass)
    const found = await once(buildProgram({ name: 'seen', outputs: { vectors: seen.vectors, chosen: seen.chosen } }), { x }, start)
    for (let entry = 0; entry < 5; entry += 1) {
      const own = Array.from({ length: 4 * 2 }, (_, at) => at).filter((at) => found['chosen']![at * 5 + entry] === 1)
      expect(after['codebook/counts']![entry]).toBeCloseTo(decay * start['codebook/counts']![entry]! + (1 - decay) * own.length, 12)
      for (let d = 0; d < 3; d += 1) {
        const sum = own.reduce((all, at) => all + found['vectors']![at * 3 + d]!, 0)
        expect(after['codebook/sums']![entry * 3 + d]).toBeCloseTo(decay * start['codebook/sums']![entry * 3 + d]! + (1 - decay) * sum, 12)
      }
    }
  })

  it('begins an unused entry anew at a vector of the batch', async () => {
    const { start, after } = await stepped({ codebook: { movingAverage: { decay: 0, revive: 0.5 } } })
    const model = vqVae(specOf(), shape, 'float64')
    const seen = quantize(model, input('x', [rows, features], 'float64'), fittedPass)
    const found = await once(buildProgram({ name: 'seen', outputs: { vectors: seen.vectors, chosen: reduceSum(seen.chosen, [0]) } }), { x }, start)
    const even = (rows * 2) / 5
    const idle = Array.from({ length: 5 }, (_, entry) => entry).filter((entry) => found['chosen']![entry]! < 0.5 * even)
    expect(idle.length).toBeGreaterThan(0)
    for (const entry of idle) {
      const now = [0, 1, 2].map((d) => after['codebook/sums']![entry * 3 + d]! / after['codebook/counts']![entry]!)
      const isVector = Array.from({ length: rows * 2 }, (_, at) => at).some((at) => now.every((value, d) => Math.abs(value - found['vectors']![at * 3 + d]!) < 1e-12))
      expect(isVector).toBe(true)
    }
  })

  it('has a prior in the proportions of the codes, an ELBO below the sum over all codes, and use that is counted', async () => {
    const model = vqPrograms(specOf(), inference, shape, 'float64')
    const start = weightsOf(model)
    const used = await once(model.afterwards!.program(rows), { x }, start)
    expect(used['use']!.reduce((sum, count) => sum + count, 0)).toBe(rows * 2)
    const { state: fitted, figures } = model.afterwards!.fit(used)
    expect([...fitted['prior/counts']!]).toEqual([...used['use']!].map((count) => count + 0.5))
    const state = { ...start, ...fitted }
    const { logJoint } = await once(model.enumeration!.program(rows), { x }, state)
    const { reconstruction, kl, codeUse } = await once(model.evaluation(rows), { x }, state)
    let exact = 0
    for (let row = 0; row < rows; row += 1) exact += Math.log(logJoint!.subarray(row * 25, row * 25 + 25).reduce((sum, value) => sum + Math.exp(value), 0))
    expect(reconstruction![0]! - kl![0]!).toBeLessThan(exact)
    expect(useOfCodes(codeUse!)).toEqual(figures)
    expect(useOfCodes(Float64Array.of(3, 3, 3, 0))).toEqual({ codePerplexity: expect.closeTo(3, 10), deadCodes: 1 })
  })
})

import { expect, it } from 'vitest'
import type { Column } from '@shared/domain/dataset'
import { type ModelSpec, type VaeSpec, gradientSpecSchema, modelSpecSchema } from '@shared/domain/spec'
import { planOfModel } from '@shared/math/model-plan'
import { sizeOf } from '../graph/tensor'
import { gradientModel } from './gradient-models'
import { trained } from './networks/weight'
import { hierarchical } from './vae/posteriors/hierarchy'
import { pickPosterior } from './vae/posteriors/pick-posterior'

const picture = { features: 9 * 7 * 3, imageShape: [9, 7, 3] as [number, number, number], columns: [] }
const column = (name: string, more: Partial<Column>): Column => ({ name, type: 'real', role: 'feature', missing: 0, ...more })
const table = {
  features: 3,
  imageShape: null,
  columns: [
    column('a', { summary: { minimum: -1, maximum: 1, mean: 0, standardDeviation: 1, histogram: [] } }),
    column('b', { type: 'category', categories: ['x', 'y', 'z', 'w'] }),
    column('c', { type: 'integer', summary: { minimum: 0, maximum: 1, mean: 0.5, standardDeviation: 0.5, histogram: [] } }),
  ],
}
const parametersOf = (spec: VaeSpec): number =>
  (spec.hierarchy === 'none' ? pickPosterior(spec, 'float32') : hierarchical(spec.latent, spec.hierarchy, 'float32')).parameters
/** Widths of what the decoder reads and of what the encoder tells. */
function ends(spec: ModelSpec): { decoder: number; encoder: number } {
  if (spec.kind === 'vae') return { decoder: spec.latent, encoder: parametersOf(spec) }
  if (spec.kind === 'categorical-vae') return { decoder: spec.variables * spec.categories, encoder: spec.variables * spec.categories }
  if (spec.kind === 'vq-vae') return { decoder: spec.variables * spec.width, encoder: spec.variables * spec.width }
  if (spec.kind !== 'semi-supervised-vae') return { decoder: 8, encoder: 8 }
  return spec.below === 'none' ? { decoder: 4 + spec.latent, encoder: 4 * 2 * spec.latent } : { decoder: spec.below.vae.latent, encoder: 2 * spec.below.vae.latent }
}
const both = (network: object): object => ({ encoder: network, decoder: network })

it.each<[object, typeof picture | typeof table]>([
  [{}, picture],
  [both({ mlp: [] }), table],
  [both({ mlp: [20, 10], norm: 'layer', residualBlocks: 2 }), table],
  [{ ...both({ mlp: [20], norm: 'batch' }), likelihood: { gaussian: { variance: 'learned' } } }, picture],
  [both({ channels: [4, 8], mlp: [16] }), picture],
  [{ ...both({ channels: [4, 8], mlp: [16], norm: 'batch', residualBlocks: 1 }), likelihood: { categorical: { levels: 5 } } }, picture],
  [{ ...both({ channels: [4], mlp: [], kernel: 2, stride: 1, residualBlocks: 1 }), likelihood: { discretizedLogistic: {} }, prior: { vamp: {} } }, picture],
  [{ likelihood: { studentT: { scale: 'shared' } }, prior: { mixture: {} } }, table],
  [{ likelihood: { mixed: {} } }, table],
  [{ likelihood: { mixed: {} }, missing: { observed: {} }, posterior: { planar: {} } }, table],
  [{ ...both({ channels: [4, 8], mlp: [16] }), missing: { observed: {} }, posterior: { inverseAutoregressive: {} } }, picture],
  [{ hierarchy: { ladder: { above: [5, 3] } } }, picture],
  [{ hierarchy: { ladder: { above: [5], between: { mlp: [], norm: 'batch' } } } }, table],
  [{ hierarchy: { bottomUp: { above: [5, 3], between: { mlp: [7], norm: 'layer', residualBlocks: 1 } } } }, table],
  [{ kind: 'autoencoder' }, picture],
  [{ kind: 'categorical-vae', codePrior: 'trained', likelihood: { gaussian: {} } }, table],
  [{ kind: 'categorical-vae', ...both({ channels: [4], mlp: [9] }), estimator: { reinforce: { baseline: 'learned' } } }, picture],
  [{ kind: 'vq-vae', codebook: { gradient: {} } }, picture],
  [{ kind: 'vq-vae', likelihood: { gaussian: { variance: 'learned' } } }, table],
  [{ kind: 'semi-supervised-vae', ...both({ mlp: [11], norm: 'batch' }) }, picture],
  [{ kind: 'semi-supervised-vae', ...both({ mlp: [11] }), below: { vae: { latent: 5, ...both({ channels: [4], mlp: [6] }) } } }, picture],
])('as many parameters are foretold as there are, and the shapes end where they should: %j', (model, data) => {
  const spec = modelSpecSchema.parse({ kind: 'vae', ...model })
  const plan = planOfModel(spec, { ...data, classes: 4 })!
  const made = gradientModel(spec, gradientSpecSchema.parse({ kind: 'gradient' }), { ...data, classes: ['a', 'b', 'c', 'd'] })
  const names = (prefix: string): number => trained(made.weights).filter(({ name }) => name!.startsWith(prefix)).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const own = 'below' in spec && spec.below !== 'none' ? 'below/' : ''
  expect(plan.encoder.parameters).toBe(names(`${own}encoder/`))
  expect(plan.decoder.parameters).toBe(names(`${own}decoder/`))
  expect(plan.parameters).toBe(names(''))
  expect(plan.decoder.layers[0]!.shape).toEqual([ends(spec).decoder])
  expect(plan.encoder.layers.at(-1)!.shape).toEqual([ends(spec).encoder])
})

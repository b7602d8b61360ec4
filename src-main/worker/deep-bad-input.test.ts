import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { resolveSpec } from '@shared/domain/resolve-spec'
import { gradientSpecSchema, modelSpecSchema, runSpecSchema } from '@shared/domain/spec'
import { type MessageCode, sentence } from '@shared/messages/messages'
import { AppError } from '@shared/rpc/errors'
import { checkSpecAgainstData } from '../datasets/check-spec'
import { writeDatasetArrays } from '../files/dataset-arrays'
import { requireRoomForSamples } from './sample-memory'
import { type StoredDataset, storeDataset, train } from './training-fixture'

/* What a user can get wrong with models of networks: each is told in a sentence, in both languages, with what was got and what to do. */

let digits: StoredDataset
let unlabelled: StoredDataset
let wine: StoredDataset
beforeAll(async () => {
  digits = await storeDataset('digits/digits-images-idx3-ubyte.gz', { labels: 'resources/datasets/digits/digits-labels-idx1-ubyte.gz' }, [0, 16])
  unlabelled = { ...digits, dataset: { ...digits.dataset, classes: null } }
  wine = await storeDataset('wine.csv', { label: 'target' })
})

interface Told {
  code: string
  details: Readonly<Record<string, unknown>>
}
const specOf = (model: object, inference: object = {}): object => ({ dataset: 'd', preprocess: ['scale'], model: { kind: 'vae', ...model }, inference: { kind: 'gradient', epochs: 1, ...inference } })
/** What the schema says of a specification. */
const written = (model: object, inference?: object): Told[] => resolveSpec(specOf(model, inference)).issues
/** What is said of it and a dataset. */
const checked = (stored: StoredDataset, model: object, more: object = {}): Told[] =>
  checkSpecAgainstData(runSpecSchema.parse({ ...specOf(model), ...more }), stored.dataset).map(({ error }) => error)
/** What a run says while it trains. */
async function trained(stored: StoredDataset, model: object, inference: object = {}, more: object = {}): Promise<Told[]> {
  const run = await train(stored, { ...specOf(model, inference), ...more })
  return run.messages.flatMap((message) => (message.kind === 'warning' ? [message.warning] : message.kind === 'failed' ? [message.error] : []))
}
const refused = async (action: () => unknown): Promise<Told[]> => {
  try {
    await action()
    return []
  } catch (error) {
    if (error instanceof AppError) return [error]
    throw error
  }
}

const small = { encoder: { mlp: [8] }, decoder: { mlp: [8] } }
const pictures = { shape: [8, 8, 1] as [number, number, number], features: 64 }
const room = (model: object, inference: object, memory: number) => () =>
  requireRoomForSamples(
    modelSpecSchema.parse({ kind: 'vae', encoder: { mlp: [] }, decoder: { mlp: [] }, ...model }),
    gradientSpecSchema.parse({ kind: 'gradient', ...inference }),
    100,
    { features: pictures.features, imageShape: pictures.shape, columns: [], classes: 10 },
    memory,
  )

async function oneImage(): Promise<StoredDataset> {
  const folder = join(mkdtempSync(join(tmpdir(), 'latent-one-')), 'dataset')
  await writeDatasetArrays(folder, { features: new Float64Array(13).fill(0.5), labels: null })
  return { folder, dataset: { ...wine.dataset, rows: 1, shape: [1, 13], classes: null, parts: [] } }
}

async function onePicture(): Promise<StoredDataset> {
  const folder = join(mkdtempSync(join(tmpdir(), 'latent-one-')), 'dataset')
  await writeDatasetArrays(folder, { pixels: new Uint8Array(64).fill(7), labels: null })
  return { folder, dataset: { ...digits.dataset, rows: 1, shape: [1, 8, 8, 1], classes: null, parts: [] } }
}

async function twoSizes(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'latent-sizes-'))
  mkdirSync(join(folder, 'a'))
  for (const [name, side] of [['first', 8], ['second', 9]] as const) {
    await sharp({ create: { width: side, height: side, channels: 3, background: 'grey' } }).png().toFile(join(folder, 'a', `${name}.png`))
  }
  return folder
}

/** A line of bad input, how it comes about, what it is called, and what both sentences must name. */
const lines: [string, () => Told[] | Promise<Told[]>, MessageCode, string[]][] = [
  ['latent = 0', () => written({ latent: 0 }), 'spec/too-small', ['model.latent', '1', '0']],
  ['a layer of a hierarchy without dimensions', () => written({ hierarchy: { ladder: { above: [0] } } }), 'spec/too-small', ['above', '1', '0']],
  ['M1 without dimensions', () => written({ kind: 'semi-supervised-vae', below: { vae: { latent: 0 } } }), 'spec/too-small', ['model.below.vae.latent', '0']],
  ['one category', () => written({ kind: 'categorical-vae', categories: 1 }), 'spec/too-small', ['model.categories', '2', '1']],
  ['a codebook of one entry', () => written({ kind: 'vq-vae', entries: 1 }), 'spec/too-small', ['model.entries', '2', '1']],
  ['a kernel larger than the picture', () => checked(digits, { encoder: { channels: [4], kernel: 9 } }), 'spec/kernel-too-large', ['model.encoder.channels', '9', '8']],
  ['a kernel larger than the picture it comes to', () => checked(digits, { decoder: { channels: [4, 4, 4], kernel: 3 } }), 'spec/kernel-too-large', ['3', '2']],
  ['a kernel of M1 larger than the picture', () => checked(digits, { kind: 'semi-supervised-vae', below: { vae: { encoder: { channels: [4], kernel: 9 } } } }, { inference: { kind: 'gradient', epochs: 30 } }), 'spec/kernel-too-large', ['model.below.vae.encoder.channels', '9']],
  ['a batch larger than the data', () => trained(wine, { ...small, likelihood: { gaussian: {} } }, { batchSize: 1000 }), 'vae/batch-larger-than-data', ['1000', '178']],
  ['one row', async () => trained(await oneImage(), { ...small, likelihood: { gaussian: {} } }, {}, { preprocess: [] }), 'vae/one-row', []],
  ['one picture', async () => trained(await onePicture(), small), 'vae/one-row', []],
  ['a loss that is no number', () => trained(wine, { ...small, likelihood: { gaussian: {} } }, { epochs: 30, optimizer: { sgd: { learningRate: 10, momentum: 0.99 } } }, { preprocess: [] }), 'vae/not-a-number', []],
  ['M2 without labels', () => checked(unlabelled, { kind: 'semi-supervised-vae' }), 'discrete/no-labels', ['100']],
  ['fewer labels than classes', () => checked(digits, { kind: 'semi-supervised-vae', labelled: 5 }), 'discrete/too-few-labelled', ['5', '10']],
  ['a class to be told where there is none', () => checked(unlabelled, { condition: 'labels' }), 'vae/condition-no-labels', []],
  ['a column to be told that is not there', () => checked(wine, { condition: { columns: ['taste'] } }), 'mixed/no-such-column', ['taste', 'alcohol']],
  ['columns to be told of pictures', () => checked(digits, { condition: { columns: ['pixel 0,0'] } }), 'vae/condition-needs-table', []],
  ['all columns told', () => checked(wine, { condition: { columns: wine.dataset.columns.filter(({ role }) => role === 'feature').map(({ name }) => name) } }), 'vae/condition-takes-all', ['13']],
  ['more samples than fit in memory', () => refused(room({ latent: 2 }, { objective: { iwae: { samples: 5000 } } }, 2 ** 28)), 'vae/samples-too-many', ['5000', '0.369', '0.25', '3389']],
  ['more draws of codes than fit in memory', () => refused(room({ kind: 'categorical-vae', estimator: { leaveOneOut: { samples: 8000 } } }, {}, 2 ** 28)), 'vae/samples-too-many', ['8000', '0.25']],
  ['an enumeration for which the batch is too large', () => refused(room({ kind: 'categorical-vae', variables: 4, categories: 8, estimator: 'enumeration' }, {}, 2 ** 25)), 'vae/batch-too-large', ['100']],
  ['M2 for which the batch is too large', () => refused(room({ kind: 'semi-supervised-vae' }, {}, 2 ** 19)), 'vae/batch-too-large', ['100']],
  ['pixels that no Bernoulli gives', () => checked(digits, {}, { preprocess: [] }), 'spec/pixels-out-of-range', ['0', '16']],
  ['levels that are fractions', () => checked(wine, { likelihood: { categorical: {} } }, { preprocess: [] }), 'vae/not-levels', ['255']],
  ['M1 that leaves no epoch to M2', () => checked(digits, { kind: 'semi-supervised-vae', below: { vae: { epochs: 30 } } }), 'discrete/below-takes-all', ['30', '1']],
  ['convolutions of codes', () => checked(digits, { kind: 'semi-supervised-vae', encoder: { channels: [4] }, below: { vae: { epochs: 1 } } }, { inference: { kind: 'gradient', epochs: 9 } }), 'discrete/codes-are-no-pictures', ['model.encoder.channels']],
  ['a hierarchy with another prior', () => checked(digits, { hierarchy: { ladder: {} }, prior: { vamp: {} } }), 'vae/hierarchy-is-prior', []],
  ['a hierarchy with a flow', () => checked(digits, { hierarchy: { ladder: {} }, posterior: { planar: {} } }), 'vae/hierarchy-is-posterior', []],
  ['a condition for a VampPrior', () => checked(digits, { condition: 'labels', prior: { vamp: {} } }), 'vae/condition-vamp', []],
  ['β for a codebook, which has no KL', () => checked(digits, { kind: 'vq-vae' }, { inference: { kind: 'gradient', objective: { elbo: { beta: 2 } } } }), 'discrete/objective', ['vq-vae']],
]

describe('bad input of models of networks', () => {
  it.each(lines)('%s', async (_, happen, code, names) => {
    const told = await happen()
    const found = told.find((one) => one.code === code)
    expect(found, `${code}, not ${told.map((one) => one.code).join()}`).toBeDefined()
    for (const language of ['en', 'zh'] as const) {
      const text = sentence(code, found!.details, language)
      for (const name of names) expect(text).toContain(name)
      expect(text).not.toMatch(/\{\w+\}/)
    }
    expect(sentence(code, found!.details, 'zh')).toMatch(/\p{Script=Han}/u)
  })

  it('a picture of another size is left out, and named with the size it has, the one it should have and what to do', async () => {
    const { dataset } = await storeDataset(await twoSizes())
    expect(dataset.rows).toBe(1)
    expect(dataset.leftOut).toMatchObject([{ path: join('a', 'second.png'), why: expect.stringMatching(/9 × 9.*8 × 8.*--side/) }])
  })
})

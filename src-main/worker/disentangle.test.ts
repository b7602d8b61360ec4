import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Disentangling, disentanglingOptionsSchema } from '@shared/domain/disentangling'
import { generatorSpecSchema } from '@shared/domain/generator'
import type { InquiryAnswer } from '@shared/domain/inquiry'
import { importInto } from '../datasets/import-task'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

async function generated(spec: object): Promise<StoredDataset> {
  const folder = mkdtempSync(join(tmpdir(), 'latent-generated-'))
  const { described, truth } = await importInto({ source: { kind: 'generator', spec: generatorSpecSchema.parse(spec) }, folder }, { onProgress: () => {} })
  const dataset = { ...described, ...(truth ? { truth } : {}), id: 'd1', name: 'generated', sha256: 'test', bundled: null, description: '', createdAt: '2026-01-01T00:00:00Z' }
  return { dataset, folder }
}

const quick = { model: { kind: 'vae', latent: 3, encoder: { mlp: [32] }, decoder: { mlp: [32] } }, inference: { kind: 'gradient', batchSize: 64, epochs: 2 } }
async function scoresOf(run: Trained, { dataset, folder }: StoredDataset): Promise<Disentangling> {
  const question = { kind: 'disentangle' as const, options: disentanglingOptionsSchema.parse({}) }
  const answer = await run.inspect<InquiryAnswer>({ kind: 'inquire', question, dataset, datasetFolder: folder, threads: 1 })
  if (answer.kind !== 'disentangle') throw new Error('another answer')
  return answer.disentangling
}

describe('without factors from elsewhere', () => {
  let ofSprites: Disentangling
  beforeAll(async () => {
    const sprites = await generated({ kind: 'sprites', rows: 300, angles: 1, positions: 4 })
    ofSprites = await scoresOf(await train(sprites, { preprocess: ['scale'], ...quick }), sprites)
  })

  it('generated data are held against what they were made from; a factor that never changes is none', () => {
    expect(ofSprites.factors).toEqual([
      { name: 'shape', values: 3, kind: 'names' },
      { name: 'size', values: 3, kind: 'numbers' },
      { name: 'x', values: 4, kind: 'numbers' },
      { name: 'y', values: 4, kind: 'numbers' },
    ])
    expect(ofSprites.importance.map((row) => row.length)).toEqual([4, 4, 4])
  })

  it('all scores lie between 0 and 1', () => {
    const { mig, sap, factorVae, disentanglement, completeness } = ofSprites
    for (const score of [mig, sap, factorVae!, disentanglement!, completeness]) {
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(1)
    }
  })

  it('other data are held against their classes', async () => {
    const iris = await storeDataset('iris.csv', { label: 'target' })
    const found = await scoresOf(await train(iris, { preprocess: ['standardize'], ...quick, model: { ...quick.model, likelihood: { gaussian: {} } } }), iris)
    expect(found).toMatchObject({ factors: [{ name: 'class', values: 3, kind: 'names' }], factorVae: null, disentanglement: null })
  })
})

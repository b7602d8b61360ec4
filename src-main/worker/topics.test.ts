import { beforeAll, describe, expect, it } from 'vitest'
import type { Matrix, TopicSummary } from '@shared/domain/run'
import { openDatasetArrays, writeDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, storeDataset, train } from './training-fixture'

let digits: StoredDataset
let terms: StoredDataset
beforeAll(async () => {
  digits = await storeDataset('digits/digits-images-idx3-ubyte.gz', {}, [0, 16])
  terms = await counted('terms', [[5, 4, 0, 0], [6, 3, 0, 1], [0, 0, 4, 5], [0, 1, 6, 3], [0, 0, 0, 0]])
})

async function counted(name: string, rows: number[][]): Promise<StoredDataset> {
  const iris = await storeDataset('iris.csv', { label: 'target' })
  const folder = `${iris.folder}-${name}`
  await writeDatasetArrays(folder, { features: Float64Array.from(rows.flat()), labels: null })
  const columns = rows[0]!.map((_, w) => ({ name: `word ${w}`, type: 'integer' as const, role: 'feature' as const, missing: 0 }))
  return { folder, dataset: { ...iris.dataset, rows: rows.length, columns, shape: [rows.length, columns.length], classes: null } }
}
const codes = (run: Awaited<ReturnType<typeof train>>): string[] =>
  run.messages.flatMap((message) => (message.kind === 'warning' ? [message.warning.code] : message.kind === 'failed' ? [message.error.code] : []))

describe('pLSA', () => {
  it('explains digits as counts by ten topics', async () => {
    const run = await train(digits, { model: { kind: 'plsa', topics: 10 }, inference: { kind: 'em', restarts: 1, maxIterations: 200 } })
    // NumPy EM from several random starts: about −3.471 nats per token of 561,718
    expect(run.finished().metrics['train/logLikelihoodPerToken']).toBeGreaterThan(-3.475)
    expect(run.finished().metrics['train/logLikelihoodPerToken']).toBeLessThan(-3.468)
    const { topics, imageShape, documents } = await run.inspect<TopicSummary>({ kind: 'topics', words: 3 })
    expect(imageShape).toEqual([8, 8, 1])
    expect(topics.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9)
    expect(topics[0]!.words.map(({ probability }) => probability)).toEqual([...topics[0]!.words.map(({ probability }) => probability)].sort((a, b) => b - a))
    expect(documents.length).toBe(1797 * 10)
  })
})

describe.each([
  ['pLSA', { model: { kind: 'plsa', topics: 2 }, inference: { kind: 'em', restarts: 3 } }],
  ['LDA', { model: { kind: 'lda', topics: 2 }, inference: { kind: 'variational-bayes', restarts: 3 } }],
])('%s', (_, spec) => {
  it('separates two kinds of documents and says that one is empty', async () => {
    const run = await train(terms, spec)
    expect(codes(run)).toContain('topics/empty-documents')
    const { topics } = await run.inspect<TopicSummary>({ kind: 'topics', words: 2 })
    const words = topics.map((topic) => topic.words.map(({ word }) => word).sort())
    expect(words.sort()).toEqual([['word 0', 'word 1'], ['word 2', 'word 3']])
    const apply = (output: 'encode' | 'reconstruct' | 'logDensity' | 'assignments') =>
      run.inspect<Matrix>({ kind: 'apply', output, dataset: terms.dataset, datasetFolder: terms.folder })
    const assigned = (await apply('assignments')).values
    expect(assigned[0]).toBe(assigned[1])
    expect(assigned[0]).not.toBe(assigned[2])
    const expected = await apply('reconstruct')
    expect(expected.values.subarray(0, 4).reduce((sum, value) => sum + value, 0)).toBeCloseTo(9, 9)
    const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'sample', count: 50, seed: 1 })
    expect(rows.values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true)
  })

  it('refuses what is not a count, and a table of zeros, in words', async () => {
    expect(codes(await train(await counted('negative', [[1, 2], [3, -1]]), spec))).toContain('latent/not-counts')
    expect(codes(await train(await counted('fractions', [[1, 2], [3, 0.5]]), spec))).toContain('latent/not-counts')
    expect(codes(await train(await counted('zeros', [[0, 0], [0, 0]]), spec))).toContain('topics/no-tokens')
  })

  it('judges documents that were left out', async () => {
    const { features } = openDatasetArrays(terms.folder, terms.dataset)
    const rows = Array.from({ length: 20 }, (_unused, row) => [...(features as Float64Array).subarray((row % 4) * 4, (row % 4) * 4 + 4)])
    const run = await train(await counted('many', rows), { ...spec, split: { train: 0.5, test: 0.5 } })
    const { metrics } = run.finished()
    const key = spec.model.kind === 'lda' ? 'lowerBoundPerToken' : 'logLikelihoodPerToken'
    expect(Math.abs(metrics[`test/${key}`]! - metrics[`train/${key}`]!)).toBeLessThan(0.5)
  })
})

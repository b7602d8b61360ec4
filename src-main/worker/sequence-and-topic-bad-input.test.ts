import { beforeAll, describe, expect, it } from 'vitest'
import type { Matrix, TopicSummary } from '@shared/domain/run'
import { writeDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, type Trained, storeDataset, train } from './training-fixture'

let iris: StoredDataset
beforeAll(async () => {
  iris = await storeDataset('iris.csv', { label: 'target' })
})

let tables = 0
async function table(columns: string[], rows: number[][]): Promise<StoredDataset> {
  tables += 1
  const folder = `${iris.folder}-structured-${tables}`
  await writeDatasetArrays(folder, { features: Float64Array.from(rows.flat()), labels: null })
  const described = columns.map((name) => ({ name, type: 'real' as const, role: 'feature' as const, missing: 0 }))
  return { folder, dataset: { ...iris.dataset, name: 'given', rows: rows.length, columns: described, shape: [rows.length, columns.length], classes: null } }
}
const said = (run: Trained): string[] =>
  run.messages.flatMap((message) => (message.kind === 'warning' ? [message.warning.message] : message.kind === 'failed' ? [message.error.message] : []))

const em = { kind: 'em', restarts: 2, maxIterations: 300 }
const hmm = (states: number, emissions: string, more: object = {}): object => ({ model: { kind: 'hmm', states, emissions, ...more }, inference: em })
const plsa = (topics: number): object => ({ model: { kind: 'plsa', topics }, inference: em })
const lda = (topics: number): object => ({ model: { kind: 'lda', topics }, inference: { kind: 'variational-bayes', restarts: 2 } })
const counts = (length: number): number[][] => Array.from({ length }, (_, row) => [(row * 7) % 5])
const documents = [[5, 4, 0, 0], [6, 3, 0, 1], [0, 0, 4, 5], [0, 1, 6, 3]]
const words = ['w0', 'w1', 'w2', 'w3']

/*
 * scikit-learn 1.2.1, LatentDirichletAllocation: raises "Negative values in data passed to LatentDirichletAllocation.fit"; takes fractions as
 * counts without a word; gives an empty document shares of 1/K without a word; on a table of zeros its bound is NaN after a warning of an
 * invalid division. hmmlearn (from its source, it cannot be installed here): a state that no transition leaves keeps a row of zeros in
 * transmat_, with a line in the log, and decoding then fails or gives NaN. Neither program has pLSA.
 */
describe('what is refused says the column, the row and the way out', () => {
  it.each<[string, string[], number[][], object, RegExp]>([
    ['negative counts under Poisson emissions', ['n'], [...counts(9), [-2]], hmm(2, 'poisson'), /Column n has -2 in row 10, but counts are whole numbers of 0 or more/],
    ['fractions under Poisson emissions', ['n'], [[1], [2.5], ...counts(9)], hmm(2, 'poisson'), /Column n has 2\.5 in row 2, but counts/],
    ['negative counts of pLSA', words, [...documents, [1, 2, -1, 0]], plsa(2), /Column w2 has -1 in row 5, but counts/],
    ['negative counts of LDA', words, [[0, -3, 0, 1], ...documents], lda(2), /Column w1 has -3 in row 1, but counts/],
    ['fractions of LDA', words, [...documents, [1, 0.25, 1, 0]], lda(2), /Column w1 has 0\.25 in row 5, but counts/],
    ['a table of zeros', words, documents.map((row) => row.map(() => 0)), plsa(2), /All counts are 0, so there are no tokens/],
    ['a table of zeros, for LDA', words, documents.map((row) => row.map(() => 0)), lda(2), /All counts are 0, so there are no tokens/],
    ['more states than rows', ['n'], counts(3), hmm(5, 'poisson'), /has 3 rows, fewer than the 5 components/],
    ['a sequence column that is not there', ['n', 'id'], counts(8).map(([n]) => [n!, 1]), hmm(2, 'poisson', { sequence: 'person' }), /names the column person, which is not there\. The columns are: n, id/],
    ['nothing but the sequence column', ['id'], counts(8), hmm(2, 'poisson', { sequence: 'id' }), /Besides the sequence column id there is no feature column/],
    ['a split that leaves no sequence to train on', ['n', 'id'], counts(20).map(([n], row) => [n!, row % 2]), { ...hmm(2, 'poisson', { sequence: 'id' }), split: { train: 0.3, test: 0.7 } }, /The split leaves no row for train/],
    ['symbols that are measurements', ['x'], Array.from({ length: 400 }, (_, row) => [Math.sin(row)]), hmm(2, 'categorical'), /Column x has \d+ different values; categorical emissions take at most 256/],
  ])('%s', async (_, columns, rows, spec, sentence) => {
    const run = await train(await table(columns, rows), spec)
    expect(run.messages.at(-1)!.kind).toBe('failed')
    expect(said(run).join(' ')).toMatch(sentence)
  })
})

describe('what can be fitted is fitted to numbers, and what is odd about it is told', () => {
  it.each<[string, string[], number[][], object, RegExp | null]>([
    ['an empty document, pLSA', words, [...documents, [0, 0, 0, 0]], plsa(2), /1 documents have no tokens \(the first is row 5\)/],
    ['an empty document, LDA', words, [[0, 0, 0, 0], ...documents], lda(2), /1 documents have no tokens \(the first is row 1\)/],
    ['a term that nobody uses', words, documents.map(([a, b, c]) => [a!, b!, c!, 0]), plsa(2), null],
    ['one topic, pLSA', words, documents, plsa(1), null],
    ['one topic, LDA', words, documents, lda(1), null],
    ['more topics than terms', words, documents, plsa(7), null],
    ['one document', words, documents.slice(0, 1), plsa(1), null],
    ['one state', ['n'], counts(20), hmm(1, 'poisson'), null],
    ['one state of one row', ['n'], [[4]], hmm(1, 'poisson'), null],
    ['states that are never visited', ['s'], Array.from({ length: 30 }, (_, row) => [row % 2]), hmm(4, 'categorical'), null],
    ['one sequence of length 1 among longer ones', ['id', 'n'], [...counts(12).map(([n]) => [1, n!]), [2, 3], ...counts(9).map(([n]) => [3, n!])], hmm(2, 'poisson', { sequence: 'id' }), null],
    ['sequences all of length 1', ['id', 'n'], counts(24).map(([n], row) => [row, n!]), hmm(2, 'poisson', { sequence: 'id' }), null],
    ['counts that are all 0', ['n'], Array.from({ length: 12 }, () => [0]), hmm(2, 'poisson'), null],
    ['a count of a billion', ['n'], [...counts(12), [1e9]], hmm(2, 'poisson'), null],
  ])('%s', async (_, columns, rows, spec, sentence) => {
    const stored = await table(columns, rows)
    const run = await train(stored, spec)
    expect(said(run).filter((text) => /wrong here|never fall/.test(text))).toEqual([])
    for (const [key, value] of Object.entries(run.finished().metrics)) expect([key, Number.isFinite(value)]).toEqual([key, true])
    if (sentence) expect(said(run).join(' ')).toMatch(sentence)
    const params = await run.inspect<Record<string, unknown>>({ kind: 'params' })
    expect(JSON.stringify(params)).not.toMatch(/null/)
    for (const rowOf of (params['transitions'] as number[][] | undefined) ?? []) expect(rowOf.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9)
  })

  it('an empty document keeps equal shares of all topics and changes no other document', async () => {
    const [without, with_] = [await train(await table(words, documents), plsa(2)), await train(await table(words, [...documents, [0, 0, 0, 0]]), plsa(2))]
    const [a, b] = [await without.inspect<TopicSummary>({ kind: 'topics', words: 4 }), await with_.inspect<TopicSummary>({ kind: 'topics', words: 4 })]
    expect([...b.documents.slice(8)]).toEqual([0.5, 0.5])
    const sorted = (found: TopicSummary): string[] => found.topics.map(({ words: own }) => own.map(({ word, probability }) => `${word} ${probability.toFixed(3)}`).join()).sort()
    expect(sorted(b)).toEqual(sorted(a))
  })

  it('one state is the distribution itself: the likelihood of independent counts', async () => {
    const rows = counts(20)
    const run = await train(await table(['n'], rows), hmm(1, 'poisson'))
    const mean = rows.reduce((sum, [n]) => sum + n! / 20, 0)
    const logFactorial = [0, 0, Math.log(2), Math.log(6), Math.log(24)]
    const exact = rows.reduce((sum, [n]) => sum + n! * Math.log(mean) - mean - logFactorial[n!]!, 0) / 20
    expect(run.finished().metrics['train/logLikelihood']).toBeCloseTo(exact, 9)
  })
})

describe('rows of another width', () => {
  it.each<[string, string[], number[][], object]>([
    ['a hidden Markov model', ['a', 'b'], counts(20).map(([n]) => [n!, n! + 1]), hmm(2, 'poisson')],
    ['pLSA', words, documents, plsa(2)],
    ['LDA', words, documents, lda(2)],
    ['factor analysis', ['a', 'b', 'c'], Array.from({ length: 30 }, (_, row) => [Math.sin(row), Math.cos(2 * row), Math.sin(row) + Math.cos(3 * row)]), { model: { kind: 'factor-analysis', latent: 1 }, inference: em }],
    ['a clutter problem', ['a', 'b'], counts(20).map(([n]) => [n!, -n!]), { model: { kind: 'clutter' }, inference: { kind: 'expectation-propagation' } }],
  ])('are refused with both widths by %s', async (_, columns, rows, spec) => {
    const run = await train(await table(columns, rows), spec)
    run.finished()
    const narrow = await table(['only'], [[1], [2]])
    const apply = run.inspect<Matrix>({ kind: 'apply', output: 'logDensity', dataset: narrow.dataset, datasetFolder: narrow.folder })
    await expect(apply).rejects.toThrow(new RegExp(`was fitted on rows of ${columns.length} values, but given has rows of 1`))
  })
})

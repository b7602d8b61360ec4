import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Matrix } from '@shared/domain/run'
import { type StoredDataset, storeDataset, train } from './training-fixture'

const em = (restarts = 10): object => ({ inference: { kind: 'em', restarts } })

async function storeText(name: string, text: string): Promise<StoredDataset> {
  const path = join(mkdtempSync(join(tmpdir(), 'latent-table-')), name)
  writeFileSync(path, text)
  return storeDataset(path)
}

// Counts of earthquakes of magnitude 7 or more, 1900–2006 (Zucchini & MacDonald 2009).
const counts = [
  13, 14, 8, 10, 16, 26, 32, 27, 18, 32, 36, 24, 22, 23, 22, 18, 25, 21, 21, 14, 8, 11, 14, 23, 18, 17, 19, 20, 22, 19, 13, 26, 13, 14, 22,
  24, 21, 22, 26, 21, 23, 24, 27, 41, 31, 27, 35, 26, 28, 36, 39, 21, 17, 22, 17, 19, 15, 34, 10, 15, 22, 18, 15, 20, 15, 22, 19, 16, 30, 27,
  29, 23, 20, 16, 21, 21, 25, 16, 18, 15, 18, 14, 10, 15, 8, 15, 6, 11, 8, 7, 18, 16, 13, 12, 13, 20, 15, 16, 12, 18, 15, 16, 13, 15, 16, 11,
  11,
]

let earthquakes: StoredDataset
let faithful: StoredDataset
let iris: StoredDataset
let digits: StoredDataset
beforeAll(async () => {
  earthquakes = await storeText('earthquakes.csv', `count\n${counts.join('\n')}\n`)
  faithful = await storeDataset('faithful.csv')
  iris = await storeDataset('iris.csv', { label: 'target' })
  digits = await storeDataset('digits', {}, [0, 16])
})

describe('a Poisson mixture', () => {
  // Best known over many starts of several programs.
  it.each([
    [1, -391.9189],
    [2, -360.369],
    [3, -356.8489],
  ])('reaches the best known likelihood of the earthquakes: K=%i', async (components, best) => {
    const run = await train(earthquakes, { model: { kind: 'poisson-mixture', components }, ...em() })
    expect(run.finished().metrics['train/logLikelihood']! * 107).toBeCloseTo(best, 3)
  })

  it('has the rates and weights known for two components', async () => {
    const run = await train(earthquakes, { model: { kind: 'poisson-mixture', components: 2 }, ...em() })
    const { weights, rates } = await run.inspect<{ weights: number[]; rates: number[][] }>({ kind: 'params' })
    const order = rates[0]![0]! < rates[1]![0]! ? [0, 1] : [1, 0]
    expect(order.map((k) => weights[k])).toEqual([expect.closeTo(0.6759, 3), expect.closeTo(0.3241, 3)])
    expect(order.map((k) => rates[k]![0])).toEqual([expect.closeTo(15.777, 2), expect.closeTo(26.84, 2)])
  })

  it.each([
    ['negative', '1\n-2\n3\n4\n5\n', '-2'],
    ['fractional', '1\n2.5\n3\n4\n5\n', '2.5'],
  ])('says where a count is %s', async (_what, text, value) => {
    const run = await train(await storeText('bad.csv', `n\n${text}`), { model: { kind: 'poisson-mixture', components: 2 }, ...em() })
    const last = run.messages.at(-1)!
    expect(last).toMatchObject({ kind: 'failed', error: { code: 'mixture/not-a-count', details: { column: 'n', row: 2, value: Number(value) } } })
  })
})

describe('a Bernoulli mixture', () => {
  const binary = { preprocess: [{ binarize: { threshold: 8 } }] }

  // Best known over many starts of several programs, digits ≥ 8, θ in [1e-10, 1 − 1e-10].
  it.each([
    [2, -42766.206],
    [5, -38246.486],
  ])('reaches the best known likelihood of binary digits: K=%i', async (components, best) => {
    const run = await train(digits, { ...binary, model: { kind: 'bernoulli-mixture', components }, ...em(20) })
    expect(run.finished().metrics['train/logLikelihood']! * 1797).toBeGreaterThan(best - 0.005)
  })

  it('says where a value is not binary', async () => {
    const run = await train(faithful, { model: { kind: 'bernoulli-mixture', components: 2 }, ...em() })
    expect(run.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'mixture/not-binary', details: { row: 1 } } })
  })
})

describe('a Student-t mixture', () => {
  // Best known over many starts of several programs, ν in [.05, 200].
  it.each([
    [2, -1129.960172],
    [3, -1119.408819],
  ])('reaches the best known likelihood of faithful: K=%i', async (components, best) => {
    const model = { kind: 'student-t-mixture', components, regularization: 0 }
    const run = await train(faithful, { model, inference: { kind: 'em', restarts: 10, maxIterations: 20000, tolerance: 1e-10 } })
    expect(run.finished().metrics['train/logLikelihood']! * 272).toBeGreaterThan(best - 1e-3)
  })
})

it('a categorical mixture of two levels is a Bernoulli mixture', async () => {
  const preprocess = [{ binarize: { threshold: 8 } }]
  const [categorical, bernoulli] = [
    await train(digits, { preprocess, model: { kind: 'categorical-mixture', components: 2 }, ...em(5) }),
    await train(digits, { preprocess, model: { kind: 'bernoulli-mixture', components: 2 }, ...em(5) }),
  ]
  const figures = [categorical, bernoulli].map((run) => run.finished().metrics['train/logLikelihood']! * 1797)
  expect(figures[0]).toBeCloseTo(figures[1]!, 2)
})

describe.each([
  ['poisson-mixture', () => earthquakes, {}],
  ['student-t-mixture', () => faithful, { regularization: 0 }],
  ['bernoulli-mixture', () => digits, {}],
  ['categorical-mixture', () => digits, {}],
] as const)('%s', (kind, dataset, extra) => {
  it('satisfies log p = L + KL at every iteration, and L never falls', async () => {
    const preprocess = kind.startsWith('b') || kind.startsWith('c') ? [{ binarize: { threshold: 8 } }] : []
    const inference = { kind: 'em', restarts: 2, maxIterations: 200 }
    const run = await train(dataset(), { preprocess, model: { kind, components: 3, ...extra }, inference })
    const [logLikelihood, bound, kl] = ['logLikelihood', 'lowerBound', 'kl'].map((name) => run.series(`train/${name}`) as number[])
    expect(bound!.length).toBe(logLikelihood!.length - 1)
    bound!.forEach((value, index) => {
      expect(Math.abs(value + kl![index]! - logLikelihood![index + 1]!)).toBeLessThan(1e-9)
      expect(value).toBeGreaterThanOrEqual(logLikelihood![index]! - 1e-11)
    })
  })
})

describe('k-means', () => {
  // scikit-learn 1.2: KMeans(n_init=200).inertia_
  it.each([
    ['iris', 3, 78.851441, []],
    ['wine', 3, 1277.928489, ['standardize']],
  ] as const)('reaches the best known inertia of %s', async (name, components, best, preprocess) => {
    const stored = await storeDataset(`${name}.csv`, { label: 'target' })
    const run = await train(stored, { preprocess, model: { kind: 'k-means', components }, ...em() })
    const { metrics } = run.finished()
    expect(metrics['train/inertia']).toBeCloseTo(best, 5)
    expect(metrics['train/logLikelihood']).toBeUndefined()
    const inertia = run.series('train/inertia') as number[]
    inertia.slice(1).forEach((value, index) => expect(value).toBeLessThanOrEqual(inertia[index]! + 1e-9))
  })

  it('is what the spherical mixture with equal weights becomes as its softness falls', async () => {
    const centres = async (softness: number): Promise<number[][]> => {
      const run = await train(iris, { model: { kind: 'k-means', components: 3, softness }, ...em(5) })
      const params = await run.inspect<{ centres: number[][] }>({ kind: 'params' })
      return params.centres.sort((a, b) => a[0]! - b[0]!)
    }
    const limit = await centres(0)
    const distance = (other: number[][]): number => Math.max(...other.flatMap((row, k) => row.map((value, j) => Math.abs(value - limit[k]![j]!))))
    const [soft, sharp] = [distance(await centres(0.5)), distance(await centres(0.02))]
    expect(sharp).toBeLessThan(0.01)
    expect(sharp).toBeLessThan(soft)
  })

  it('assigns every row to its nearest centre, and says that a density is not defined', async () => {
    const run = await train(iris, { model: { kind: 'k-means', components: 3 }, ...em(2) })
    const at = { dataset: iris.dataset, datasetFolder: iris.folder }
    const { values } = await run.inspect<Matrix>({ kind: 'apply', output: 'responsibilities', ...at })
    expect([...new Set(values)].sort()).toEqual([0, 1])
    await expect(run.inspect({ kind: 'apply', output: 'logDensity', ...at })).rejects.toThrow(/limit/)
  })
})

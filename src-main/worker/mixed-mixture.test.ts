import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Matrix } from '@shared/domain/run'
import { runSpecSchema } from '@shared/domain/spec'
import { logGamma } from '@shared/math/gamma'
import { checkSpecAgainstData } from '../datasets/check-spec'
import { Draws } from '../models/draws'
import { type StoredDataset, storeDataset, train } from './training-fixture'

const em = (restarts = 6, more = {}): object => ({ inference: { kind: 'em', restarts, tolerance: 1e-10, ...more } })

async function storeText(text: string, options = {}): Promise<StoredDataset> {
  const path = join(mkdtempSync(join(tmpdir(), 'latent-table-')), 'table.csv')
  writeFileSync(path, text)
  return storeDataset(path, options)
}

const colours = ['blue', 'green', 'red']

/** Rows of two classes: a real number, a count, 0 or 1, and a colour. */
function table(rows: number, seed: number, gaps = 0): string {
  const draws = new Draws({ seed, stream: 'test/mixed' })
  const classes = [
    { mean: -2, rate: 2, theta: 0.2, shares: [0.7, 0.2, 0.1] },
    { mean: 3, rate: 9, theta: 0.8, shares: [0.1, 0.2, 0.7] },
  ]
  const poisson = (rate: number): number => {
    let count = 0
    for (let product = draws.uniform(); product > Math.exp(-rate); product *= draws.uniform()) count += 1
    return count
  }
  const lines = Array.from({ length: rows }, () => {
    const own = classes[draws.uniform() < 0.4 ? 0 : 1]!
    const cells = [own.mean + 1.5 * draws.normal(), poisson(own.rate), draws.uniform() < own.theta ? 1 : 0, colours[draws.index(own.shares)]!]
    return cells.map((cell) => (draws.uniform() < gaps ? '' : String(cell))).join(',')
  })
  return `height,visits,smoker,colour\n${lines.join('\n')}\n`
}

interface Params {
  weights: number[]
  columns: {
    height: { family: string; means: number[]; standardDeviations: number[] }
    visits: { family: string; rates: number[] }
    smoker: { family: string; probabilities: number[] }
    colour: { family: string; categories: string[]; probabilities: number[][] }
  }
}

/** log p of a row by enumeration of the classes, from the parameters as they are told. */
function logDensityOf({ weights, columns }: Params, row: ArrayLike<number>): number {
  const [height, visits, smoker, colour] = Array.from(row) as [number, number, number, number]
  const { means, standardDeviations } = columns.height
  const terms = weights.map((weight, k) => {
    let value = Math.log(weight)
    if (!Number.isNaN(height)) value -= ((height - means[k]!) / standardDeviations[k]!) ** 2 / 2 + Math.log(standardDeviations[k]!) + Math.log(2 * Math.PI) / 2
    const rate = columns.visits.rates[k]!
    if (!Number.isNaN(visits)) value += visits * Math.log(rate) - rate - logGamma(visits + 1)
    const theta = columns.smoker.probabilities[k]!
    if (!Number.isNaN(smoker)) value += Math.log(smoker === 1 ? theta : 1 - theta)
    if (!Number.isNaN(colour)) value += Math.log(columns.colour.probabilities[k]![colour]!)
    return Math.exp(value)
  })
  return Math.log(terms.reduce((sum, value) => sum + value, 0))
}

/** Three columns of counts from two rates each. */
function countTable(): string {
  const draws = new Draws({ seed: 5, stream: 'test/counts' })
  const lines = Array.from({ length: 300 }, () => {
    const high = draws.uniform() < 0.3
    return [high ? 7 : 2, high ? 1 : 4, high ? 5 : 1].map((rate) => Math.max(0, Math.round(rate + Math.sqrt(rate) * draws.normal()))).join(',')
  })
  return `visits,calls,trips\n${lines.join('\n')}\n`
}

const model = { kind: 'mixed-mixture', components: 2 }
let whole: StoredDataset
let withGaps: StoredDataset
beforeAll(async () => {
  whole = await storeText(table(400, 1), { categorical: ['colour'] })
  withGaps = await storeText(table(400, 2, 0.15), { categorical: ['colour'], missing: 'keep' })
})
const rowsOf = async (run: Awaited<ReturnType<typeof train>>, stored: StoredDataset, output: 'logDensity' | 'responsibilities' | 'impute'): Promise<Matrix> =>
  run.inspect({ kind: 'apply', output, dataset: stored.dataset, datasetFolder: stored.folder })

describe('a mixture over columns of several types', () => {
  it('guesses the family of each column and tells parameters by the names of columns and categories', async () => {
    const run = await train(whole, { model, ...em() })
    const { columns, weights } = await run.inspect<Params>({ kind: 'params' })
    expect(Object.values(columns).map(({ family }) => family)).toEqual(['real', 'count', 'binary', 'category'])
    expect(columns.colour.categories).toEqual(colours)
    const low = columns.height.means[0]! < columns.height.means[1]! ? 0 : 1
    expect(weights[low]).toBeCloseTo(0.4, 1)
    expect(columns.height.means[low]).toBeCloseTo(-2, 0)
    expect(columns.visits.rates[low]! / columns.visits.rates[1 - low]!).toBeCloseTo(2 / 9, 0)
    expect(columns.smoker.probabilities[low]).toBeCloseTo(0.2, 0)
    expect(columns.colour.probabilities[low]![0]).toBeGreaterThan(0.55)
  })

  it.each([
    ['whole rows', () => whole],
    ['rows with gaps', () => withGaps],
  ])('gives the density that enumeration of the classes gives: %s', async (_what, stored) => {
    const run = await train(stored(), { model, ...em() })
    const params = await run.inspect<Params>({ kind: 'params' })
    const { values } = await rowsOf(run, stored(), 'logDensity')
    const { features } = await run.inspect<{ features: Float32Array }>({ kind: 'data' })
    let total = 0
    values.forEach((value, row) => {
      expect(value).toBeCloseTo(logDensityOf(params, features.subarray(4 * row, 4 * row + 4)), 4)
      total += value
    })
    expect(total / 400).toBeCloseTo(run.finished().metrics['train/logLikelihood']!, 10)
  })

  it.each([
    ['whole rows', () => whole],
    ['rows with gaps', () => withGaps],
  ])('satisfies log p = L + KL at every iteration, and L never falls: %s', async (_what, stored) => {
    const run = await train(stored(), { model: { ...model, components: 3 }, ...em(2, { maxIterations: 200 }) })
    const [logLikelihood, bound, kl] = ['logLikelihood', 'lowerBound', 'kl'].map((name) => run.series(`train/${name}`) as number[])
    expect(bound!.length).toBe(logLikelihood!.length - 1)
    bound!.forEach((value, index) => {
      expect(Math.abs(value + kl![index]! - logLikelihood![index + 1]!)).toBeLessThan(1e-9)
      expect(value).toBeGreaterThanOrEqual(logLikelihood![index]! - 1e-11)
    })
  })

  it('fills gaps: numbers by expectations, categories by the most probable one with its chance of being wrong', async () => {
    const run = await train(withGaps, { model, ...em() })
    const params = await run.inspect<Params>({ kind: 'params' })
    const { columns, values } = await rowsOf(run, withGaps, 'impute')
    const { features } = await run.inspect<{ features: Float32Array }>({ kind: 'data' })
    const shares = (await rowsOf(run, withGaps, 'responsibilities')).values
    expect(columns).toEqual(['height', 'visits', 'smoker', 'colour', 'sd height', 'sd visits', 'sd smoker', 'error colour'])
    let seen = 0
    for (let row = 0; row < 400; row += 1) {
      const filled = values.subarray(8 * row, 8 * row + 8)
      const [own, other] = [shares[2 * row]!, shares[2 * row + 1]!]
      if (Number.isNaN(features[4 * row]!)) {
        const [a, b] = params.columns.height.means
        expect(filled[0]).toBeCloseTo(own * a! + other * b!, 8)
      }
      if (!Number.isNaN(features[4 * row + 3]!)) continue
      seen += 1
      const mixed = colours.map((_, code) => own * params.columns.colour.probabilities[0]![code]! + other * params.columns.colour.probabilities[1]![code]!)
      expect(filled[3]).toBe(mixed.indexOf(Math.max(...mixed)))
      expect(filled[7]).toBeCloseTo(1 - Math.max(...mixed), 8)
    }
    expect(seen).toBeGreaterThan(30)
  })

  it.each(['step', 'principal'])('draws log p and the bound along a line, and nothing where the line leaves the densities: %s', async (kind) => {
    const run = await train(whole, { model, ...em(2) })
    const found = await run.inspect<{ logLikelihood: (number | null)[]; bound: (number | null)[] }>({ kind: 'boundCurve', iteration: 2, direction: { kind } as never })
    let seen = 0
    found.logLikelihood.forEach((value, index) => {
      const bound = found.bound[index]!
      if (value === null || bound === null) return
      seen += 1
      expect(bound).toBeLessThanOrEqual(value + 1e-9)
    })
    expect(seen).toBeGreaterThan(10)
  })

  it('draws rows that have the frequencies of the model', async () => {
    const run = await train(whole, { model, ...em() })
    const { weights, columns } = await run.inspect<Params>({ kind: 'params' })
    const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'sample', count: 40_000, seed: 3 })
    const mean = (column: number, of = (value: number): number => value): number => {
      let sum = 0
      for (let row = 0; row < rows.rows; row += 1) sum += of(rows.values[4 * row + column]!)
      return sum / rows.rows
    }
    const mixed = (values: number[]): number => values.reduce((sum, value, k) => sum + weights[k]! * value, 0)
    expect(mean(0)).toBeCloseTo(mixed(columns.height.means), 1)
    expect(mean(1)).toBeCloseTo(mixed(columns.visits.rates), 0)
    expect(mean(2)).toBeCloseTo(mixed(columns.smoker.probabilities), 1)
    expect(mean(3, (code) => (code === 2 ? 1 : 0))).toBeCloseTo(mixed(columns.colour.probabilities.map((own) => own[2]!)), 1)
  })

  it('takes categories by their names, whatever codes they have in other data', async () => {
    const run = await train(whole, { model, ...em() })
    const one = await storeText('height,visits,smoker,colour\n1,4,0,red\n1,4,0,red\n0.5,4,1,green\n', { categorical: ['colour'] })
    const params = await run.inspect<Params>({ kind: 'params' })
    const { values } = await rowsOf(run, one, 'logDensity')
    expect(values[0]).toBeCloseTo(logDensityOf(params, [1, 4, 0, 2]), 10)
    expect(values[2]).toBeCloseTo(logDensityOf(params, [0.5, 4, 1, 1]), 10)
    const strange = await storeText('height,visits,smoker,colour\n1,4,0,pink\n', { categorical: ['colour'] })
    await expect(rowsOf(run, strange, 'logDensity')).rejects.toThrow(/pink/)
  })
})

describe('rows may count more than once, or be known', () => {
  it('a weight of 2 is the row twice', async () => {
    const lines = table(120, 7).trim().split('\n')
    const [head, ...rows] = lines as [string, ...string[]]
    const twice = await storeText(`${head}\n${rows.flatMap((row, index) => (index % 3 === 0 ? [row, row] : [row])).join('\n')}\n`, { categorical: ['colour'] })
    const weighted = await storeText(`times,${head}\n${rows.map((row, index) => `${index % 3 === 0 ? 2 : 1},${row}`).join('\n')}\n`, { categorical: ['colour'] })
    const [a, b] = [await train(twice, { model, ...em(8) }), await train(weighted, { model: { ...model, weights: 'times' }, ...em(8) })]
    for (const metric of ['logLikelihood', 'bic', 'icl']) {
      expect(b.finished().metrics[`train/${metric}`]).toBeCloseTo(a.finished().metrics[`train/${metric}`]!, 4)
    }
    const { columns } = await b.inspect<Params>({ kind: 'params' })
    expect(Object.keys(columns)).toEqual(['height', 'visits', 'smoker', 'colour'])
    const { values } = await rowsOf(b, weighted, 'logDensity')
    expect(values.every(Number.isFinite)).toBe(true)
  })
})

describe('rows that stay on disk', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('give the fit of rows in memory', async () => {
    const held = await train(whole, { model, ...em(2) })
    vi.stubEnv('LATENT_MEMORY_BUDGET_MB', '0')
    const streamed = await train(whole, { model, ...em(2) })
    for (const [key, value] of Object.entries(held.finished().metrics)) {
      expect(Math.abs(streamed.finished().metrics[key]! - value!), key).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value!)))
    }
    const { values } = await rowsOf(streamed, whole, 'logDensity')
    vi.unstubAllEnvs()
    const others = (await rowsOf(held, whole, 'logDensity')).values
    values.forEach((value, row) => expect(value).toBeCloseTo(others[row]!, 8))
  })

  it('lack no entries: each would lose another share of the units', async () => {
    vi.stubEnv('LATENT_MEMORY_BUDGET_MB', '0')
    const run = await train(withGaps, { model, ...em(2) })
    expect(run.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'em/missing-needs-memory' } })
  })
})

describe('reaches what other programs reach', () => {
  const fixture = 'src-main/worker/fixture-mixed.csv'
  // NumPy, EM from 500 starts: log-densities of the four families added up per component.
  it.each([
    [2, -1605.4512717265],
    [3, -1596.294690711],
  ])('NumPy, all columns: K=%i', async (components, best) => {
    const stored = await storeDataset(resolve(fixture), { categorical: ['town'] })
    const run = await train(stored, { model: { kind: 'mixed-mixture', components }, ...em(20) })
    expect(run.finished().metrics['train/logLikelihood']! * 250).toBeCloseTo(best, 4)
  })

  // flexmix 2.3-18, FLXMCmvpois beside FLXMCmvbinary, 20 starts.
  it('flexmix, counts and binary columns', async () => {
    const stored = await storeDataset(resolve(fixture), { ignore: ['height'] })
    const run = await train(stored, { model, ...em(10) })
    expect(run.finished().metrics['train/logLikelihood']! * 250).toBeCloseTo(-948.566696551, 4)
  })
})

describe('over columns of one type it is the mixture of that type', () => {
  const preprocess = [{ binarize: { threshold: 8 } }]
  it.each([
    ['gaussian-mixture', 'faithful.csv', { covariance: 'diagonal', regularization: 0 }, {}, { real: ['waiting'] }],
    ['poisson-mixture', 'visits', {}, {}, { count: ['visits', 'calls', 'trips'] }],
    ['categorical-mixture', 'visits', {}, {}, { category: ['visits', 'calls', 'trips'] }],
    ['bernoulli-mixture', 'digits', {}, { preprocess }, { binary: ['pixels'] }],
  ])('%s', async (kind, name, extra, run, families) => {
    const stored = name === 'visits' ? await storeText(countTable()) : await storeDataset(name, {}, [0, 16])
    const [one, mixed] = [
      await train(stored, { ...run, model: { kind, components: 2, ...extra }, ...em(10) }),
      await train(stored, { ...run, model: { kind: 'mixed-mixture', components: 2, ...families }, ...em(10) }),
    ]
    const [a, b] = [one, mixed].map((fitted) => fitted.finished().metrics['train/logLikelihood']! * stored.dataset.rows)
    expect(b).toBeCloseTo(a!, 3)
    for (const criterion of ['bic', 'aic', 'icl']) {
      expect(mixed.finished().metrics[`train/${criterion}`]).toBeCloseTo(one.finished().metrics[`train/${criterion}`]!, 1)
    }
  })
})

describe('hard data', () => {
  const cells = (rows: number, seed: number): string[][] => table(rows, seed).trim().split('\n').slice(1).map((line) => line.split(','))
  const store = (rows: (string | number)[][]): Promise<StoredDataset> => storeText(`height,visits,smoker,colour\n${rows.map((row) => row.join(',')).join('\n')}\n`, { categorical: ['colour'] })
  const told = async (stored: StoredDataset, extra: object = {}): Promise<number> => {
    const run = await train(stored, { model: { ...model, ...extra }, ...em(4) })
    return run.finished().metrics['train/logLikelihood']!
  }

  it.each([
    ['an offset of 1e10', 1e10, 1, 5],
    ['a scale of 1e-160', 0, 1e-160, 8],
    ['a scale of 1e100', 0, 1e100, 8],
  ])('%s changes the density by its units alone', async (_what, offset, scale, digits) => {
    const rows = cells(200, 4)
    const plain = await told(await store(rows))
    const moved = await told(await store(rows.map(([height, ...others]) => [offset + Number(height) * scale, ...others])))
    expect(moved + Math.log(scale)).toBeCloseTo(plain, digits)
  })

  it('counts that never vary, categories of one name, one component', async () => {
    const rows = cells(60, 6).map(([height, , smoker]) => [height!, 7, smoker!, 'red'])
    expect(await told(await store(rows), { components: 1, count: ['visits'] })).toEqual(expect.any(Number))
    expect(await told(await store(rows), { components: 3, count: ['visits'] })).toEqual(expect.any(Number))
  })

  it('two distinct rows, a hundred times each', async () => {
    const rows = Array.from({ length: 200 }, (_, index) => (index % 2 ? [1, 3, 0, 'red'] : [2, 5, 1, 'blue']))
    const run = await train(await store(rows), { model, ...em(3) })
    // Each row has a component of its own; the variances stop at the floor, and the optimum is called spurious.
    expect(run.messages.some((message) => message.kind === 'warning' && message.warning.code === 'em/best-is-spurious')).toBe(true)
    expect(Number.isFinite(run.finished().metrics['train/logLikelihood'])).toBe(true)
  })

  it('all rows equal are refused with the column named, more components than rows too', async () => {
    const equal = await store(Array.from({ length: 20 }, () => [1, 3, 0, 'red']))
    const run = await train(equal, { model: { ...model, real: ['height'] }, ...em(2) })
    expect(run.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'spec/constant-column', details: { column: 'height' } } })
    const few = await train(await store(cells(3, 2)), { model: { ...model, components: 4 }, ...em(2) })
    expect(few.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'spec/too-few-rows' } })
  })
})

describe('says in words what cannot be', () => {
  it.each([
    ['a column twice', { real: ['height'], count: ['height'] }, 'mixed/two-families'],
    ['a column that is not there', { real: ['weight'] }, 'mixed/no-such-column'],
    ['names as counts', { count: ['colour'] }, 'mixed/names-are-categories'],
  ])('%s', async (_what, families, code) => {
    const spec = runSpecSchema.parse({ dataset: 'd', model: { ...model, ...families }, ...em() })
    expect(checkSpecAgainstData(spec, whole.dataset).map(({ error }) => error.code)).toContain(code)
  })

  it('other models are refused on names of categories', async () => {
    const spec = runSpecSchema.parse({ dataset: 'd', model: { kind: 'gaussian-mixture' }, ...em() })
    expect(checkSpecAgainstData(spec, whole.dataset).map(({ error }) => error.code)).toContain('spec/categories')
  })

  it('a value that a family has no probability for is told with its place', async () => {
    const run = await train(whole, { model: { ...model, binary: ['visits'] }, ...em() })
    expect(run.messages.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'mixture/not-binary', details: { column: 'visits' } } })
  })
})

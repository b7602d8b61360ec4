import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import { resolveSpec } from '@shared/domain/resolve-spec'
import { type PreprocessStep, splitSchema } from '@shared/domain/spec'
import { principalComponents } from '@shared/math/principal-components'
import { atOnce, chosenInMemory, gathered } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import { checkSpecAgainstData } from './check-spec'
import { openGallery } from './gallery'
import { type PreparedData, prepareData, streamData, transformRows } from './prepare'
import { rawOf, sampleDataset } from './sample-dataset'

const gallery = openGallery(resolve('resources/datasets'))
const bundled = async (name: string): Promise<Table> => {
  const data = await gallery.read(gallery.entries.find((entry) => entry.name === name)!)
  return { dataset: sampleDataset(data, name), arrays: rawOf(data) }
}
interface Table {
  dataset: Dataset
  arrays: ReturnType<typeof rawOf>
}
const split = splitSchema.parse({})
const prepare = ({ dataset, arrays }: Table, preprocess: PreprocessStep[]): PreparedData => prepareData(dataset, arrays, { split, preprocess }, 'float64')
const pca = (components: number, variances: 'kept' | 'one' = 'kept'): PreprocessStep => ({ pca: { components, variances } })

function covarianceOf(values: ArrayLike<number>, columns: number): number[] {
  const rows = values.length / columns
  const mean = Array.from({ length: columns }, (_, column) => Array.from({ length: rows }, (_, row) => values[row * columns + column]!).reduce((a, b) => a + b) / rows)
  return Array.from({ length: columns * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns]
    let sum = 0
    for (let row = 0; row < rows; row += 1) sum += (values[row * columns + i]! - mean[i]!) * (values[row * columns + j]! - mean[j]!)
    return sum / rows
  })
}
const identity = (size: number): unknown[] => Array.from({ length: size * size }, (_, at) => expect.closeTo(at % (size + 1) === 0 ? 1 : 0, 8))

test('principal components are those of the training rows, by name, and other rows are rotated alike', async () => {
  const wine = await bundled('wine')
  const standardized = prepare(wine, ['standardize'])
  const { train, features, featureNames, transform } = prepare(wine, ['standardize', pca(3)])
  expect(featureNames).toEqual(['PC1', 'PC2', 'PC3'])
  expect(features).toBe(3)
  const expected = principalComponents(standardized.train.features, 13, 3).scores
  expect([...train.features]).toEqual([...expected].map((value) => expect.closeTo(value, 4)))
  expect(transformRows(transform, wine.arrays.features, 178, 'float64')).toEqual(train.features)
})

test('scaled to variance 1, components are uncorrelated with variance 1', async () => {
  const { train } = prepare(await bundled('wine'), ['standardize', pca(4, 'one')])
  expect(covarianceOf(train.features, 4)).toEqual(identity(4))
})

test('whitening leaves the columns their places, and the covariance the identity', async () => {
  const { train, featureNames } = prepare(await bundled('iris'), ['whiten'])
  expect(featureNames[0]).toMatch(/sepal/)
  expect(covarianceOf(train.features, 4)).toEqual(identity(4))
})

test('pictures stay pictures through whitening, and become a table by principal components', async () => {
  const digits = await bundled('digits')
  expect(prepare(digits, ['scale', 'whiten']).imageShape).toEqual([8, 8, 1])
  expect(prepare(digits, ['scale', pca(10)])).toMatchObject({ imageShape: null, features: 10 })
})

test('rows that stay on disk are rotated as those in memory', async () => {
  const iris = await bundled('iris')
  const preprocess: PreprocessStep[] = [{ log: { add: 1 } }, pca(2)]
  const raw = chosenInMemory(iris.arrays.features, 4)
  const streamed = atOnce(streamData(iris.dataset, { raw, labels: () => null }, { split, preprocess }))
  expect(streamed).toMatchObject({ features: 2, featureNames: ['PC1', 'PC2'] })
  expect(atOnce(gathered(streamed.train.blocks))).toEqual(prepare(iris, preprocess).train.features)
})

test('the logarithm is that of the value plus what is added', async () => {
  const iris = await bundled('iris')
  const { train } = prepare(iris, [{ log: { add: 2 } }])
  expect([...train.features]).toEqual(Array.from(iris.arrays.features, (value) => Math.log(value + 2)))
})

const mixed: Table = {
  dataset: {
    ...sampleDataset({ format: 'csv', kind: 'table', rows: 3, shape: [3, 2], columns: [], parts: [], classes: null, valueRange: null, source: [], labels: null }),
    columns: [
      { name: 'size', type: 'real', role: 'feature', missing: 0, summary: { minimum: -1, maximum: 2, mean: 0, standardDeviation: 1, histogram: [] } },
      { name: 'colour', type: 'category', role: 'feature', missing: 1, categories: ['blue', 'red'] },
    ],
  },
  arrays: { features: Float64Array.of(-1, 1, 0, NaN, 2, 0), labels: null },
}

test('one-hot columns are named after their categories; what is missing is missing in all of them', () => {
  const { train, featureNames } = prepare(mixed, ['one-hot'])
  expect(featureNames).toEqual(['size', 'colour: blue', 'colour: red'])
  expect([...train.features]).toEqual([-1, 0, 1, 0, NaN, NaN, 2, 1, 0])
})

const codesOf = (table: Table, preprocess: PreprocessStep[], model: object = { kind: 'gaussian-mixture', components: 2 }): string[] =>
  checkSpecAgainstData(resolveSpec({ dataset: 'd', model, preprocess }).spec!, table.dataset).map(({ error }) => error.code)

test('what cannot work is told before a run, and by the run the same', async () => {
  const [iris, wine, digits] = await Promise.all(['iris', 'wine', 'digits'].map(bundled))
  const cases: [Table, PreprocessStep[], string][] = [
    [iris!, [pca(5)], 'spec/too-many-components'],
    [iris!, [pca(3), pca(4)], 'spec/too-many-components'],
    [mixed, ['log'], 'spec/log-of-negative'],
    [iris!, ['one-hot'], 'spec/no-categories'],
    [mixed, ['whiten'], 'spec/rotation-needs-values'],
  ]
  for (const [table, preprocess, code] of cases) {
    expect(codesOf(table, preprocess), code).toContain(code)
    try {
      prepare(table, preprocess)
      expect.fail(`${code} was not thrown`)
    } catch (error) {
      expect(error).toBeInstanceOf(AppError)
      expect((error as AppError).code).toBe(code)
    }
  }
  expect(codesOf(wine!, ['standardize', 'one-hot'])).toContain('spec/one-hot-not-first')
  expect(codesOf(digits!, ['dequantize', 'whiten'], { kind: 'vae', latent: 2 })).toContain('spec/dequantize-then')
})

test('models are checked against the columns that they will see', async () => {
  const wine = await bundled('wine')
  expect(codesOf(wine, ['standardize', pca(3)])).toEqual([])
  expect(codesOf(wine, ['standardize', pca(3)], { kind: 'ppca', latent: 3 })).toEqual(['spec/too-many-latents'])
})

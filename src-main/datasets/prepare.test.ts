import { resolve } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import { type PreprocessStep, type Split, splitSchema } from '@shared/domain/spec'
import type { AppError } from '@shared/rpc/errors'
import { openGallery } from './gallery'
import { prepareData, transformRows } from './prepare'
import { rawOf, sampleDataset } from './sample-dataset'
import type { FittedTransform } from './transform'

const gallery = openGallery(resolve('resources/datasets'))
async function bundled(name: string): Promise<{ dataset: Dataset; arrays: ReturnType<typeof rawOf> }> {
  const data = await gallery.read(gallery.entries.find((entry) => entry.name === name)!)
  return { dataset: sampleDataset(data, name), arrays: rawOf(data) }
}
const spec = (preprocess: PreprocessStep[], split: Partial<Split> = {}): { split: Split; preprocess: PreprocessStep[] } => ({
  split: splitSchema.parse(split),
  preprocess,
})
const columnOf = (values: ArrayLike<number>, column: number, features: number): number[] =>
  Array.from({ length: values.length / features }, (_, row) => values[row * features + column]!)
const meanOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const varianceOf = (values: number[]): number => meanOf(values.map((value) => (value - meanOf(values)) ** 2))
const codeOf = (task: () => unknown): string => {
  try {
    task()
  } catch (error) {
    return (error as AppError).code
  }
  return 'nothing thrown'
}

function invert(transform: FittedTransform, values: ArrayLike<number>, features: number): number[] {
  const out = Array.from(values)
  for (const step of transform.steps.toReversed()) {
    if (step.kind !== 'affine') throw new Error(`${step.kind} has no inverse`)
    for (const [index, value] of out.entries()) {
      const place = step.scale.length === 1 ? 0 : index % features
      out[index] = value / step.scale[place]! + step.shift[place]!
    }
  }
  return out
}

test('standardize gives the values of scikit-learn on wine', async () => {
  const { dataset, arrays } = await bundled('wine')
  const { train, transform } = prepareData(dataset, arrays, spec(['standardize']), 'float64')
  // scikit-learn 1.9.1: StandardScaler().fit(w).mean_, .scale_, .transform(w)[0]
  const step = transform.steps[0]!
  if (step.kind !== 'affine') throw new Error('standardize is affine')
  expect(step.shift[12]).toBeCloseTo(746.8932584269663, 10)
  expect(1 / step.scale[12]!).toBeCloseTo(314.0216568419878, 10)
  const expected = [
    1.518612540989146, -0.5622497983286235, 0.23205254099474312, -1.1695931750229027, 1.9139052175708113, 0.8089973946320397,
    1.0348189581307363, -0.6595631143050643, 1.2248839840604524, 0.2517168498188536, 0.3621772757786114, 1.8479195665066517,
    1.0130089267476907,
  ]
  expect([...train.features.subarray(0, 13)]).toEqual(expected.map((value) => expect.closeTo(value, 12)))
})

test('scale gives the values of scikit-learn on wine', async () => {
  const { dataset, arrays } = await bundled('wine')
  const { train } = prepareData(dataset, arrays, spec(['scale']), 'float64')
  // scikit-learn 1.9.1: MinMaxScaler().fit_transform(w)[0]
  const expected = [
    0.8421052631578951, 0.19169960474308304, 0.5721925133689839, 0.25773195876288657, 0.6195652173913043, 0.6275862068965518,
    0.5738396624472573, 0.28301886792452835, 0.5930599369085173, 0.3720136518771331, 0.45528455284552855, 0.9706959706959706,
    0.5613409415121255,
  ]
  expect([...train.features.subarray(0, 13)]).toEqual(expected.map((value) => expect.closeTo(value, 12)))
})

test('standardize leaves mean 0 and standard deviation 1 on train only, and is invertible on every part', async () => {
  const { dataset, arrays } = await bundled('wine')
  const prepared = prepareData(dataset, arrays, spec(['standardize'], { train: 0.6, validation: 0.2, test: 0.2, seed: 5 }), 'float64')
  for (let column = 0; column < 13; column += 1) {
    const train = columnOf(prepared.train.features, column, 13)
    expect(meanOf(train)).toBeCloseTo(0, 12)
    expect(varianceOf(train)).toBeCloseTo(1, 12)
  }
  expect(Math.abs(meanOf(columnOf(prepared.test!.features, 0, 13)))).toBeGreaterThan(1e-3)
  for (const part of [prepared.train, prepared.validation!, prepared.test!]) {
    const raw = [...part.rowIndex].flatMap((row) => [...arrays.features.subarray(row * 13, (row + 1) * 13)])
    expect(invert(prepared.transform, part.features, 13)).toEqual(raw.map((value) => expect.closeTo(value, 9)))
    expect([...part.labels!]).toEqual([...part.rowIndex].map((row) => arrays.labels![row]))
  }
})

test('scale reaches both ends of its range on train, is invertible, and may run from high to low', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 4, maxLength: 40 }).filter((values) => new Set(values).size > 1),
      fc.constantFrom<[number, number]>([0, 1], [-1, 1], [3, -2]),
      (values, to) => {
        const dataset = tableOf([values])
        const { train, transform } = prepareData(
          dataset,
          { features: Float64Array.from(values), labels: null },
          spec([{ scale: { to } }]),
          'float64',
        )
        expect(Math.min(...train.features)).toBeCloseTo(Math.min(...to), 9)
        expect(Math.max(...train.features)).toBeCloseTo(Math.max(...to), 9)
        expect(invert(transform, train.features, 1)).toEqual(values.map((value) => expect.closeTo(value, 6)))
      },
    ),
    { seed: 1 },
  )
})

test('images are scaled by their declared range, one number for all pixels', async () => {
  const { dataset, arrays } = await bundled('digits')
  const prepared = prepareData(dataset, arrays, spec(['scale'], { train: 0.8, test: 0.2 }), 'float32')
  expect(prepared.transform.steps).toEqual([{ kind: 'affine', shift: [0], scale: [1 / 16] }])
  expect(prepared.imageShape).toEqual([8, 8, 1])
  expect([prepared.train.rows, prepared.test!.rows]).toEqual([1437, 360])
  expect(prepared.train.features).toBeInstanceOf(Float32Array)
  expect([...prepared.train.features].every((value) => value >= 0 && value <= 1 && Number.isInteger(value * 16))).toBe(true)
  expect(prepared.featureNames[9]).toBe('pixel 1,1')
})

test('pixels that never change are shifted only when images are standardized', async () => {
  const { dataset, arrays } = await bundled('digits')
  const { train } = prepareData(dataset, arrays, spec(['standardize']), 'float64')
  const variances = Array.from({ length: 64 }, (_, column) => varianceOf(columnOf(train.features, column, 64)))
  expect(variances.map((variance) => Math.round(variance * 1e9) / 1e9).filter((variance) => variance !== 1)).toEqual([0, 0, 0])
})

test('steps follow one another, each fitted on what the one before left', async () => {
  const { dataset, arrays } = await bundled('wine')
  const { train } = prepareData(dataset, arrays, spec(['standardize', 'scale', { binarize: { threshold: 0.5 } }]), 'float64')
  const scaled = prepareData(dataset, arrays, spec(['scale']), 'float64').train.features
  const binary = scaled.map((value) => (Math.abs(value - 0.5) < 1e-9 ? NaN : value >= 0.5 ? 1 : 0))
  expect([...train.features].every((value, index) => Number.isNaN(binary[index]!) || value === binary[index])).toBe(true)
})

test('a threshold counts what reaches it', () => {
  const dataset = tableOf([[1, 2, 3]])
  const { train } = prepareData(
    dataset,
    { features: Float64Array.of(1, 2, 3), labels: null },
    spec([{ binarize: { threshold: 2 } }]),
    'float64',
  )
  expect([...train.features]).toEqual([0, 1, 1])
})

test('dequantizing leaves the middles of levels in train, spreads the other parts once, and tells how wide a level is', async () => {
  const { dataset, arrays } = await bundled('digits')
  const prepared = prepareData(dataset, arrays, spec(['dequantize', 'scale'], { train: 0.5, test: 0.5 }), 'float64')
  const raw = (row: number, column: number): number => arrays.features[row * 64 + column]!
  const width = 1 / 17
  expect([...prepared.levelWidths!].every((own) => Math.abs(own - width) < 1e-12)).toBe(true)
  const { train, test: held } = prepared
  for (let index = 0; index < 640; index += 1) {
    const [row, column] = [Math.floor(index / 64), index % 64]
    expect(train.features[index]!).toBeCloseTo((raw(train.rowIndex[row]!, column) + 0.5) * width, 10)
    const within = held!.features[index]! / width - raw(held!.rowIndex[row]!, column)
    expect(within).toBeGreaterThanOrEqual(0)
    expect(within).toBeLessThan(1)
  }
  const again = prepareData(dataset, arrays, spec(['dequantize', 'scale'], { train: 0.5, test: 0.5 }), 'float64')
  expect(again.test!.features).toEqual(held!.features)
  expect(new Set(Array.from({ length: 64 }, (_, index) => (held!.features[index]! * 17) % 1)).size).toBeGreaterThan(32)
})

test('stochastic binarization leaves probabilities in train and draws the other parts once, by the split seed', async () => {
  const { dataset, arrays } = await bundled('digits')
  const prepare = (seed: number) =>
    prepareData(dataset, arrays, spec(['scale', { binarize: 'stochastic' }], { train: 0.5, validation: 0.25, test: 0.25, seed }), 'float32')
  const prepared = prepare(1)
  expect(prepared.binarizeEachBatch).toBe(true)
  expect([...prepared.train.features].some((value) => value > 0 && value < 1)).toBe(true)
  for (const part of [prepared.validation!, prepared.test!]) {
    expect(new Set(part.features)).toEqual(new Set([0, 1]))
    const probability = [...part.rowIndex].flatMap((row) =>
      [...arrays.features.subarray(row * 64, (row + 1) * 64)].map((value) => value / 16),
    )
    const deviation = Math.sqrt(probability.reduce((sum, p) => sum + p * (1 - p), 0))
    const surplus = [...part.features].reduce((sum, value, index) => sum + value - probability[index]!, 0)
    expect(Math.abs(surplus)).toBeLessThan(4 * deviation)
    expect(
      [...part.features].every((value, index) => (probability[index] === 0 ? value === 0 : probability[index] === 1 ? value === 1 : true)),
    ).toBe(true)
  }
  expect(prepare(1).test!.features).toEqual(prepared.test!.features)
  expect(prepareData(dataset, arrays, spec(['scale']), 'float32').binarizeEachBatch).toBe(false)
})

test('a fitted transform gives other rows the same values as the rows it was fitted on', async () => {
  const { dataset, arrays } = await bundled('wine')
  const { train, transform } = prepareData(dataset, arrays, spec(['standardize', { scale: { to: [-1, 1] } }]), 'float64')
  expect(transformRows(transform, arrays.features, 178, 'float64')).toEqual(train.features)
  expect(transformRows(transform, arrays.features.subarray(13, 39), 2, 'float32')).toEqual(
    Float32Array.from(train.features.subarray(13, 39)),
  )
  const binary: FittedTransform = { steps: [{ kind: 'affine', shift: [0], scale: [1 / 16] }, { kind: 'stochastic-binarize' }] }
  const pixels = Uint8Array.from({ length: 640 }, (_, index) => index % 17)
  expect(new Set(transformRows(binary, pixels, 10, 'float32'))).toEqual(new Set([0, 1]))
  expect(transformRows(binary, pixels, 10, 'float32', 4)).toEqual(transformRows(binary, pixels, 10, 'float32', 4))
  expect(transformRows(binary, pixels, 10, 'float32', 4)).not.toEqual(transformRows(binary, pixels, 10, 'float32', 5))
})

test('missing values take no part in fitting and stay missing', () => {
  const dataset = tableOf([[1, NaN, 3]])
  const arrays = { features: Float64Array.of(1, NaN, 3), labels: null }
  expect([...prepareData(dataset, arrays, spec(['standardize']), 'float64').train.features]).toEqual([-1, NaN, 1])
  expect([...prepareData(dataset, arrays, spec([{ binarize: { threshold: 2 } }]), 'float64').train.features]).toEqual([0, NaN, 1])
})

test('what cannot be prepared says why', () => {
  const table = tableOf([[5, 5, 5]])
  const arrays = { features: Float64Array.of(5, 5, 5), labels: null }
  expect(codeOf(() => prepareData(table, arrays, spec(['standardize']), 'float64'))).toBe('spec/constant-column')
  expect(codeOf(() => prepareData(table, arrays, spec(['scale']), 'float64'))).toBe('spec/constant-column')
  expect(codeOf(() => prepareData(table, arrays, spec([{ binarize: 'stochastic' }]), 'float64'))).toBe('spec/binarize-out-of-range')
  expect(codeOf(() => prepareData(table, arrays, spec([{ scale: { to: [1, 1] } }]), 'float64'))).toBe('spec/scale-range-empty')
  expect(codeOf(() => prepareData(table, arrays, spec([], { train: 0, test: 1 }), 'float64'))).toBe('spec/no-rows')
  expect(codeOf(() => prepareData(tableOf([]), { features: new Float64Array(), labels: null }, spec([]), 'float64'))).toBe(
    'spec/no-features',
  )
  const unit = { features: Float64Array.of(0, 0.5, 1), labels: null }
  expect(codeOf(() => prepareData(table, unit, spec([{ binarize: 'stochastic' }, 'scale']), 'float64'))).toBe('spec/binarize-not-last')
})

function tableOf(columns: number[][]): Dataset {
  const rows = columns[0]?.length ?? 3
  return {
    ...sampleDataset({
      format: 'csv',
      kind: 'table',
      rows,
      shape: [rows, columns.length],
      columns: [],
      parts: [],
      classes: null,
      valueRange: null,
      labels: null,
      source: [],
    }),
    columns: columns.map((_, index) => ({ name: `c${index}`, type: 'real', role: 'feature', missing: 0 })),
  }
}

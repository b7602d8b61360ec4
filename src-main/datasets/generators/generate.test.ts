import { describe, expect, test } from 'vitest'
import { type GeneratorKind, generatorKinds, type GeneratorSpec, generatorSpecSchema } from '@shared/domain/generator'
import { generateData, type GeneratedData } from './generate'

const make = (spec: object): Promise<GeneratedData> => generateData(generatorSpecSchema.parse(spec))
const parameter = ({ truth }: GeneratedData, name: string): number[] => truth.parameters.find((known) => known.name === name)!.values
const factor = ({ truth }: GeneratedData, name: string): number[] => truth.factors.find((known) => known.name === name)!.values
const row = ({ data }: GeneratedData, at: number): number[] => [...data.features!.subarray(at * data.shape[1]!, (at + 1) * data.shape[1]!)]

describe.each(generatorKinds)('%s', (kind: GeneratorKind) => {
  test('is a function of its specification', async () => {
    const spec = { kind, seed: 7 }
    expect(await make(spec)).toEqual(await make(spec))
    const other = await make({ kind, seed: 8 })
    expect(other.data.features ?? other.data.pixels).not.toEqual((await make(spec)).data.features ?? (await make(spec)).data.pixels)
  })

  test('every row has finite values, one label and one value of each latent quantity', async () => {
    const { data, truth } = await make({ kind })
    const values = data.features ?? data.pixels!
    expect(values.length).toBe(data.shape.reduce((product, size) => product * size, 1))
    expect(Array.from(values).every(Number.isFinite)).toBe(true)
    for (const { values } of truth.factors) expect(values).toHaveLength(data.rows)
    for (const { shape, values } of truth.parameters) expect(values).toHaveLength(shape.reduce((product, size) => product * size, 1))
    if (data.labels) expect([...data.labels].every((code) => code >= 0 && code < data.classes!.length)).toBe(true)
  })

  test('the smallest there is comes out', async () => {
    const smallest: Partial<Record<GeneratorKind, object>> = {
      hmm: { sequences: 1, length: 1, states: 1 },
      topics: { documents: 1, terms: 1, topics: 1, length: 1 },
    }
    expect((await make({ kind, ...(smallest[kind] ?? { rows: 1 }) })).data.rows).toBe(1)
  })
})

test('a mixture: rows of a component have its mean and covariance, components their weights', async () => {
  const made = await make({ kind: 'mixture', rows: 200_000, components: 2, dimensions: 2, weights: 'random', seed: 1 })
  const weights = parameter(made, 'mixingWeights')
  for (const k of [0, 1]) {
    const rows = [...made.data.labels!.keys()].filter((at) => made.data.labels![at] === k)
    expect(rows.length / 200_000).toBeCloseTo(weights[k]!, 2)
    const mean = [0, 1].map((i) => rows.reduce((sum, at) => sum + row(made, at)[i]!, 0) / rows.length)
    mean.forEach((value, i) => expect(value).toBeCloseTo(parameter(made, 'means')[2 * k + i]!, 1))
    for (const [i, j] of [[0, 0], [0, 1], [1, 1]] as const) {
      const covariance = rows.reduce((sum, at) => sum + (row(made, at)[i]! - mean[i]!) * (row(made, at)[j]! - mean[j]!), 0) / rows.length
      expect(covariance).toBeCloseTo(parameter(made, 'covariances')[4 * k + 2 * i + j]!, 1)
    }
  }
})

test('the log-likelihood of a mixture of one component is that of its normal distribution', async () => {
  const made = await make({ kind: 'mixture', rows: 500, components: 1, dimensions: 1, seed: 2 })
  const [mean, variance] = [parameter(made, 'means')[0]!, parameter(made, 'covariances')[0]!]
  const expected = [...made.data.features!].reduce((sum, x) => sum - (Math.log(2 * Math.PI * variance) + (x - mean) ** 2 / variance) / 2, 0) / 500
  expect(made.truth.logLikelihood).toBeCloseTo(expected, 12)
})

test('the log-likelihood of a short hidden Markov chain is the sum over its paths', async () => {
  const made = await make({ kind: 'hmm', sequences: 1, length: 3, states: 2, emissions: 'categorical', dimensions: 3, seed: 4 })
  const [initial, transitions, probabilities] = ['initial', 'transitions', 'probabilities'].map((name) => parameter(made, name))
  const symbols = [0, 1, 2].map((time) => row(made, time)[1]!)
  let total = 0
  for (let path = 0; path < 8; path += 1) {
    const states = [path & 1, (path >> 1) & 1, (path >> 2) & 1] as const
    const speak = (time: number): number => probabilities![states[time]! * 3 + symbols[time]!]!
    total += initial![states[0]]! * speak(0) * transitions![states[0] * 2 + states[1]]! * speak(1) * transitions![states[1] * 2 + states[2]]! * speak(2)
  }
  expect(made.truth.logLikelihood! * 3).toBeCloseTo(Math.log(total), 12)
})

test.each(['gaussian', 'poisson', 'categorical'])('%s chains stay as often as they should, and speak as their state does', async (emissions) => {
  const made = await make({ kind: 'hmm', sequences: 20, length: 1000, states: 2, emissions, dimensions: 2, stay: 0.8, seed: 5 })
  const codes = made.data.labels!
  const within = [...codes.keys()].filter((at) => at % 1000 > 0)
  expect(within.filter((at) => codes[at] === codes[at - 1]).length / within.length).toBeCloseTo(0.8, 1)
  const expected = { gaussian: 'means', poisson: 'rates', categorical: 'probabilities' }[emissions]!
  const ofState = [...codes.keys()].filter((at) => codes[at] === 0)
  const mean = ofState.reduce((sum, at) => sum + (emissions === 'categorical' ? Number(row(made, at)[1] === 0) : row(made, at)[1]!), 0) / ofState.length
  expect(mean / parameter(made, expected)[0]!).toBeCloseTo(1, 1)
})

test('without noise, points lie on their curves at the angles told', async () => {
  const roll = await make({ kind: 'swiss-roll', rows: 20, noise: 0 })
  const ring = await make({ kind: 'ring', rows: 20, rings: 2, noise: 0 })
  for (let at = 0; at < 20; at += 1) {
    const [x, y, z] = row(roll, at)
    expect(Math.hypot(x!, z!)).toBeCloseTo(factor(roll, 'angle')[at]!, 10)
    expect(y).toBeCloseTo(factor(roll, 'height')[at]!, 12)
    expect(Math.hypot(...row(ring, at))).toBeCloseTo(ring.data.labels![at]! + 1, 12)
  }
})

test('documents have their length, and terms come as their topics say', async () => {
  const made = await make({ kind: 'topics', documents: 400, terms: 5, topics: 2, length: 200, seed: 6 })
  const counts = [0, 1, 2, 3, 4].map(() => 0)
  const expected = counts.map(() => 0)
  for (let document = 0; document < 400; document += 1) {
    expect(row(made, document).reduce((sum, count) => sum + count, 0)).toBe(200)
    for (const term of counts.keys()) {
      counts[term]! += row(made, document)[term]!
      for (const topic of [0, 1]) expected[term]! += 200 * factor(made, `topic ${topic + 1}`)[document]! * parameter(made, 'topics')[topic * 5 + term]!
    }
  }
  counts.forEach((count, term) => expect(Math.abs(count - expected[term]!)).toBeLessThan(5 * Math.sqrt(expected[term]! + 1)))
})

test('more than fits is refused before it is made', async () => {
  const spec: GeneratorSpec = { ...generatorSpecSchema.parse({ kind: 'mixture', dimensions: 500 }), rows: 10_000_000 } as GeneratorSpec
  await expect(generateData(spec)).rejects.toMatchObject({ code: 'dataset/generated-too-large' })
})

describe('sprites', () => {
  test('every combination of factors comes once, and no two pictures are alike', async () => {
    const made = await make({ kind: 'sprites', seed: 3 })
    expect(made.data).toMatchObject({ kind: 'images', rows: 2304, shape: [2304, 16, 16, 1], valueRange: [0, 255], classes: ['square', 'ellipse', 'heart'] })
    const names = made.truth.factors.map(({ name }) => name)
    expect(names).toEqual(['shape', 'size', 'angle', 'x', 'y'])
    const combinations = new Set(Array.from({ length: 2304 }, (_, at) => names.map((name) => factor(made, name)[at]).join(' ')))
    expect(combinations.size).toBe(2304)
    const pictures = new Set(Array.from({ length: 2304 }, (_, at) => made.data.pixels!.subarray(256 * at, 256 * (at + 1)).join(' ')))
    expect(pictures.size).toBe(2304)
  })

  test('a figure has its middle at (x, y), an area that grows with the square of its size, and does not leave the picture', async () => {
    const made = await make({ kind: 'sprites', side: 48, shapes: 2, sizes: 2, rows: 400 })
    const [shape, size, x, y] = ['shape', 'size', 'x', 'y'].map((name) => factor(made, name))
    const unit = [1.6 ** 2, Math.PI * 0.55]
    for (let at = 0; at < 400; at += 1) {
      const pixels = made.data.pixels!.subarray(2304 * at, 2304 * (at + 1))
      const mean = (of: (place: number) => number): number => pixels.reduce((sum, value, place) => sum + value * of(place), 0) / pixels.reduce((sum, value) => sum + value, 0)
      expect(Math.abs(mean((place) => (place % 48) + 0.5) - x![at]!)).toBeLessThan(0.15)
      expect(Math.abs(mean((place) => Math.floor(place / 48) + 0.5) - y![at]!)).toBeLessThan(0.15)
      const area = pixels.reduce((sum, value) => sum + value / 255, 0)
      expect(area / size![at]! ** 2 / unit[shape![at]!]!).toBeCloseTo(1, 1)
      expect(pixels.every((value, place) => value === 0 || (place % 48 > 0 && place % 48 < 47 && place >= 48 && place < 47 * 48))).toBe(true)
    }
  })
})

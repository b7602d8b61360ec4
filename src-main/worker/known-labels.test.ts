import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDatasetArrays } from '../files/dataset-arrays'
import { type StoredDataset, storeDataset, train } from './training-fixture'

/** Iris with the labels of some rows alone. */
async function irisWith(isKnown: (row: number) => boolean): Promise<StoredDataset> {
  const iris = await storeDataset('iris.csv', { label: 'target' })
  const { features, labels } = openDatasetArrays(iris.folder, iris.dataset)
  const lines = Array.from(labels!, (code, row) => [...features.subarray(4 * row, 4 * row + 4), isKnown(row) ? `class ${code}` : ''].join(','))
  const path = join(mkdtempSync(join(tmpdir(), 'latent-labels-')), 'iris.csv')
  writeFileSync(path, `a,b,c,d,kind\n${lines.join('\n')}\n`)
  return storeDataset(path, { label: 'kind', missing: 'keep' })
}

interface Params {
  weights: number[]
  means: number[][]
  covariances: number[][][]
  componentNames: string[]
}

const model = { kind: 'gaussian-mixture', components: 3, labels: 'clamp', regularization: 0 }
const inference = { kind: 'em', tolerance: 1e-12 }

let all: StoredDataset
let few: StoredDataset
beforeAll(async () => {
  all = await irisWith(() => true)
  few = await irisWith((row) => row % 5 === 0)
})

describe('rows with a label', () => {
  it.each(['full', 'tied', 'diagonal', 'VEV'])('all of them labelled, the fit is the Bayes classifier: %s', async (covariance) => {
    const run = await train(all, { model: { ...model, covariance }, inference })
    const classifier = await train(all, { model: { kind: 'bayes-classifier', covariance, regularization: 0 }, inference: { kind: 'em' } })
    const [ours, theirs] = [await run.inspect<Params>({ kind: 'params' }), await classifier.inspect<Params>({ kind: 'params' })]
    expect(ours.componentNames).toEqual(['class 0', 'class 1', 'class 2'])
    const flat = ({ weights, means, covariances }: Params): number[] => [...weights, ...means.flat(), ...covariances.flat(2)]
    expect(flat(ours).length).toBe(flat(theirs).length)
    flat(ours).forEach((value, index) => expect(value).toBeCloseTo(flat(theirs)[index]!, 6))
    // scikit-learn 1.2: accuracy_score of QuadraticDiscriminantAnalysis and LinearDiscriminantAnalysis on their training rows.
    if (covariance === 'full' || covariance === 'tied') expect(run.finished().metrics['train/accuracy']).toBeCloseTo(0.98, 10)
  })

  it('all of them labelled, the likelihood is that of rows and labels together', async () => {
    const run = await train(all, { model, inference })
    const { weights, means, covariances } = await run.inspect<Params>({ kind: 'params' })
    const { features, labels } = openDatasetArrays(all.folder, all.dataset)
    let total = 0
    for (const [row, k] of labels!.entries()) total += Math.log(weights[k]!) + logNormal([...features.subarray(4 * row, 4 * row + 4)], means[k]!, covariances[k]!)
    expect(run.finished().metrics['train/logLikelihood']).toBeCloseTo(total / 150, 9)
  })

  it('a few of them labelled, the fit is a fixed point of EM with their responsibilities held', async () => {
    const run = await train(few, { model, inference })
    const { weights, means, covariances } = await run.inspect<Params>({ kind: 'params' })
    const { features, labels } = openDatasetArrays(few.folder, few.dataset)
    const sums = [0, 1, 2].map(() => ({ count: 0, mean: [0, 0, 0, 0] }))
    let total = 0
    for (const [row, label] of labels!.entries()) {
      const x = [...features.subarray(4 * row, 4 * row + 4)]
      const joint = weights.map((weight, k) => (label >= 0 && label !== k ? 0 : weight * Math.exp(logNormal(x, means[k]!, covariances[k]!))))
      const sum = joint.reduce((a, b) => a + b)
      total += Math.log(sum)
      sums.forEach((own, k) => {
        own.count += joint[k]! / sum
        own.mean = own.mean.map((value, column) => value + (joint[k]! / sum) * x[column]!)
      })
    }
    expect(run.finished().metrics['train/logLikelihood']).toBeCloseTo(total / 150, 8)
    sums.forEach(({ count, mean }, k) => {
      expect(count / 150).toBeCloseTo(weights[k]!, 5)
      mean.forEach((value, column) => expect(value / count).toBeCloseTo(means[k]![column]!, 4))
    })
  })

  it('a few labels keep the bound and the likelihood from falling, and their identity', async () => {
    const run = await train(few, { model, inference: { ...inference, restarts: 1, initialization: 'random' } })
    const [logLikelihood, bound, kl] = ['logLikelihood', 'lowerBound', 'kl'].map((name) => run.series(`train/${name}`) as number[])
    expect(bound!.length).toBeGreaterThan(3)
    bound!.forEach((value, index) => {
      expect(Math.abs(value + kl![index]! - logLikelihood![index + 1]!)).toBeLessThan(1e-9)
      expect(value).toBeGreaterThanOrEqual(logLikelihood![index]! - 1e-11)
    })
  })

  it('labels on some rows tell the classes of the others', async () => {
    const accuracy = async (data: StoredDataset): Promise<number> => {
      const run = await train(data, { model, inference })
      const { labels } = openDatasetArrays(all.folder, all.dataset)
      const told = await run.inspect<{ values: Float64Array; columns: string[] }>({ kind: 'apply', output: 'assignments', dataset: all.dataset, datasetFolder: all.folder })
      return labels!.reduce((right, code, row) => right + Number(told.values[row] === code), 0) / 150
    }
    expect(await accuracy(few)).toBeGreaterThan(0.96)
  })

  it('each class may have several components, and a component beyond the classes takes rows without a label alone', async () => {
    const run = await train(few, { model: { ...model, covariance: 'tied', components: 7, componentsPerClass: 2 }, inference })
    const { componentNames, weights } = await run.inspect<Params>({ kind: 'params' })
    expect(componentNames).toEqual(['class 0 1', 'class 0 2', 'class 1 1', 'class 1 2', 'class 2 1', 'class 2 2', 'component 7'])
    const frame = await run.inspect<{ responsibilities: Float32Array }>({ kind: 'emFrame', iteration: 1e6 })
    const { labels } = openDatasetArrays(few.folder, few.dataset)
    const sums = new Float64Array(7)
    for (const [row, label] of labels!.entries()) {
      const own = frame.responsibilities.subarray(7 * row, 7 * row + 7)
      own.forEach((value, k) => (sums[k]! += value))
      if (label < 0) continue
      own.forEach((value, k) => expect(Math.floor(k / 2) === label || value === 0).toBe(true))
    }
    sums.forEach((sum, k) => expect(sum / 150).toBeCloseTo(weights[k]!, 3))
  })

  it('every family and every relative of EM holds them', async () => {
    const faithful = await irisWith((row) => row % 3 === 0)
    for (const own of [{ kind: 'student-t-mixture' }, { kind: 'k-means' }, { kind: 'gaussian-mixture', covariance: 'VVI' }]) {
      const run = await train(faithful, { model: { ...own, components: 3, labels: 'clamp' }, inference: { kind: 'em' } })
      expect(run.finished().metrics['train/accuracy'], own.kind).toBeGreaterThan(0.88)
    }
    for (const kind of ['hard-em', 'annealed-em', 'generalized-em', 'monte-carlo-em', 'online-em']) {
      const run = await train(faithful, { model, inference: { kind } })
      expect(run.finished().metrics['train/accuracy'], kind).toBeGreaterThan(0.85)
    }
  })

  it('too few components, and data without labels, are told', async () => {
    const failed = async (data: StoredDataset, components: number): Promise<string> =>
      JSON.stringify((await train(data, { model: { ...model, components }, inference })).messages.at(-1))
    expect(await failed(few, 2)).toMatch(/model.components is 2. Set it to 3/)
    expect(await failed(await storeDataset('faithful.csv'), 3)).toMatch(/has no label column/)
  })
})

/** log N(x; mean, covariance), by elimination. */
function logNormal(x: readonly number[], mean: readonly number[], covariance: readonly (readonly number[])[]): number {
  const rows = covariance.map((row, at) => [...row, x[at]! - mean[at]!])
  let [logDeterminant, square] = [0, 0]
  for (let pivot = 0; pivot < rows.length; pivot += 1) {
    const own = rows[pivot]!
    logDeterminant += Math.log(own[pivot]!)
    square += own.at(-1)! ** 2 / own[pivot]!
    for (const other of rows.slice(pivot + 1)) {
      const factor = other[pivot]! / own[pivot]!
      for (let at = pivot; at < own.length; at += 1) other[at]! -= factor * own[at]!
    }
  }
  return -0.5 * (x.length * Math.log(2 * Math.PI) + logDeterminant + square)
}

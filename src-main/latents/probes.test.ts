import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { type ProbeRows, crossValidate, fitAndPredict, scoreOf, stratifiedFolds, takeRows } from './probes'

const runtime = createOnnxRuntime({ threads: 1 })
const pause = async (): Promise<void> => {}

const lines = readFileSync('resources/datasets/iris.csv', 'utf8').trim().split('\n').slice(1)
const iris: ProbeRows = {
  columns: 4,
  features: Float64Array.from(lines.flatMap((line) => line.split(',').slice(0, 4).map(Number))),
  targets: Float64Array.from(lines, (_, row) => Math.floor(row / 50)),
}
const even = Array.from({ length: 75 }, (_, index) => 2 * index)
const odd = even.map((row) => row + 1)

describe('probes', () => {
  it('logistic: the predictions of scikit-learn on the odd rows of iris', async () => {
    // scikit-learn 1.2.1: LogisticRegression(C=1/(75*0.01), tol=1e-8, max_iter=10000) on StandardScaler().fit_transform(X[::2]); score(X[1::2]) = 0.96
    const predicted = await fitAndPredict(runtime, { kind: 'logistic', penalty: 0.01, hidden: 0 }, 3, takeRows(iris, even), takeRows(iris, odd), { seed: 1, stream: 't' })
    expect(scoreOf('logistic', predicted, takeRows(iris, odd).targets)).toBeCloseTo(0.96, 10)
  })

  it('ridge: the R² of scikit-learn', async () => {
    // scikit-learn 1.2.1: Ridge(alpha=75*0.1) of petal width on the other columns, standardized
    const width = { ...iris, columns: 3, features: iris.features.filter((_, index) => index % 4 !== 3), targets: iris.features.filter((_, index) => index % 4 === 3) }
    const predicted = await fitAndPredict(runtime, { kind: 'ridge', penalty: 0.1, hidden: 0 }, 1, takeRows(width, even), takeRows(width, odd), { seed: 1, stream: 't' })
    expect(scoreOf('ridge', predicted, takeRows(width, odd).targets)).toBeCloseTo(0.9207092275125237, 6)
  })

  it('an MLP learns what no linear probe can', async () => {
    const rows = 400
    const features = new Float64Array(2 * rows)
    const targets = new Float64Array(rows)
    for (let row = 0; row < rows; row += 1) {
      const [a, b] = [Math.sin(row * 12.9898) , Math.sin(row * 78.233 + 1)]
      features.set([a, b], 2 * row)
      targets[row] = a * b > 0 ? 1 : 0
    }
    const xor = { features, columns: 2, targets }
    const plan = { classes: 2, folds: 4, seed: 3, pause }
    const linear = await crossValidate(runtime, xor, { ...plan, spec: { kind: 'logistic', penalty: 1e-3, hidden: 0 } })
    const curved = await crossValidate(runtime, xor, { ...plan, spec: { kind: 'mlp', penalty: 1e-4, hidden: 16 } })
    expect(linear.score).toBeLessThan(0.65)
    expect(curved.score).toBeGreaterThan(0.93)
  })

  it('folds are disjoint, cover all rows, and have the classes in proportion', () => {
    const folds = stratifiedFolds(iris.targets, 5, { seed: 1, stream: 'f' })
    expect([...folds.flatMap((fold) => [...fold])].sort((a, b) => a - b)).toEqual(Array.from({ length: 150 }, (_, row) => row))
    for (const fold of folds) expect([0, 1, 2].map((code) => fold.filter((row) => iris.targets[row] === code).length)).toEqual([10, 10, 10])
  })

  it('more rows to learn from do not make a probe worse', async () => {
    const plan = { classes: 3, folds: 5, seed: 1, pause, spec: { kind: 'logistic', penalty: 0.01, hidden: 0 } as const }
    const few = await crossValidate(runtime, iris, plan, 10)
    const all = await crossValidate(runtime, iris, plan)
    expect(all.score).toBeGreaterThan(0.93)
    expect(all.score).toBeGreaterThanOrEqual(few.score)
  })
})

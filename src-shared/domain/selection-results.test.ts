import { expect, test } from 'vitest'
import type { SelectionUnit } from './selection'
import { bootstrapResult, chosenByTests, gridResult, ratioTests } from './selection-results'
import { nextUnits } from './selection-units'
import { runSpecSchema } from './spec'

const spec = runSpecSchema.parse({ dataset: 'd', model: { kind: 'gaussian-mixture' }, inference: { kind: 'em' } })
const ratio = (components: number, replicate: number, difference: number | null): SelectionUnit => ({
  ...{ kind: 'ratio', components, replicate, smaller: 0, larger: difference === null ? null : difference / 2, reason: null },
})

test('a p-value counts the draws that reach the data, and the data themselves', () => {
  const units = [ratio(1, 0, 10), ratio(1, 1, 12), ratio(1, 2, 10), ratio(1, 3, 9), ratio(1, 4, 0)]
  const [first] = ratioTests({ replicates: 4, components: [1, 2] }, units)
  expect(first).toMatchObject({ statistic: 10, simulated: [12, 10, 9, 0], pValue: 3 / 5 })
  expect(ratioTests({ replicates: 5, components: [1] }, units)[0]!.pValue).toBeNull()
})

test('tests go on while K is rejected and end at the first that is not', () => {
  const question = { kind: 'ratio-test' as const, spec, components: [1, 2, 3], structures: [], restarts: 3, replicates: 3, level: 0.3 }
  const rejected = [ratio(1, 0, 10), ratio(1, 1, 1), ratio(1, 2, 1), ratio(1, 3, 1)]
  expect(nextUnits(question, rejected).every((unit) => unit.kind === 'ratio' && unit.components === 2)).toBe(true)
  const kept = [...rejected, ratio(2, 0, 1), ratio(2, 1, 5), ratio(2, 2, 5), ratio(2, 3, 5)]
  expect(nextUnits(question, kept)).toEqual([])
  expect(chosenByTests(ratioTests(question, kept), 0.3)).toBe(2)
})

test('draws that could not be fitted are counted and left out', () => {
  const [first] = ratioTests({ replicates: 2, components: [1] }, [ratio(1, 0, 1), ratio(1, 1, null), ratio(1, 2, 3)])
  expect(first).toMatchObject({ failed: 1, pValue: 1 })
})

test('standard errors, bias and percentiles are those of R', () => {
  // R 4.2: x <- c(1,2,4,8,16); sd(x) 6.09918; mean(x) 6.2; quantile(x, c(.1,.9)) 1.4 12.8
  const units: SelectionUnit[] = [5, 1, 2, 4, 8, 16].map((mean, index) => ({ kind: 'replicate', index, parameters: { means: [[mean]] }, reason: null }))
  const { parameters, replicates } = bootstrapResult({ confidence: 0.8 }, units)
  expect(replicates).toBe(5)
  expect(parameters).toEqual([
    { name: 'means[0][0]', estimate: 5, bias: expect.closeTo(1.2, 12), standardError: expect.closeTo(6.09918, 5), low: expect.closeTo(1.4, 12), high: expect.closeTo(12.8, 12) },
  ])
})

test('held-out rows are pooled over the folds, and nothing is told before all are there', () => {
  const question = { kind: 'grid' as const, spec, components: [1], structures: [], restarts: 3, folds: 2 }
  const place = { components: 1, structure: null }
  const cell: SelectionUnit = { kind: 'cell', ...place, rows: 5, logLikelihood: -10, freeParameters: 2, certainty: null, converged: true, spurious: false, reason: null }
  const fold = (index: number, values: number[]): SelectionUnit => ({
    ...{ kind: 'fold', ...place, fold: index, rows: values.length, reason: null },
    sum: values.reduce((sum, value) => sum + value, 0),
    squares: values.reduce((sum, value) => sum + value * value, 0),
  })
  const all = [-1, -2, -3, -4, -6]
  const done = gridResult(question, [cell, fold(0, all.slice(0, 3)), fold(1, all.slice(3))])
  // R 4.2: mean(x) −3.2, sd(x)/sqrt(5) 0.8602325
  expect(done.cells[0]).toMatchObject({ crossValidated: expect.closeTo(-3.2, 12), standardError: expect.closeTo(0.8602325, 6) })
  expect(gridResult(question, [cell, fold(0, all.slice(0, 3))]).cells[0]!.crossValidated).toBeNull()
})

import { expect, test } from 'vitest'
import { countCurves, mixtureCurves, normalDensity } from './mixture-density'

test('the standard normal at 0 is 1/√(2π)', () => expect(normalDensity(0, 0, 1)).toBeCloseTo(0.3989422804, 9))

test('a mixture has area one, and each component the area of its weight', () => {
  const { xs, components, mixture } = mixtureCurves({ weights: [0.3, 0.7], means: [-2, 3], variances: [0.5, 2] }, -15, 18, 4001)
  const area = (curve: Float64Array): number => curve.reduce((sum, value) => sum + value * (xs[1]! - xs[0]!), 0)
  expect(area(mixture)).toBeCloseTo(1, 6)
  expect(components.map(area)[0]).toBeCloseTo(0.3, 6)
})

test('probabilities of counts add up to one, and those of a component to its weight', () => {
  const { components, mixture } = countCurves({ weights: [0.3, 0.7], rates: [4, 20] }, -3.5, 120)
  const sum = (curve: Float64Array): number => curve.reduce((total, value) => total + value, 0)
  expect(sum(mixture)).toBeCloseTo(1, 9)
  expect(sum(components[0]!)).toBeCloseTo(0.3, 9)
})

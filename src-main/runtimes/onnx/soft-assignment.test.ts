import { fillNormal, fillUniform } from '@shared/math/random'
import { expect, it } from 'vitest'
import { softAssignment } from './soft-assignment'

const normal = (size: number, stream: string): Float64Array => {
  const values = new Float64Array(size)
  fillNormal(values, { seed: 1, stream })
  return values
}

/** The same, row by row. */
function byHand(features: Float64Array, weight: Float64Array, natural: Float64Array, components: number) {
  const rows = weight.length
  const width = features.length / rows
  const sums = new Float64Array(components * width)
  const shares = new Float64Array(components * rows)
  let logLikelihood = 0
  for (let row = 0; row < rows; row += 1) {
    const forms = Array.from({ length: components }, (_, k) => {
      let form = 0
      for (let j = 0; j < width; j += 1) form += features[j * rows + row]! * natural[j * components + k]!
      return form
    })
    const largest = Math.max(...forms)
    const total = forms.reduce((sum, form) => sum + Math.exp(form - largest), 0)
    logLikelihood += weight[row]! * (largest + Math.log(total))
    for (const [k, form] of forms.entries()) {
      const share = (weight[row]! * Math.exp(form - largest)) / total
      shares[k * rows + row] = share
      for (let j = 0; j < width; j += 1) sums[k * width + j]! += share * features[j * rows + row]!
    }
  }
  return { sums, shares, logLikelihood }
}

it.each([
  [1, 1, 2],
  [3, 2, 1],
  [7, 4, 2],
  [150, 15, 4],
  [151, 16, 9],
  [62, 105, 3],
  [33, 5, 13],
])('gives the sums of %i rows with %i features over %i components', (rows, width, components) => {
  const features = normal(rows * width, 'features').fill(1, 0, rows)
  const weight = new Float64Array(rows)
  fillUniform(weight, { seed: 1, stream: 'weight' })
  if (rows > 2) weight[1] = 0
  const pass = softAssignment(features, weight, components)
  const sums = new Float64Array(components * width)
  for (const scale of [1, 30, 1e4]) {
    pass.natural.set(normal(width * components, `natural ${scale}`).map((value) => scale * value))
    const wanted = byHand(features, weight, pass.natural, components)
    const logLikelihood = pass.sum(sums)
    expect(Math.abs(logLikelihood - wanted.logLikelihood)).toBeLessThan(1e-12 * scale * rows * width)
    const shares = pass.shares()
    for (const [index, share] of wanted.shares.entries()) expect(Math.abs(shares[index]! - share)).toBeLessThan(1e-12 * scale)
    for (const [index, sum] of wanted.sums.entries()) expect(Math.abs(sums[index]! - sum)).toBeLessThan(1e-12 * scale * rows)
  }
})

it('gives the same bits for the same rows', () => {
  const [features, weight] = [normal(40 * 6, 'features').fill(1, 0, 40), new Float64Array(40).fill(1)]
  const [first, second] = [softAssignment(features, weight, 3), softAssignment(features, weight, 3)]
  const natural = normal(18, 'natural')
  first.natural.set(natural)
  second.natural.set(natural)
  const [a, b] = [new Float64Array(18), new Float64Array(18)]
  expect(first.sum(a)).toBe(second.sum(b))
  expect(a).toEqual(b)
  expect(first.sum(b)).toBe(second.sum(a))
  expect(a).toEqual(b)
})

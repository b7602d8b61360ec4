import { describe, expect, it } from 'vitest'
import { figureCsv } from './figure-csv'
import { figureSvg, joinedSvg } from './figure-svg'
import { conditionalFigure, decisionFigure, fillingFigure, sitesFigure } from './inside-figures'
import { edgesAround, fifthsOf, histogram, patches, pointGroups } from './layers'
import { wordsOf } from './words'

const words = wordsOf('en')
const data = (features: number[], labels: number[]) => ({ featureNames: ['a', 'b'], rowIndex: Int32Array.from(labels.keys()), features: Float32Array.from(features), labels: Int32Array.from(labels), classes: ['no', 'yes'], total: labels.length })

describe('a plane in boxes', () => {
  it('covers every cell once, with its own layer and shade, in as few boxes as its lines allow', () => {
    const edges = [0, 1, 2, 3, 4]
    const layers = patches(edges, edges, (column, line) => ({ layer: column < 2 ? 0 : 1, shade: line === 0 ? 0 : 0.5 }), [{ label: 'left', colour: 0 }, { label: 'right', colour: 1 }])
    expect(layers.map(({ step, stepTo, value, valueTo }) => [step, stepTo, value, valueTo])).toEqual([
      [[0, 0, 0], [2, 2, 2], [1, 2, 3], [2, 3, 4]],
      [[2, 2, 2], [4, 4, 4], [1, 2, 3], [2, 3, 4]],
    ])
  })
  it('edges lie half way between middles', () => expect(edgesAround([0, 2, 4])).toEqual([-1, 1, 3, 5]))
  it('a histogram counts every value', () => {
    const { layer, top } = histogram([1, 2, 2, 3])
    expect(layer.valueTo!.reduce((sum, count) => sum + count)).toBe(4)
    expect(top).toBe(Math.max(...layer.valueTo!))
  })
  it('is drawn as rectangles, and its CSV has both corners', () => {
    const curves = patches([0, 1, 2], [0, 1], (column) => ({ layer: 0, shade: column === 0 ? 0.2 : 0.4 }), [{ label: 'p', colour: 0 }])
    const figure = { name: 'f', title: 't', xLabel: 'x', yLabel: 'y', curves }
    const fills = [...figureSvg(figure).matchAll(/<path[^>]*fill="([^"]+)"/g)].map(([, fill]) => fill!).filter((fill) => /^#(cc|99)/.test(fill))
    expect(fills).toEqual(['#cce3f0', '#99c7e0'])
    expect(figureCsv(figure)).toBe('curve,x,y,x to,y to,shade\np,0,0,1,1,0.2\np,1,0,2,1,0.4\n')
  })
})

it('fifths hold as many values each, from the lowest', () => {
  const values = Array.from({ length: 100 }, (_, at) => (at * 37) % 100)
  const { of } = fifthsOf(values)
  expect([0, 1, 2, 3, 4].map((fifth) => values.filter((_, at) => of(at) === fifth).length)).toEqual([20, 20, 20, 20, 20])
  expect(of(values.indexOf(0))).toBe(0)
})

it('points without a group or a place are left out', () => {
  const [one] = pointGroups([1, NaN, 3], [1, 2, 3], (row) => (row === 2 ? -1 : 0), ['only'])
  expect(one!.step).toEqual([1])
})

it('the regions of a decision lie where the class is the most probable one', () => {
  const found = decisionFigure(data([0, 0, 1, 1], [0, 1]), ['no', 'yes'], [0, 1], ([x]) => (x > 0.5 ? [0.1, 0.9] : [0.9, 0.1]), 't')!
  const [no, yes] = found.curves
  expect(Math.max(...no!.stepTo!)).toBeLessThanOrEqual(Math.min(...yes!.step) + 1e-12)
  expect(found.curves.slice(2).map(({ label, step }) => [label, step])).toEqual([['no', [0]], ['yes', [1]]])
})

it('a conditional density is one line, and beside it the marginal one where something is given', () => {
  const column = { name: 'a', family: 'real', minimum: 0, maximum: 1, mean: 0.5, categories: null } as const
  const picture = { columns: [column], target: ['a'], axes: [[0, 1]], density: Float64Array.of(1, 2), marginal: Float64Array.of(3, 4), weights: [1], priorWeights: [1], logDensityOfGiven: 0, mean: [0], covariance: [[1]] }
  expect(conditionalFigure(picture, false, 't', words)!.curves.map(({ value }) => value)).toEqual([[1, 2]])
  expect(conditionalFigure(picture, true, 't', words)!.curves.map(({ value }) => value)).toEqual([[1, 2], [3, 4]])
})

it('filled-in entries have a line of a standard deviation to each side, and none where nothing was filled in', () => {
  const found = { featureNames: ['a', 'b'], units: 'file' as const, total: 3, rowIndex: Int32Array.of(0, 1), values: Float64Array.of(1, 2, 3, 4), deviations: Float64Array.of(0.5, NaN, NaN, NaN), codes: [false, false], complete: Float64Array.of(7, 8) }
  const [whole, spread, filled] = fillingFigure(found, [0, 1], 't', words)!.curves
  expect([whole!.step, whole!.value]).toEqual([[7, 3], [8, 4]])
  expect([spread!.step, spread!.value]).toEqual([[0.5, 1.5, 1], [2, 2, null]])
  expect([filled!.step, filled!.value]).toEqual([[1], [2]])
})

it('sites lie over their row, by how well it agrees', () => {
  const propagation = { rowIndex: Int32Array.of(1, 0), precision: Float64Array.of(-1, 2), agreement: Float64Array.of(0.05, 1) } as never
  const { curves } = sitesFigure(propagation, data([5, 6, 7, 8], [0, 1]), [0, undefined], 't', words)!
  expect(curves.map(({ label, step, value }) => [label, step, value])).toEqual([['agreement 0 … 0.2', [7], [-1]], ['agreement 0.8 … 1', [5], [2]]])
})

it('several figures are one picture with one legend', () => {
  const figure = (name: string) => ({ name, title: name, xLabel: 'x', yLabel: 'y', curves: [{ label: 'left', step: [0, 1], value: [0, 1] }, { label: 'right', step: [0, 1], value: [1, 0] }] })
  const { svg } = joinedSvg([figure('a'), figure('b'), figure('c')], { width: 600, height: 300 })
  expect(svg.match(/>left</g)).toHaveLength(1)
  expect(svg.match(/<svg/g)).toHaveLength(5)
})

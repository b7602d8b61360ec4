import { describe, expect, it } from 'vitest'
import { sampleRun } from '../store/sample-run'
import { figureCsv } from './figure-csv'
import { figureSvg } from './figure-svg'
import { envelopeFigure, scatterFigure, selectionFigure } from './group-figures'
import { sweepContourFigure, sweepFrontFigure, sweepParallelFigure, sweepTimelineFigure } from './sweep-figures'
import { wordsOf } from './words'

const words = wordsOf('en')
const reported = (id: string, seed: number, value: number[]) => ({
  run: sampleRun(id, { status: 'completed', metrics: { 'train/elbo': value.at(-1)! }, spec: { ...sampleRun(id).spec, seed } }),
  series: { 'train/elbo': { step: value.map((_, step) => step), value } },
  dataset: null,
  evidence: [],
})
const runs = [reported('a', 1, [1, 2, 3]), reported('b', 2, [3, 4, 8]), reported('c', 1, [0, 0, 1])]
const groups = [{ label: 'first', parameters: {}, runs: ['a', 'b'], seeds: [1, 2] }, { label: 'second', parameters: {}, runs: ['c'], seeds: [1] }]
const trial = (index: number, parameters: Record<string, number | string>, values: number[], status = 'completed') => ({
  ...{ index, parameters, values, status, reason: null, source: 'sampler', runs: [], epochs: null },
  ...{ startedAt: `2026-11-20T10:00:0${index}.000Z`, endedAt: `2026-11-20T10:00:0${index + 1}.500Z` },
})
const sweep = {
  name: 'search',
  plan: { objective: [{ metric: 'test/elbo', direction: 'maximize' }, { metric: 'train/kl', direction: 'minimize' }], parameters: { 'a.rate': { logUniform: [0.001, 1] }, 'a.width': { integer: [1, 9] }, 'a.act': { values: ['relu', 'tanh'] } } },
} as never
const trials = [trial(0, { 'a.rate': 0.001, 'a.width': 1, 'a.act': 'relu' }, [1, 5]), trial(1, { 'a.rate': 0.1, 'a.width': 9, 'a.act': 'tanh' }, [3, 6]), trial(2, { 'a.rate': 1, 'a.width': 5, 'a.act': 'relu' }, [2, 9]), trial(3, { 'a.rate': 1, 'a.width': 5, 'a.act': 'relu' }, [0, 9], 'pruned')] as never[]

describe('figures of several runs, drawn from the store', () => {
  it('a group is its mean between its lowest and its highest run at every step', () => {
    const { curves } = envelopeFigure('train/elbo', runs, groups, words)!
    expect(curves.map(({ label, value }) => [label, value])).toEqual([['first (mean of 2)', [2, 3, 5.5]], ['', [1, 2, 3]], ['', [3, 4, 8]], ['second (mean of 1)', [0, 0, 1]]])
    expect(envelopeFigure('test/none', runs, groups, words)).toBeNull()
  })
  it('end figures stand over a number of the specification, one point a run, coloured by group', () => {
    const { curves } = scatterFigure(['seed', 'train/elbo'], runs, groups)!
    expect(curves.map(({ step, value, colour }) => [step, value, colour])).toEqual([[[1, 2], [3, 8], 0], [[1], [1], 1]])
  })
  it('of two objectives the trials that no other beats in both are joined', () => {
    const { curves } = sweepFrontFigure(sweep, trials, words)!
    expect(curves.map(({ label, step, value }) => [label, step, value])).toEqual([['other trials', [2], [9]], ['beaten by no other', [1, 3], [5, 6]], ['', [1, 3], [5, 6]]])
  })
  it('a timeline has a line for each trial that is over, in seconds from the first', () => {
    const { curves } = sweepTimelineFigure(sweep, trials, (iso) => Date.parse(iso), words)!
    expect(curves.map(({ label, step }) => [label, step])).toEqual([['completed', [0, 1.5, 1.5, 1, 2.5, 2.5, 2, 3.5, 3.5]], ['pruned', [3, 4.5, 4.5]]])
    expect(curves[1]!.value).toEqual([3, 3, null])
  })
  it('parallel coordinates scale each axis to its range, logarithms where the space has them, categories by their order', () => {
    const figure = sweepParallelFigure(sweep, trials, words)!
    expect(figure.names).toEqual(['rate (0.001 … 1)', 'width (1 … 9)', 'act (relu … tanh)', 'test/elbo (1 … 3)'])
    const best = figure.curves.at(-1)!
    expect(best.value).toEqual([0, 1, 2, 3, null])
    expect(best.step.map((one) => Number(one.toFixed(6)))).toEqual([0.666667, 1, 1, 1, 0])
    expect(figureCsv({ ...figure, name: 'f' }).split('\n').slice(0, 2).join('|')).toBe('curve,parameter,share of its range|other trials,rate (0.001 … 1),1')
    expect(figureSvg({ ...figure, name: 'f' })).toContain('rate (0.001 … 1)')
  })
  it('two parameters are drawn in fifths from the best to the worst, on the scales of the space', () => {
    const figure = sweepContourFigure(sweep, trials, ['a.rate', 'a.width'], words)!
    expect([figure.logX, figure.logY]).toEqual([true, false])
    expect(figure.curves.map(({ label, step, value }) => [label, step, value])).toEqual([['fifth 1 (3 … 3)', [0.1], [9]], ['fifth 2 (2 … 2)', [1], [5]], ['fifth 4 (1 … 1)', [0.001], [1]]])
    expect(sweepContourFigure(sweep, trials, ['a.rate', 'a.act'], words)).toBeNull()
  })
  it('a grid of models is a line for each structure, without what was spurious', () => {
    const cell = (components: number, structure: string, logLikelihood: number, spurious = false) => ({ kind: 'cell', components, structure, logLikelihood, freeParameters: 2, rows: 10, entropy: 0, converged: true, spurious, reason: null, durationMs: 1 })
    const question = { kind: 'grid', components: [1, 2], structures: ['EII', 'VVV'], folds: 0 }
    const figure = selectionFigure({ name: 'grid', question } as never, [cell(1, 'EII', -9), cell(2, 'EII', -5), cell(1, 'VVV', -4), cell(2, 'VVV', 100, true)] as never[], 'bic', words)!
    expect(figure.curves.map(({ label, step }) => [label, step])).toEqual([['EII', [1, 2]], ['VVV', [1]]])
    expect(figure.curves[0]!.value[1]).toBeCloseTo(2 * -5 - 2 * Math.log(10), 9)
  })
})

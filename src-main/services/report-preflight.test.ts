import { describe, expect, it } from 'vitest'
import { messages } from '@shared/messages/messages'
import { sampleRun } from '../store/sample-run'
import { preflight } from './report-preflight'

const one = (id: string, seed: number, metrics: Record<string, number> = { 'test/elbo': -1 }, evidence: unknown[] = []) =>
  ({ run: sampleRun(id, { status: 'completed', metrics, spec: { ...sampleRun(id).spec, seed } }), series: {}, dataset: {}, evidence }) as never
const group = (label: string, runs: string[], seeds: number[]) => ({ label, parameters: {}, runs, seeds })
const told = (runs: never[], more: Partial<Parameters<typeof preflight>[0]> = {}) => preflight({ runs, comparison: null, gone: [], sweep: null, sweepGone: null, ...more })

describe('what a reviewer would ask for', () => {
  it('a bound without an estimate of log p(x) is named; with one it is not, nor is a model whose likelihood is known', () => {
    const codes = (run: never): string[] => told([run, one('b', 2, { 'test/logLikelihood': -1 })]).map(({ code }) => code)
    expect(codes(one('a', 1))).toEqual(['report/no-estimator'])
    expect(codes(one('a', 1, { 'test/elbo': -1 }, [{ estimator: 'importance' }]))).toEqual([])
    expect(codes(one('a', 1, { 'test/logLikelihood': -1 }))).toEqual([])
  })
  it('groups of one seed are named among groups of several', () => {
    const comparison = { statistics: { groups: [group('few', ['a'], [1]), group('many', ['b', 'c'], [1, 2])] } } as never
    expect(told([one('a', 1, {}), one('b', 1, {}), one('c', 2, {})].map((run) => run), { comparison }).find(({ code }) => code === 'report/groups-one-seed')!.details).toEqual({ groups: ['few'] })
  })
  it('a sweep that is gone, or not over, and runs that are gone are named', () => {
    const codes = told([one('a', 1, { 'test/logLikelihood': 1 }), one('b', 2, { 'test/logLikelihood': 1 })], { gone: ['x'], sweepGone: 's1' }).map(({ code, details }) => [code, details])
    expect(codes).toEqual([['report/runs-gone', { runs: ['x'] }], ['report/sweep-gone', { sweep: 's1' }]])
    expect(told([], { sweep: { id: 's2', status: 'interrupted' } as never }).map(({ code }) => code)).toEqual(['report/sweep-unfinished'])
  })
  it('each says so in English and in Chinese', () => {
    for (const [code, { en, zh }] of Object.entries(messages as Record<string, { en: string; zh: string }>).filter(([code]) => code.startsWith('report/'))) {
      expect([code, en.length > 20, /\p{Script=Han}/u.test(zh)]).toEqual([code, true, true])
    }
  })
})

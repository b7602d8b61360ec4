import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { comparisonLatex } from '@shared/domain/comparison-latex'
import { comparisonRequestSchema, comparisonSchema, type Comparison, type GroupedRuns, type GroupEnvelope } from '@shared/domain/comparison'
import { runSpecSchema } from '@shared/domain/spec'
import type { MethodOutput } from '@shared/rpc/contract'
import { createRunFolder } from '../files/run-files'
import { writeSafetensors } from '../files/safetensors'
import { sampleRun } from '../store/sample-run'
import { openStore, type Store } from '../store/store'
import { compareRuns, createCompareMethods } from './compare'
import { labelsOf } from './group-labels'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-compare-'))
  store = openStore(join(folder, 'latent.db'), folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const key = 'train/logLikelihood'
const three = [-104.2, -103.1, -105.7, -102.9, -104.8, -103.3, -106.1]
const two = [-103.9, -101.8, -105.9, -100.7, -102.2, -102.8, -103]
function add(id: string, components: number, seed: number, value: number | null, change = {}): string {
  const spec = runSpecSchema.parse({ dataset: 'faithful', seed, name: `my ${id}`, model: { kind: 'gaussian-mixture', components }, inference: { kind: 'em' } })
  store.runs.insert(sampleRun(id, { spec, status: 'completed', metrics: { [key]: value, 'train/kl': 0 }, ...change }))
  return id
}
const addAll = (name: string, components: number, values: number[], firstSeed = 1): string[] =>
  values.map((value, index) => add(`${name}${index}`, components, firstSeed + index, value))
const compare = (runs: string[], more: object = {}): Comparison =>
  comparisonSchema.parse(compareRuns(runs.map((id) => store.runs.get(id)!), comparisonRequestSchema.parse({ runs, ...more })))

describe('runs side by side', () => {
  it('are grouped by everything except seed and name, and what differs is named by its path', () => {
    const { runs, differingParameters, metrics, statistics } = compare([...addAll('a', 3, three), ...addAll('b', 2, two)])
    expect(statistics.groups.map(({ label, seeds }) => [label, seeds])).toEqual([['components=3', [1, 2, 3, 4, 5, 6, 7]], ['components=2', [1, 2, 3, 4, 5, 6, 7]]])
    expect(Object.keys(differingParameters).sort()).toEqual(['model.components', 'seed'])
    expect(differingParameters['model.components']).toMatchObject({ a0: 3, b6: 2 })
    expect(metrics[key]).toMatchObject({ a0: -104.2, b6: -103 })
    expect(runs.map(({ group }) => group)).toEqual([...Array<number>(7).fill(0), ...Array<number>(7).fill(1)])
  })

  it('on shared seeds are tested by signed ranks: R 4.2.2, wilcox.test(paired = TRUE), V = 1, p = 0.03125', () => {
    const { better, summaries, comparisons } = compare([...addAll('a', 3, three), ...addAll('b', 2, two)]).statistics.metrics[key]!
    expect(better).toBe('higher')
    // R: t.test(a)$conf.int
    expect(summaries[0]).toMatchObject({ n: 7, mean: expect.closeTo(-104.3, 10), interval: { low: expect.closeTo(-105.4855834730681, 10), high: expect.closeTo(-103.1144165269318, 10) } })
    expect(comparisons).toHaveLength(1)
    expect(comparisons[0]).toMatchObject({ test: 'wilcoxon-signed-rank', n: [7, 7], statistic: 1, pValue: 0.03125, adjustedPValue: 0.03125, warnings: [] })
    expect(comparisons[0]).toMatchObject({ effectSize: { kind: 'rank-biserial', value: expect.closeTo(-26 / 28, 12) }, wins: { first: 1, second: 6, ties: 0 } })
    expect(comparisons[0]!.interval!.high).toBeLessThan(0)
  })

  it("on other seeds are tested by Welch: R, t.test(a, b), p = 0.1045709; Holm counts all pairs", () => {
    const { comparisons } = compare([...addAll('a', 3, three), ...addAll('b', 2, two, 100), ...addAll('c', 4, three, 200)]).statistics.metrics[key]!
    expect(comparisons.map(({ groups }) => groups)).toEqual([[0, 1], [0, 2], [1, 2]])
    expect(comparisons[0]).toMatchObject({ test: 'welch-t', n: [7, 7], pValue: expect.closeTo(0.1045709003763142, 10), adjustedPValue: expect.closeTo(3 * 0.1045709003763142, 9) })
    expect(comparisons[0]!.effectSize).toMatchObject({ kind: 'cohen-d', value: expect.closeTo(-0.9435224802322536, 10) })
    expect(comparisons[0]!.wins!.first + comparisons[0]!.wins!.second + comparisons[0]!.wins!.ties).toBe(49)
  })

  it('a handful of shared seeds does not cost the others: 2 of 7 are compared without pairs', () => {
    const { comparisons } = compare([...addAll('a', 3, three), ...addAll('b', 2, two, 6)]).statistics.metrics[key]!
    expect(comparisons[0]).toMatchObject({ test: 'welch-t', n: [7, 7] })
    const paired = compare([...addAll('c', 5, three), ...addAll('d', 6, two.slice(0, 6), 2)]).statistics.metrics[key]!.comparisons[0]!
    expect(paired).toMatchObject({ test: 'wilcoxon-signed-rank', n: [6, 6] })
    expect(paired.warnings.map(({ code, details }) => [code, details])).toEqual([['compare/unshared-seeds', { shared: 6, first: 7, second: 6 }]])
  })

  it('says what cannot be believed: one seed, few seeds, equal figures, unfinished runs, other data', () => {
    const single = compare([add('x', 1, 1, -5), add('y', 2, 1, -4)])
    const [pair] = single.statistics.metrics[key]!.comparisons
    expect(pair).toMatchObject({ test: null, pValue: null, difference: -1, interval: null, warnings: [{ code: 'compare/one-seed' }] })
    const few = compare([...addAll('a', 3, three.slice(0, 3)), ...addAll('b', 2, two.slice(0, 3))]).statistics.metrics
    expect(few[key]!.comparisons[0]!.warnings).toMatchObject([{ code: 'compare/few-pairs', details: { n: 3, smallest: 0.25 } }])
    expect(few['train/kl']!.comparisons[0]).toMatchObject({ test: null, difference: 0, wins: null })
    expect(few['train/kl']!.comparisons[0]!.warnings.map(({ code }) => code)).toContain('compare/no-difference')
    const other = compare(['x', add('f', 1, 2, -7, { status: 'failed' }), add('g', 1, 3, -7, { datasetSha256: 'cd34' })])
    expect(other.statistics.warnings.map(({ code }) => code)).toEqual(['compare/unfinished', 'compare/other-data'])
    expect(other.statistics.metrics[key]!.summaries.map(({ n }) => n)).toEqual([1, 1])
  })

  it('are named by what sets them apart from others of their kind, numbers in short where that tells them apart', () => {
    const labels = labelsOf([
      { dataset: 'a', 'model.kind': 'vae', 'model.latent': 4, 'inference.rate': 0.0007216739363878348, 'inference.clip': 0 },
      { dataset: 'a', 'model.kind': 'vae', 'model.latent': 4, 'inference.rate': 0.0012345678, 'inference.clip': 0 },
      { dataset: 'a', 'model.kind': 'vae', 'model.latent': 4, 'inference.rate': 0.0012345699, 'inference.clip': 0 },
      { dataset: 'a', 'model.kind': 'mixture', 'model.components': 3 },
    ])
    expect(labels).toEqual(['rate=0.0007217 kind=vae', 'rate=0.0012345678 kind=vae', 'rate=0.0012345699 kind=vae', 'kind=mixture'])
  })

  it('a seed that was run twice counts once', () => {
    const { summaries } = compare([...addAll('a', 3, three), add('again', 3, 1, -104.2)]).statistics.metrics[key]!
    expect(summaries[0]).toMatchObject({ n: 7, mean: expect.closeTo(-104.3, 10) })
  })

  it('a metric that none has is named, with the nearest', () => {
    addAll('a', 3, three)
    expect(() => compare(['a0', 'a1'], { metrics: ['train/loglikelihod'] })).toThrowError(expect.objectContaining({ details: { metric: 'train/loglikelihod', nearest: key } }))
  })

  it('say how figures of held-out rows were estimated, and that bounds and exact figures do not compare', () => {
    const held = 'test/logLikelihood'
    const exact = { estimator: 'exact', samples: null, rows: 30, standardError: 0, rowStandardError: 0.2, effectiveSampleSize: null } as const
    const ids = [exact, { ...exact, estimator: 'predictive' as const, rowStandardError: 0.3 }].map((known, at) => add(`a${at}`, 2 + at, 1, -3, { metrics: { [held]: -3 - at, 'train/kl': 0 }, heldOut: { [held]: known } }))
    const found = compare(ids)
    expect(found.heldOut).toEqual({ [held]: { a0: exact, a1: { ...exact, estimator: 'predictive', rowStandardError: 0.3 } } })
    expect(found.statistics.warnings.map(({ code }) => code)).toContain('compare/other-estimators')
    expect(comparisonLatex(found, [held], 'en')).toMatch(/% test · log-likelihood, components=2: exact · s\.e\. 0\.2 · 30 rows\n/)
    expect(compare([ids[0]!]).statistics.warnings.map(({ code }) => code)).not.toContain('compare/other-estimators')
  })

  it('read as LaTeX: booktabs, the best in bold, special characters escaped', () => {
    const latex = comparisonLatex(compare([...addAll('a', 3, three), ...addAll('b', 2, two)], { metrics: [key] }), [key], 'en')
    expect(latex).toContain('components=2 & $\\mathbf{-102.9 \\pm 1.5}$ & 7 \\\\')
    expect(latex).toContain('components=3 & $-104.3 \\pm 1.2$ & 7 \\\\')
    expect(latex).toMatch(/Wilcoxon signed-rank & 7 & .* & \$r = -0\.93\$ & \$0\.031\$ \\\\/)
    expect(latex.match(/\\begin\{tabular\}/g)).toHaveLength(latex.match(/\\end\{tabular\}/g)!.length)
  })

  it('of many groups those with one or with the best can be asked for alone, and Holm counts those', () => {
    const ids = [...addAll('a', 3, three), ...addAll('b', 2, two), ...addAll('c', 4, three.map((value) => value - 5))]
    const all = compare(ids).statistics.metrics[key]!.comparisons
    const best = compare(ids, { against: 'best' }).statistics.metrics[key]!.comparisons
    expect(best.map(({ groups }) => groups)).toEqual([[0, 1], [1, 2]])
    expect(best[0]!.pValue).toBe(all[0]!.pValue)
    expect(best[0]!.adjustedPValue).toBeCloseTo(2 * best[1]!.pValue!, 12)
    expect(compare(ids, { against: 2 }).statistics.metrics[key]!.comparisons.map(({ groups }) => groups)).toEqual([[0, 2], [1, 2]])
  })

  it('in groups give envelopes over every point, and the epochs at which all have pictures', () => {
    const ids = addAll('a', 3, three)
    for (const [index, id] of ids.entries()) store.metrics.append(id, [0, 1, 2].map((step) => ({ key, step, value: step * index })))
    const methods = createCompareMethods(store, { runFolder: (id) => join(folder, id) })
    const [first, second] = methods['compare.envelopes']({ groups: [ids.slice(0, 3), ids.slice(3)], key }) as GroupEnvelope[]
    expect([[...first!.low], [...first!.mean], [...first!.high], first!.curves]).toEqual([[0, 0, 0], [0, 1, 2], [0, 2, 4], 3])
    expect([second!.curves, second!.high[2]]).toEqual([4, 12])
    for (const [id, steps] of [['a0', [1, 2, 5]], ['a1', [2, 5, 9]]] as const) for (const step of steps) store.runs.putArtifact(id, { name: `p${step}`, kind: 'pictures', step, bytes: 1 })
    expect(methods['compare.pictures']({ runs: ids })).toEqual({ steps: [2, 5], runs: ['a0', 'a1'] })
  })

  it('give what each shows at an epoch that all have, the last unless another is wanted, and say which there are', () => {
    const sheets = (runs: string[], step?: number) => createCompareMethods(store, { runFolder: (id) => join(folder, id) })['compare.sheets']({ runs, step }) as MethodOutput<'compare.sheets'>
    const ids = addAll('a', 3, [-1, -2, -3])
    expect(() => sheets(ids)).toThrow(expect.objectContaining({ code: 'compare/no-pictures' }))
    const shade = { a0: 0.25, a1: 0.75 }
    for (const [id, steps] of [['a0', [1, 2, 5]], ['a1', [2, 5, 9]]] as const) {
      const { artifact } = createRunFolder(join(folder, id))
      for (const step of steps) {
        const row = { shape: [1, 4], values: Float32Array.of(0, shade[id], 1, step / 10) }
        const none = { shape: [0, 4], values: new Float32Array() }
        writeSafetensors(artifact(`p${step}`), { tensors: { inputs: row, reconstructions: row, samples: none }, metadata: { step: String(step), imageShape: '[2,2,1]', features: '4' } })
        store.runs.putArtifact(id, { name: `p${step}`, kind: 'pictures', step, bytes: 1 })
      }
    }
    const last = sheets(ids)
    expect([last.step, last.sheets.map(({ id }) => id)]).toEqual([5, ['a0', 'a1']])
    expect(sheets(ids, 2).sheets[0]!.png).not.toEqual(last.sheets[0]!.png)
    expect([...last.sheets[0]!.png.subarray(1, 4)]).toEqual([...new TextEncoder().encode('PNG')])
    expect(() => sheets(ids, 9)).toThrow(expect.objectContaining({ code: 'compare/not-a-common-step', details: expect.objectContaining({ step: 9, steps: [2, 5] }) as object }))
    store.runs.putArtifact('a2', { name: 'p7', kind: 'pictures', step: 7, bytes: 1 })
    expect(() => sheets(ids)).toThrow(expect.objectContaining({ code: 'compare/no-common-step' }))
  })

  it('give their curves whole', () => {
    add('a0', 3, 1, -1)
    add('a1', 3, 2, -2)
    store.metrics.append('a0', Array.from({ length: 5000 }, (_, step) => ({ key, step, value: step === 2 ? null : -step })))
    const [curve, ...rest] = createCompareMethods(store, { runFolder: (id) => join(folder, id) })['compare.curves']({ runs: ['a0', 'a1'], key }) as { id: string; step: Float64Array; value: Float64Array }[]
    expect(rest).toEqual([])
    expect([curve!.id, curve!.step.length, curve!.value[4999], curve!.value[2]]).toEqual(['a0', 5000, -4999, Number.NaN])
  })
})

describe('runs in groups', () => {
  const groups = (query: string, by: string[] | null): ReturnType<ReturnType<typeof createCompareMethods>['compare.groups']> =>
    createCompareMethods(store, { runFolder: (id) => join(folder, id) })['compare.groups']({ query, shelf: 'current', by, confidence: 0.95 })
  it('all except seed: the mean and interval are those of R over every run there is', async () => {
    addAll('a', 3, three)
    addAll('b', 2, two)
    add('f', 3, 50, -9999, { status: 'failed' })
    const found = await groups('', null)
    expect(found.map(({ label, runs, metrics }) => [label, runs.length, metrics[key]!.n])).toEqual([['components=3', 8, 7], ['components=2', 7, 7]])
    expect(found[0]!.metrics[key]).toMatchObject({ mean: expect.closeTo(-104.3, 10), interval: { low: expect.closeTo(-105.4855834730681, 10), high: expect.closeTo(-103.1144165269318, 10) } })
  })
  it('by any fields, and only those that match the query', async () => {
    addAll('a', 3, three)
    addAll('b', 2, two)
    expect((await groups('', ['dataset'])).map(({ runs }) => runs.length)).toEqual([14])
    expect((await groups('model.components = 2', ['model.components', 'seed'])).map(({ label }) => label)).toContain('components=2 seed=7')
  })
  it('only by fields that there are, and only figures that are wanted', () => {
    addAll('a', 3, three)
    expect(() => groups('', ['model.componets'])).toThrow(/No run has a column model.componets. The nearest name is model.components/)
    const found = createCompareMethods(store, { runFolder: (id) => join(folder, id) })['compare.groups']({ query: '', shelf: 'current', by: null, metrics: [key], confidence: 0.95 }) as GroupedRuns[]
    expect(found.map(({ metrics }) => Object.keys(metrics))).toEqual([[key]])
  })
  it('of 12,000 runs counts every one', async () => {
    store.together(() => {
      for (let index = 0; index < 12_000; index += 1) add(`r${index}`, 1 + (index % 2), index, index)
    })
    const found = await groups('', null)
    expect(found.map(({ metrics }) => metrics[key]!.n)).toEqual([6000, 6000])
    expect(found.find(({ parameters }) => parameters['model.components'] === 1)!.metrics[key]!.mean).toBeCloseTo(5999, 8)
  }, 60_000)
})

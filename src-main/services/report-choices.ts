import type { ReportBlock } from '@shared/domain/report'
import type { FigureQuery } from '@shared/domain/figure-query'
import type { InquiryKind } from '@shared/domain/inquiry'
import { hasNoise, isMixture } from '@shared/domain/models/mixtures'
import { hasCodes, hasLatents } from '@shared/domain/spec'
import { differingPaths, parametersOf } from '@shared/domain/flat-spec'
import { primaryMetric } from '@shared/domain/metric'
import type { Sweep, Trial } from '@shared/domain/sweep'
import { axesOf, trialImportance, valuedTrials } from '@shared/domain/trial-axes'
import type { ReportedRun } from '../reports/build'
import { columnOf } from '../reports/group-figures'
import type { Store } from '../store/store'

const perDimension = /\[\d+\]$/

/** Figures that there are numbers for. */
export function findableFigures(runs: readonly ReportedRun[], sweep: { sweep: Sweep; trials: Trial[] } | null, store: Pick<Store, 'runs' | 'selections' | 'inquiries'>): FigureQuery[] {
  const { inquiries } = store
  const keys = [...new Set(runs.flatMap(({ series }) => Object.keys(series).filter((key) => !perDimension.test(key) && series[key]!.step.length > 1)))]
  const hasTrace = (id: string): boolean => store.runs.artifacts(id).some(({ kind }) => kind === 'em-trace')
  const figures: FigureQuery[] = keys.map((metric) => ({ kind: 'metric', metric }))
  for (const { run, series } of runs) if (series['train/lowerBound']) figures.push({ kind: 'bound', run: run.id })
  for (const one of runs) if (one.run.status === 'completed') figures.push(...insideFigures(one, hasTrace(one.run.id)), ...answeredFigures(one, inquiries))
  figures.push(...groupFigures(runs, store))
  if (runs.some(({ evidence }) => evidence.some(({ curve }) => (curve?.samples.length ?? 0) > 1))) figures.push({ kind: 'evidence' })
  if (sweep && valuedTrials(sweep.trials).length > 0) {
    figures.push({ kind: 'sweep-history' })
    if (trialImportance(sweep.trials, sweep.sweep.plan)) figures.push({ kind: 'sweep-importance' })
    const numeric = axesOf(sweep.sweep.plan.parameters).filter(({ categories }) => !categories)
    for (const { path } of numeric) figures.push({ kind: 'sweep-slice', parameter: path })
    if (valuedTrials(sweep.trials).length > 1) figures.push({ kind: 'sweep-parallel' })
    for (const [index, { path: x }] of numeric.entries()) for (const { path: y } of numeric.slice(index + 1)) figures.push({ kind: 'sweep-contour', x, y })
    if (sweep.sweep.plan.objective.length > 1) figures.push({ kind: 'sweep-front' })
    figures.push({ kind: 'sweep-timeline' })
  }
  return figures
}

/** What a fitted model of each kind has to show. */
function insideFigures({ run, dataset }: ReportedRun, hasTrace: boolean): FigureQuery[] {
  const { id, spec: { model } } = run
  const plane = { run: id, x: 0, y: 1 }
  const isGapped = dataset?.kind === 'table' && dataset.columns.some(({ role, missing }) => role === 'feature' && missing > 0)
  const columns = dataset?.columns.filter(({ role }) => role === 'feature').map(({ name }) => name) ?? []
  const conditional: FigureQuery[] = columns.length > 1 && columns.length < 50 ? [{ kind: 'conditional', run: id, target: columns.slice(0, 2), given: [] }] : []
  const filling: FigureQuery[] = isGapped ? [{ kind: 'filling', ...plane }] : []
  if (isMixture(model)) {
    const clusters: FigureQuery[] = model.kind === 'k-means' ? [] : [{ kind: 'clusters', ...plane }, { kind: 'merging', run: id }, ...(hasNoise(model) ? [] : conditional)]
    const traced: FigureQuery[] = hasTrace ? [{ kind: 'mixture', ...plane }, ...(hasNoise(model) || model.kind === 'k-means' ? [] : [{ kind: 'direction' as const, run: id, direction: { kind: 'step' as const } }]), { kind: 'restarts', run: id }] : []
    return [...traced, ...clusters, ...filling]
  }
  if (model.kind === 'bayes-classifier') return [{ kind: 'decisions', ...plane }]
  if (model.kind === 'probit-regression' || model.kind === 'clutter') {
    return [{ kind: 'posterior', run: id, coordinate: 0 }, { kind: 'sites', run: id, x: 0 }, ...(model.kind === 'clutter' ? [] : [{ kind: 'decisions' as const, ...plane }])]
  }
  if (model.kind === 'hmm') return [{ kind: 'states', run: id, feature: 0 }, { kind: 'latent', ...plane }]
  const codes: FigureQuery[] = hasLatents(model.kind) ? [{ kind: 'latent', ...plane }, { kind: 'latent-kl', run: id }, { kind: 'aggregate', run: id }] : []
  const rows: FigureQuery[] = hasCodes(model.kind) && dataset?.kind === 'table' ? [{ kind: 'profiles', run: id }, { kind: 'row', run: id, row: 0 }] : []
  return [...codes, ...rows, ...filling]
}

/** What was asked about a run and is kept. */
function answeredFigures({ run: { id: run } }: ReportedRun, inquiries: Store['inquiries']): FigureQuery[] {
  const kinds = new Set(inquiries.list(run).filter(({ status }) => status === 'completed').map(({ question }) => question.kind))
  const found: Partial<Record<InquiryKind, FigureQuery[]>> = {
    evidence: [{ kind: 'estimates', run }],
    estimators: [{ kind: 'estimators', run }],
    probe: [{ kind: 'probe', run }],
    gaps: [{ kind: 'gap', run, part: 'amortization' }, { kind: 'gap', run, part: 'approximation' }],
    embedding: [{ kind: 'latent', run, x: 0, y: 1, by: 'umap' }],
  }
  return [...kinds].flatMap((kind) => found[kind] ?? [])
}

/** Means over seeds, end figures over what differs, and grids of models on the same data. */
function groupFigures(runs: readonly ReportedRun[], { selections }: Pick<Store, 'selections'>): FigureQuery[] {
  const figures: FigureQuery[] = runs.length > 1 ? [{ kind: 'envelope' }, { kind: 'parallel' }] : []
  const usual = runs.flatMap(({ run }) => primaryMetric[run.spec.model.kind] ?? [])[0]
  const numbers = differingPaths(runs.map(({ run }) => parametersOf(run))).filter((path) => path !== 'seed' && runs.every((one) => columnOf(one, path) !== null))
  if (usual !== undefined) for (const x of numbers) figures.push({ kind: 'scatter', x, y: usual })
  const data = new Set(runs.map(({ run }) => run.datasetSha256))
  for (const { id, question, status, datasetSha256 } of selections.list()) {
    if (status !== 'completed' || !data.has(datasetSha256)) continue
    if (question.kind === 'grid') figures.push({ kind: 'selection', selection: id, criterion: 'bic' }, { kind: 'selection-map', selection: id, criterion: 'bic' })
    if (question.kind === 'ratio-test') for (const components of question.components) figures.push({ kind: 'ratio', selection: id, components })
  }
  return figures
}

/** A template leaves out what there is nothing for yet; whoever adds such a block is told what is missing. */
export function hasMatter(block: ReportBlock, { runs, sweep }: { runs: readonly ReportedRun[]; sweep: { sweep: Sweep; trials: Trial[] } | null }): boolean {
  const kind = block.kind === 'figure' ? block.figure.kind : block.kind
  if (kind === 'evidence') return runs.some(({ evidence }) => evidence.length > 0)
  if (kind === 'sweep-importance') return sweep !== null && trialImportance(sweep.trials, sweep.sweep.plan) !== null
  if (kind === 'sweep-parallel') return sweep !== null && valuedTrials(sweep.trials).filter(({ status }) => status === 'completed').length > 1
  if (kind === 'envelope') return runs.length > 1 && runs.some(({ run, series }) => (series[primaryMetric[run.spec.model.kind] ?? '']?.step.length ?? 0) > 1)
  if (kind === 'sweep-history') return sweep !== null && valuedTrials(sweep.trials).length > 0
  return runs.length > 0 || kind === 'sweep' || kind === 'preflight'
}

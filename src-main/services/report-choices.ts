import type { ReportBlock } from '@shared/domain/report'
import type { FigureQuery } from '@shared/domain/report-figure'
import { differingPaths, parametersOf } from '@shared/domain/flat-spec'
import { primaryMetric } from '@shared/domain/metric'
import type { Sweep, Trial } from '@shared/domain/sweep'
import { axesOf, trialImportance, valuedTrials } from '@shared/domain/trial-axes'
import type { ReportedRun } from '../reports/build'
import { columnOf } from '../reports/group-figures'
import type { Store } from '../store/store'

const perDimension = /\[\d+\]$/
const ofKind = (runs: readonly ReportedRun[], wanted: (kind: string) => boolean): ReportedRun[] => runs.filter(({ run }) => wanted(run.spec.model.kind) && run.status === 'completed')

/** Figures that there are numbers for. */
export function findableFigures(runs: readonly ReportedRun[], sweep: { sweep: Sweep; trials: Trial[] } | null, store: Pick<Store, 'runs' | 'selections'>): FigureQuery[] {
  const keys = [...new Set(runs.flatMap(({ series }) => Object.keys(series).filter((key) => !perDimension.test(key) && series[key]!.step.length > 1)))]
  const hasTrace = (id: string): boolean => store.runs.artifacts(id).some(({ kind }) => kind === 'em-trace')
  const mixtures = ofKind(runs, (kind) => kind.includes('gaussian-mixture')).filter(({ run }) => hasTrace(run.id))
  const autoencoders = ofKind(runs, (kind) => kind === 'vae' || kind === 'autoencoder')
  const figures: FigureQuery[] = keys.map((metric) => ({ kind: 'metric', metric }))
  for (const { run, series } of runs) if (series['train/lowerBound']) figures.push({ kind: 'bound', run: run.id })
  for (const { run } of mixtures) figures.push({ kind: 'mixture', run: run.id, x: 0, y: 1 }, { kind: 'restarts', run: run.id })
  for (const { run } of autoencoders) figures.push({ kind: 'latent', run: run.id, x: 0, y: 1 }, { kind: 'latent-kl', run: run.id })
  for (const { run } of ofKind(runs, (kind) => kind === 'hmm')) figures.push({ kind: 'states', run: run.id, feature: 0 })
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

/** Means over seeds, end figures over what differs, and grids of models on the same data. */
function groupFigures(runs: readonly ReportedRun[], { selections }: Pick<Store, 'selections'>): FigureQuery[] {
  const figures: FigureQuery[] = runs.length > 1 ? [{ kind: 'envelope' }] : []
  const usual = runs.flatMap(({ run }) => primaryMetric[run.spec.model.kind] ?? [])[0]
  const numbers = differingPaths(runs.map(({ run }) => parametersOf(run))).filter((path) => path !== 'seed' && runs.every((one) => columnOf(one, path) !== null))
  if (usual !== undefined) for (const x of numbers) figures.push({ kind: 'scatter', x, y: usual })
  const data = new Set(runs.map(({ run }) => run.datasetSha256))
  for (const { id, question, status, datasetSha256 } of selections.list()) if (question.kind === 'grid' && status === 'completed' && data.has(datasetSha256)) figures.push({ kind: 'selection', selection: id, criterion: 'bic' })
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

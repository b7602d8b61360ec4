import type { ReportBlock } from '@shared/domain/report'
import type { FigureQuery } from '@shared/domain/report-figure'
import type { Sweep, Trial } from '@shared/domain/sweep'
import { axesOf, trialImportance, valuedTrials } from '@shared/domain/trial-axes'
import type { ReportedRun } from '../reports/build'
import type { Store } from '../store/store'

const perDimension = /\[\d+\]$/
const ofKind = (runs: readonly ReportedRun[], wanted: (kind: string) => boolean): ReportedRun[] => runs.filter(({ run }) => wanted(run.spec.model.kind) && run.status === 'completed')

/** Figures that there are numbers for. */
export function findableFigures(runs: readonly ReportedRun[], sweep: { sweep: Sweep; trials: Trial[] } | null, store: Pick<Store, 'runs'>): FigureQuery[] {
  const keys = [...new Set(runs.flatMap(({ series }) => Object.keys(series).filter((key) => !perDimension.test(key) && series[key]!.step.length > 1)))]
  const hasTrace = (id: string): boolean => store.runs.artifacts(id).some(({ kind }) => kind === 'em-trace')
  const mixtures = ofKind(runs, (kind) => kind.includes('gaussian-mixture')).filter(({ run }) => hasTrace(run.id))
  const autoencoders = ofKind(runs, (kind) => kind === 'vae' || kind === 'autoencoder')
  const figures: FigureQuery[] = keys.map((metric) => ({ kind: 'metric', metric }))
  for (const { run, series } of runs) if (series['train/lowerBound']) figures.push({ kind: 'bound', run: run.id })
  for (const { run } of mixtures) figures.push({ kind: 'mixture', run: run.id, x: 0, y: 1 }, { kind: 'restarts', run: run.id })
  for (const { run } of autoencoders) figures.push({ kind: 'latent', run: run.id, x: 0, y: 1 }, { kind: 'latent-kl', run: run.id })
  for (const { run } of ofKind(runs, (kind) => kind === 'hmm')) figures.push({ kind: 'states', run: run.id, feature: 0 })
  if (runs.some(({ evidence }) => evidence.some(({ curve }) => (curve?.samples.length ?? 0) > 1))) figures.push({ kind: 'evidence' })
  if (sweep && valuedTrials(sweep.trials).length > 0) {
    figures.push({ kind: 'sweep-history' })
    if (trialImportance(sweep.trials, sweep.sweep.plan)) figures.push({ kind: 'sweep-importance' })
    for (const { path, categories } of axesOf(sweep.sweep.plan.parameters)) if (!categories) figures.push({ kind: 'sweep-slice', parameter: path })
  }
  return figures
}

/** A template leaves out what there is nothing for yet; whoever adds such a block is told what is missing. */
export function hasMatter(block: ReportBlock, { runs, sweep }: { runs: readonly ReportedRun[]; sweep: { sweep: Sweep; trials: Trial[] } | null }): boolean {
  const kind = block.kind === 'figure' ? block.figure.kind : block.kind
  if (kind === 'evidence') return runs.some(({ evidence }) => evidence.length > 0)
  if (kind === 'sweep-importance') return sweep !== null && trialImportance(sweep.trials, sweep.sweep.plan) !== null
  if (kind === 'sweep-history') return sweep !== null && valuedTrials(sweep.trials).length > 0
  return runs.length > 0 || kind === 'sweep' || kind === 'preflight'
}

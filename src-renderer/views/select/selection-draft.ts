import type { Dataset } from '@shared/domain/dataset'
import { type CovarianceStructure, covarianceStructures } from '@shared/domain/models/mixtures'
import { type Resampling, type SelectionKind, type SelectionRequestInput, sizeFieldOf } from '@shared/domain/selection'
import type { ModelKind } from '@shared/domain/spec'
import { newDraft } from '../new-run-draft'

/** What the form holds before it becomes a request. */
export interface SelectionDraft {
  kind: SelectionKind
  dataset: string
  model: ModelKind
  from: number
  to: number
  structures: CovarianceStructure[]
  structure: CovarianceStructure
  standardize: boolean
  restarts: number
  folds: number
  seed: number
  replicates: number
  level: number
  run: string
  resampling: Resampling
  confidence: number
}

export const structureFamilies: readonly { name: 'spherical' | 'diagonal' | 'ellipsoidal'; structures: readonly CovarianceStructure[] }[] = [
  { name: 'spherical', structures: ['EII', 'VII'] },
  { name: 'diagonal', structures: ['EEI', 'VEI', 'EVI', 'VVI'] },
  { name: 'ellipsoidal', structures: ['EEE', 'VEE', 'EVE', 'VVE', 'EEV', 'VEV', 'EVV', 'VVV'] },
]

export const sizedModels = Object.keys(sizeFieldOf) as ModelKind[]
/** Rows are drawn again only from mixtures of which EM climbs the likelihood. */
export const resampledModels = sizedModels.filter((kind) => sizeFieldOf[kind] === 'components' && kind !== 'mixture-of-factor-analyzers')

const largest: Record<'components' | 'states' | 'latent', number> = { components: 9, states: 5, latent: 5 }

export function newSelectionDraft(kind: SelectionKind, dataset: Dataset | undefined): SelectionDraft {
  const draft: SelectionDraft = {
    ...{ kind, dataset: dataset?.name ?? '', model: 'gaussian-mixture', from: 1, to: 9, structures: [...covarianceStructures], structure: 'VVV' },
    ...{ standardize: false, restarts: 3, folds: 0, seed: 1, replicates: kind === 'bootstrap' ? 999 : 99, level: 0.05 },
    ...{ run: '', resampling: 'nonparametric', confidence: 0.95 },
  }
  return withModel(draft, dataset, 'gaussian-mixture')
}

/** Another model is asked for other sizes, and sees the data as it usually does. */
export function withModel(draft: SelectionDraft, dataset: Dataset | undefined, model: ModelKind): SelectionDraft {
  const field = sizeFieldOf[model] ?? 'components'
  const columns = dataset?.columns.filter(({ role }) => role === 'feature').length ?? 2
  const to = field === 'latent' ? Math.max(1, Math.min(largest.latent, columns - 1)) : draft.kind === 'ratio-test' ? 5 : largest[field]
  const { preprocess } = newDraft(model, dataset) as { preprocess: unknown[] }
  return { ...draft, model, from: 1, to, standardize: preprocess.includes('standardize') }
}

export const sizesOf = ({ from, to }: Pick<SelectionDraft, 'from' | 'to'>): number[] =>
  Array.from({ length: Math.max(0, Math.min(100, to - from + 1)) }, (_, index) => from + index)

/** How many fits the request asks for. */
export function fitsOf(draft: SelectionDraft): number {
  const sizes = sizesOf(draft).length
  if (draft.kind === 'bootstrap') return draft.replicates + 1
  if (draft.kind === 'ratio-test') return 2 * sizes * (draft.replicates + 1)
  return sizes * (draft.model === 'gaussian-mixture' ? draft.structures.length : 1) * (1 + (draft.folds > 1 ? draft.folds : 0))
}

export function requestOf(draft: SelectionDraft, dataset: Dataset | undefined): SelectionRequestInput {
  const { kind, model, restarts, folds, replicates, level, run, resampling, confidence, seed } = draft
  if (kind === 'bootstrap') return { kind, run, resampling, replicates, confidence }
  const base = newDraft(model, dataset) as { preprocess: unknown[] }
  const others = base.preprocess.filter((step) => step !== 'standardize')
  const spec = { ...base, dataset: draft.dataset, preprocess: draft.standardize ? ['standardize', ...others] : others, seed }
  const components = sizesOf(draft)
  const isGaussian = model === 'gaussian-mixture'
  if (kind === 'ratio-test') return { kind, spec, components, structures: isGaussian ? [draft.structure] : [], restarts, replicates, level }
  return { kind, spec, components, structures: isGaussian ? covarianceStructures.filter((one) => draft.structures.includes(one)) : [], restarts, folds }
}

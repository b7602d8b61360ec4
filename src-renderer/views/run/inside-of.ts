import type { Dataset } from '@shared/domain/dataset'
import { hasNoise, isMixture } from '@shared/domain/models/mixtures'
import { learnsFromObserved } from '@shared/domain/models/vae'
import type { ModelKind, ModelSpec } from '@shared/domain/spec'

export type InsideTab = 'mixture' | 'components' | 'states' | 'factors' | 'topics' | 'decisions' | 'posterior' | 'pictures'

/** The view into each kind of fitted model; those without one tell what they have by curves and figures. */
export const insideOf: Record<ModelKind, InsideTab | null> = {
  'gaussian-mixture': 'mixture',
  'student-t-mixture': 'mixture',
  'bernoulli-mixture': 'mixture',
  'categorical-mixture': 'mixture',
  'poisson-mixture': 'mixture',
  'mixed-mixture': 'mixture',
  'k-means': 'mixture',
  'bayesian-gaussian-mixture': 'components',
  'bayes-classifier': 'decisions',
  ppca: 'factors',
  'factor-analysis': 'factors',
  'mixture-of-factor-analyzers': 'factors',
  hmm: 'states',
  plsa: 'topics',
  lda: 'topics',
  clutter: 'posterior',
  'probit-regression': 'posterior',
  autoencoder: 'pictures',
  vae: 'pictures',
  'categorical-vae': 'pictures',
  'semi-supervised-vae': 'pictures',
  'vq-vae': 'pictures',
}

const fillsIn: ReadonlySet<ModelKind> = new Set<ModelKind>([
  'gaussian-mixture',
  'bernoulli-mixture',
  'categorical-mixture',
  'poisson-mixture',
  'mixed-mixture',
  'ppca',
  'factor-analysis',
  'mixture-of-factor-analyzers',
])

/** The view of what a model puts in the place of absent or hidden entries, where there are any to speak of. */
export function fillingOf(model: ModelSpec, dataset: Dataset | undefined): 'filling' | 'hiding' | null {
  if (!dataset || !(fillsIn.has(model.kind) || learnsFromObserved(model))) return null
  if (dataset.kind === 'images') return 'hiding'
  return dataset.columns.some(({ role, missing }) => role === 'feature' && missing > 0) ? 'filling' : null
}

const conditions: ReadonlySet<ModelKind> = new Set<ModelKind>(['gaussian-mixture', 'mixture-of-factor-analyzers', 'bayesian-gaussian-mixture', 'bernoulli-mixture', 'categorical-mixture', 'poisson-mixture', 'mixed-mixture'])

/** Models whose components are densities, so that they can be merged and compared. */
export const hasComponents = (model: { kind: ModelKind }): boolean =>
  isMixture(model) || model.kind === 'mixture-of-factor-analyzers' || model.kind === 'bayesian-gaussian-mixture'

/** Further views into mixtures: clusters of components, and some columns given others. Pictures have too many columns to choose from. */
export function mixtureViewsOf(model: ModelSpec, dataset: Dataset | undefined): ('clusters' | 'conditional')[] {
  if (!hasComponents(model)) return []
  const hasDensity = model.kind !== 'k-means' || model.softness > 0
  const columns = dataset?.kind === 'table' ? (dataset.shape[1] ?? 0) : 0
  return [...(hasDensity ? (['clusters'] as const) : []), ...(conditions.has(model.kind) && !(isMixture(model) && hasNoise(model)) && columns > 1 ? (['conditional'] as const) : [])]
}

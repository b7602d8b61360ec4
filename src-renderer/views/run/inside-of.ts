import type { ModelKind } from '@shared/domain/spec'

export type InsideTab = 'mixture' | 'components' | 'states' | 'factors' | 'topics' | 'decisions' | 'pictures'

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
  clutter: null,
  'probit-regression': null,
  vae: 'pictures',
}

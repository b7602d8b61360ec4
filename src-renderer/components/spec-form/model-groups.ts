import { modelKinds, type ModelKind } from '@shared/domain/spec'

export type ModelGroup = 'mixtures' | 'sequences' | 'factors' | 'topics' | 'propagation' | 'deep'

const groupOf: Record<ModelKind, ModelGroup> = {
  'gaussian-mixture': 'mixtures',
  'student-t-mixture': 'mixtures',
  'bernoulli-mixture': 'mixtures',
  'categorical-mixture': 'mixtures',
  'poisson-mixture': 'mixtures',
  'mixed-mixture': 'mixtures',
  'k-means': 'mixtures',
  'bayesian-gaussian-mixture': 'mixtures',
  'bayes-classifier': 'mixtures',
  hmm: 'sequences',
  ppca: 'factors',
  'factor-analysis': 'factors',
  'mixture-of-factor-analyzers': 'factors',
  plsa: 'topics',
  lda: 'topics',
  clutter: 'propagation',
  'probit-regression': 'propagation',
  autoencoder: 'deep',
  vae: 'deep',
  'categorical-vae': 'deep',
  'semi-supervised-vae': 'deep',
  'vq-vae': 'deep',
}

/** The kinds of models as a list offers them. */
export const modelGroups: readonly { name: ModelGroup; kinds: ModelKind[] }[] = (
  ['mixtures', 'sequences', 'factors', 'topics', 'propagation', 'deep'] as const
).map((name) => ({ name, kinds: modelKinds.filter((kind) => groupOf[kind] === name) }))

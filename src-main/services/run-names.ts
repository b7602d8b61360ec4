import type { RunSpec } from '@shared/domain/spec'

/** A readable name for a run that was given none. */
export function describeSpec(spec: RunSpec, datasetName: string): string {
  const { model } = spec
  switch (model.kind) {
    case 'gaussian-mixture':
      return `${datasetName} · gaussian-mixture K=${model.components} ${model.covariance}`
    case 'bayesian-gaussian-mixture':
      return `${datasetName} · ${model.kind} K≤${model.components}`
    case 'bayes-classifier':
    case 'student-t-mixture':
    case 'bernoulli-mixture':
    case 'categorical-mixture':
    case 'poisson-mixture':
    case 'mixed-mixture':
    case 'k-means':
      return `${datasetName} · ${model.kind} K=${model.components}`
    case 'mixture-of-factor-analyzers':
      return `${datasetName} · ${model.kind} K=${model.components} z=${model.latent}`
    case 'ppca':
    case 'factor-analysis':
      return `${datasetName} · ${model.kind} z=${model.latent}`
    case 'clutter':
    case 'probit-regression':
      return `${datasetName} · ${model.kind}`
    case 'plsa':
    case 'lda':
      return `${datasetName} · ${model.kind} K=${model.topics}`
    case 'hmm':
      return `${datasetName} · hmm K=${model.states} ${model.emissions}`
    case 'semi-supervised-vae':
      return `${datasetName} · ${model.kind} z=${model.latent} ${model.labelled} labels`
    case 'categorical-vae':
      return `${datasetName} · ${model.kind} ${model.variables}×${model.categories} ${typeof model.estimator === 'string' ? model.estimator : Object.keys(model.estimator)[0]}`
    case 'vq-vae':
      return `${datasetName} · ${model.kind} ${model.variables} of ${model.entries}×${model.width}`
    case 'autoencoder':
    case 'vae':
      return `${datasetName} · ${model.kind} z=${model.latent} ${typeof model.likelihood === 'string' ? model.likelihood : Object.keys(model.likelihood)[0]}`
    default:
      return model satisfies never
  }
}

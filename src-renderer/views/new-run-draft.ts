import type { Dataset } from '@shared/domain/dataset'
import { inferenceKindsOf, type ModelKind } from '@shared/domain/spec'
import { defaultOf, runSpecNode } from '../components/spec-form/field-node'

/** A specification to start from: defaults of the schema, with what this kind of data needs for this kind of model. */
export function newDraft(model: ModelKind, dataset: Dataset | undefined): unknown {
  return defaultOf(runSpecNode, {
    dataset: dataset?.name ?? '',
    split: splitFor(model, dataset),
    ...dataChoices(model, dataset),
    inference: { kind: inferenceKindsOf[model][0], ...paceFor(model, dataset) },
  })
}

function dataChoices(model: ModelKind, dataset: Dataset | undefined): object {
  if (model !== 'vae') return { model: { kind: model } }
  return dataset?.kind === 'table'
    ? { preprocess: ['standardize'], model: { kind: model, latent: 2, encoder: { mlp: [64] }, decoder: { mlp: [64] }, likelihood: { gaussian: {} } } }
    : { preprocess: ['scale'], model: { kind: model } }
}

/** Few rows need smaller batches and more passes to get anywhere: about 4,000 steps, where that is quick. */
function paceFor(model: ModelKind, dataset: Dataset | undefined): object {
  if (model !== 'vae' || !dataset || dataset.rows > 20_000) return {}
  const batchSize = dataset.rows < 500 ? 16 : dataset.rows < 5000 ? 64 : 128
  return { batchSize, epochs: Math.min(300, Math.max(20, Math.round((4000 * batchSize) / dataset.rows / 10) * 10)) }
}

/** An autoencoder is judged on rows it has not seen; a dataset with its own test part keeps it. */
function splitFor(model: ModelKind, dataset: Dataset | undefined): object {
  const hasTestPart = dataset?.parts.some((part) => part.name === 'test') ?? false
  return model !== 'vae' || hasTestPart ? {} : { train: 0.8, test: 0.2 }
}

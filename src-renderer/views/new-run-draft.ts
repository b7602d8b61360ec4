import type { Column, Dataset } from '@shared/domain/dataset'
import { hasCodes, inferenceKindsOf, type ModelKind } from '@shared/domain/spec'
import { defaultOf, runSpecNode } from '../components/spec-form/field-node'

/** A specification to start from: defaults of the schema, with what this kind of data needs for this kind of model. */
export function newDraft(model: ModelKind, dataset: Dataset | undefined): unknown {
  return defaultOf(runSpecNode, {
    dataset: dataset?.name ?? '',
    split: splitFor(model, dataset),
    ...dataChoices(model, dataset),
    inference: { kind: inferenceKindsOf[model][0], ...paceFor(model, dataset) },
    ...dataset?.preparation,
  })
}

function dataChoices(model: ModelKind, dataset: Dataset | undefined): object {
  const isTable = dataset?.kind === 'table'
  switch (model) {
    case 'autoencoder':
    case 'vae':
    case 'semi-supervised-vae':
      return isTable
        ? { preprocess: ['standardize'], model: { kind: model, latent: 2, encoder: { mlp: [64] }, decoder: { mlp: [64] }, likelihood: { gaussian: {} } } }
        : { preprocess: ['scale'], model: { kind: model } }
    case 'categorical-vae':
      return isTable
        ? { preprocess: ['standardize'], model: { kind: model, variables: 2, categories: 4, encoder: { mlp: [64] }, decoder: { mlp: [64] }, likelihood: { gaussian: {} } } }
        : { preprocess: ['scale'], model: { kind: model } }
    case 'vq-vae':
      return isTable
        ? { preprocess: ['standardize'], model: { kind: model, variables: 2, entries: 16, encoder: { mlp: [64] }, decoder: { mlp: [64] }, likelihood: { gaussian: {} } } }
        : { preprocess: ['scale'], model: { kind: model } }
    case 'ppca':
    case 'factor-analysis':
    case 'mixture-of-factor-analyzers':
      return { preprocess: isTable ? ['standardize'] : [], model: { kind: model } }
    case 'bernoulli-mixture':
      return { preprocess: isBinary(dataset) ? [] : ['scale', { binarize: { threshold: 0.5 } }], model: { kind: model, components: isTable ? 3 : 10 } }
    case 'clutter':
    case 'probit-regression':
      return { preprocess: ['standardize'], model: { kind: model } }
    case 'hmm':
      return { model: { kind: model, emissions: emissionsFor(dataset), states: 2 } }
    case 'plsa':
    case 'lda':
      return { model: { kind: model, topics: isTable ? Math.max(1, Math.min(10, (dataset?.shape[1] ?? 10) - 1)) : 10 } }
    default:
      return { model: { kind: model } }
  }
}

const featuresOf = (dataset: Dataset | undefined): Column[] => dataset?.columns.filter(({ role }) => role === 'feature') ?? []
const isCount = ({ type, summary }: Column): boolean => type === 'integer' && summary !== undefined && summary.minimum >= 0
/** So few whole numbers look like sides of a die rather than like counts. */
const mostSymbols = 12

function emissionsFor(dataset: Dataset | undefined): 'gaussian' | 'categorical' | 'poisson' {
  const features = featuresOf(dataset)
  if (dataset?.kind !== 'table' || features.length === 0 || !features.every(isCount)) return 'gaussian'
  return features.every(({ summary }) => summary!.maximum - summary!.minimum < mostSymbols) ? 'categorical' : 'poisson'
}
const isBinary = (dataset: Dataset | undefined): boolean => {
  const features = featuresOf(dataset)
  return features.length > 0 && features.every((column) => isCount(column) && column.summary!.maximum <= 1)
}

/**
 * Few rows need smaller batches and more passes to get anywhere: about 4,000 steps, where that is quick. Topics of many documents climb
 * for a long time and differ little between starts.
 */
function paceFor(model: ModelKind, dataset: Dataset | undefined): object {
  if ((model === 'plsa' || model === 'lda') && (dataset?.rows ?? 0) > 500) return { restarts: 2, tolerance: 1e-4 }
  if (!hasCodes(model) || !dataset || dataset.rows > 20_000) return {}
  const batchSize = dataset.rows < 500 ? 16 : dataset.rows < 5000 ? 64 : 128
  return { batchSize, epochs: Math.min(300, Math.max(20, Math.round((4000 * batchSize) / dataset.rows / 10) * 10)) }
}

/** An autoencoder is judged on rows it has not seen; a dataset with its own test part keeps it. */
function splitFor(model: ModelKind, dataset: Dataset | undefined): object {
  const hasTestPart = dataset?.parts.some((part) => part.name === 'test') ?? false
  return !hasCodes(model) || hasTestPart ? {} : { train: 0.8, test: 0.2 }
}

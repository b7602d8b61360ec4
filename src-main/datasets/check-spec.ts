import type { Column, Dataset } from '@shared/domain/dataset'
import { columnFamiliesOf, columnFamilyNames } from '@shared/domain/models/mixed'
import { isMixture, takesMissing } from '@shared/domain/models/mixtures'
import { learnsFromObserved } from '@shared/domain/models/vae'
import type { ModelKind, Network, RunSpec } from '@shared/domain/spec'
import { weightColumn, withoutWeights } from '@shared/domain/weight-column'
import { pictureSizes } from '@shared/math/picture-sizes'
import { AppError } from '@shared/rpc/errors'
import { checkCondition, modelledColumns } from './check-condition'
import { checkLikelihood, mixedColumnsOf } from './check-likelihood'
import { checkTold } from './check-discrete'
import { checkObjective } from './check-objective'
import { checkPreprocess, rangeAfter, seenBy } from './check-preprocess'
import { splitCounts } from './split'
import { nameStep } from './transform'

export interface SpecIssue {
  /** Field of the specification, e.g. model.components. */
  path: string
  error: AppError
}

/** What of a specification cannot work with a dataset, told from the stored summaries alone: no array is read. */
export function checkSpecAgainstData(spec: RunSpec, whole: Dataset): SpecIssue[] {
  const weights = checkWeights(spec, whole)
  if (weights.length > 0) return weights
  const dataset = withoutWeights(spec.model, whole)
  const features = dataset.columns.filter((column) => column.role === 'feature')
  if (features.length === 0) return [{ path: 'dataset', error: new AppError('spec/no-features', { dataset: dataset.name }) }]
  const asGiven = checkPreprocess(spec, dataset, features)
  const seen = seenBy(spec.preprocess, dataset)
  const changes = seen.dataset !== dataset
  if (changes && asGiven.length > 0) return asGiven
  const columns = changes ? seen.dataset.columns.filter((column) => column.role === 'feature') : features
  const own = changes ? { ...spec, preprocess: seen.steps } : spec
  const told = checkCondition(own, seen.dataset, columns)
  if (told.length > 0) return told
  const modelled = modelledColumns(spec.model, columns)
  return [
    ...checkMissing(spec, features),
    ...checkCategories(own, modelled),
    ...checkColumnNames(own, modelled),
    ...checkRows(own, seen.dataset),
    ...checkClasses(own, seen.dataset),
    ...checkLabels(own, seen.dataset),
    ...checkLatent(own, seen.dataset),
    ...checkSequences(own, seen.dataset),
    ...checkEarlyStopping(own, seen.dataset),
    ...checkConstantColumns(spec, dataset, features),
    ...asGiven,
    ...checkLikelihood(own, seen.dataset, modelled, rangeAfter(own.preprocess, seen.dataset, modelled)),
    ...checkNetworks(own, seen.dataset),
    ...checkObjective(own),
    ...checkTold(own, seen.dataset),
  ]
}

/** The column of weights is there and full, and none of its values is below 0. */
function checkWeights({ model }: RunSpec, dataset: Dataset): SpecIssue[] {
  const name = weightColumn(model)
  if (name === undefined) return []
  const path = 'model.weights'
  const features = dataset.columns.filter(({ role }) => role === 'feature')
  const column = dataset.kind === 'table' && features.find((feature) => feature.name === name)
  const known = dataset.kind === 'table' ? features.map((feature) => feature.name) : []
  if (!column) return [{ path, error: new AppError('mixture/no-weight-column', { column: name, known }) }]
  if (column.missing > 0) return [{ path, error: new AppError('mixture/missing-weights', { column: name, count: column.missing }) }]
  if (!column.summary || column.summary.minimum >= 0) return []
  return [{ path, error: new AppError('mixture/negative-weight', { column: name, value: column.summary.minimum }) }]
}

function checkMissing({ model, inference }: RunSpec, features: Column[]): SpecIssue[] {
  const column = features.find((feature) => feature.missing > 0)
  if (!column || (takesMissing(model) && inference.kind === 'em')) return []
  if (learnsFromObserved(model)) return []
  if (model.kind === 'vae') return [{ path: 'model.missing', error: new AppError('vae/missing-refused', { column: column.name, count: column.missing }) }]
  if (inference.kind === 'closed-form') return [{ path: 'inference.kind', error: new AppError('factors/missing-needs-em') }]
  return [{ path: 'dataset', error: new AppError('spec/missing-values', { column: column.name, count: column.missing }) }]
}

/** Codes of categories are no numbers. */
function checkCategories({ model, preprocess }: RunSpec, features: Column[]): SpecIssue[] {
  const column = features.find(({ categories }) => categories !== undefined)
  if (!column) return []
  const details = { column: column.name, categories: column.categories!.slice(0, 5), model: model.kind }
  const takes = mixedColumnsOf(model) !== null || model.kind === 'categorical-mixture' || (model.kind === 'hmm' && model.emissions === 'categorical')
  if (!takes) return [{ path: 'model.kind', error: new AppError('spec/categories', details) }]
  return preprocess.length > 0 ? [{ path: 'preprocess', error: new AppError('spec/categories-preprocessed', details) }] : []
}

/** Columns of which a mixed mixture is told the family are there, once each; names of categories have no other family. */
function checkColumnNames({ model }: RunSpec, features: Column[]): SpecIssue[] {
  const mixed = mixedColumnsOf(model)
  if (!mixed) return []
  const seen = new Set<string>()
  for (const family of columnFamilyNames) {
    for (const name of mixed.columns[family]) {
      const path = `${mixed.path}.${family}`
      const column = features.find((feature) => feature.name === name)
      if (!column) return [{ path, error: new AppError('mixed/no-such-column', { column: name, known: features.map((feature) => feature.name) }) }]
      if (seen.has(name)) return [{ path, error: new AppError('mixed/two-families', { column: name }) }]
      if (column.categories && family !== 'category') return [{ path, error: new AppError('mixed/names-are-categories', { column: name, family }) }]
      seen.add(name)
    }
  }
  const families = columnFamiliesOf(mixed.columns, features)
  const constant = features.find((column, at) => families[at] === 'real' && column.type !== 'pixels' && isConstant(column))
  if (!constant) return []
  return [{ path: 'dataset', error: new AppError('spec/constant-column', { column: constant.name, value: constant.summary!.minimum }) }]
}

function checkRows(spec: RunSpec, dataset: Dataset): SpecIssue[] {
  if (spec.split.draw === 'stratified' && !dataset.classes) {
    return [{ path: 'split.draw', error: new AppError('spec/stratified-without-labels', { dataset: dataset.name }) }]
  }
  const { train } = splitCounts(dataset, spec.split)
  if (train === 0) return [{ path: 'split.train', error: new AppError('spec/no-rows', { part: 'train', rows: dataset.rows }) }]
  const { model } = spec
  if (!(isMixture(model) || model.kind === 'mixture-of-factor-analyzers') || model.components <= train) return []
  const error = new AppError('spec/too-few-rows', { rows: train, components: model.components })
  return [{ path: 'model.components', error }]
}

const checkClasses = ({ model }: RunSpec, dataset: Dataset): SpecIssue[] =>
  model.kind === 'bayes-classifier' && dataset.classes === null
    ? [{ path: 'dataset', error: new AppError('classifier/no-labels', { dataset: dataset.name }) }]
    : []

/** Where labels hold the rows of a mixture, or begin it, there are some, and components for all of their classes. */
function checkLabels({ model, inference }: RunSpec, { classes, name }: Dataset): SpecIssue[] {
  if (!isMixture(model)) return []
  const begins = 'initialization' in inference && inference.initialization === 'labels'
  if (model.labels !== 'clamp' && !begins) return []
  const field = model.labels === 'clamp' ? 'model.labels' : 'inference.initialization'
  if (!classes) return [{ path: field, error: new AppError('mixture/no-labels', { field, dataset: name }) }]
  const perClass = model.labels === 'clamp' ? model.componentsPerClass : 1
  const details = { classes: classes.length, perClass, needed: classes.length * perClass, components: model.components }
  return model.components < details.needed ? [{ path: 'model.components', error: new AppError('mixture/too-few-for-classes', details) }] : []
}

/** Factors need a direction that is left to the noise. */
function checkLatent({ model }: RunSpec, dataset: Dataset): SpecIssue[] {
  if (model.kind !== 'ppca' && model.kind !== 'factor-analysis' && model.kind !== 'mixture-of-factor-analyzers') return []
  const columns = dataset.shape.slice(1).reduce((product, length) => product * length, 1)
  if (model.latent < columns) return []
  return [{ path: 'model.latent', error: new AppError('spec/too-many-latents', { latent: model.latent, columns }) }]
}

/** Sequences stay whole, and have a state for no more than each row. */
function checkSequences({ model, split }: RunSpec, dataset: Dataset): SpecIssue[] {
  if (model.kind !== 'hmm') return []
  if (split.draw === 'stratified') return [{ path: 'split.draw', error: new AppError('hmm/stratified') }]
  const { train } = splitCounts(dataset, split)
  if (model.states > train) return [{ path: 'model.states', error: new AppError('spec/too-few-rows', { rows: train, components: model.states }) }]
  const known = dataset.columns.filter(({ role }) => role === 'feature' || role === 'label').map(({ name }) => name)
  if (model.sequence === undefined || known.includes(model.sequence)) return []
  return [{ path: 'model.sequence', error: new AppError('hmm/no-sequence-column', { column: model.sequence, known }) }]
}

function checkEarlyStopping(spec: RunSpec, dataset: Dataset): SpecIssue[] {
  if (spec.inference.kind !== 'gradient' || spec.inference.earlyStopping === 0) return []
  if (splitCounts(dataset, spec.split).validation > 0) return []
  return [{ path: 'inference.earlyStopping', error: new AppError('spec/early-stopping-without-validation') }]
}

const isConstant = (column: Column): boolean => column.summary !== undefined && column.summary.minimum === column.summary.maximum

const needsVariance = new Set<ModelKind>([
  'gaussian-mixture',
  'factor-analysis',
  'mixture-of-factor-analyzers',
  'bayesian-gaussian-mixture',
])

/** A column that never varies has no variance to divide by, and none for a mixture to fit. */
function checkConstantColumns(spec: RunSpec, dataset: Dataset, features: Column[]): SpecIssue[] {
  if (dataset.kind !== 'table') return []
  const column = features.find(isConstant)
  if (!column) return []
  const fitsColumns = spec.preprocess.map(nameStep).some((step) => step.kind === 'standardize' || step.kind === 'scale')
  if (!fitsColumns && !needsVariance.has(spec.model.kind)) return []
  const error = new AppError('spec/constant-column', { column: column.name, value: column.summary!.minimum })
  return [{ path: fitsColumns ? 'preprocess' : 'dataset', error }]
}

/** Convolutions need pictures, and in every layer a picture their kernel fits on. */
function checkNetworks({ model }: RunSpec, dataset: Dataset): SpecIssue[] {
  if (!('encoder' in model)) return []
  const below = model.kind === 'semi-supervised-vae' && model.below && model.below !== 'none' ? model.below.vae : null
  const networks: [string, Network][] = (['encoder', 'decoder'] as const).flatMap((part): [string, Network][] => [
    [`model.${part}.channels`, model[part]],
    ...(below ? [[`model.below.vae.${part}.channels`, below[part]] as [string, Network]] : []),
  ])
  return networks.flatMap(([path, network]): SpecIssue[] => {
    if (network.channels.length === 0) return []
    if (dataset.kind !== 'images') return [{ path, error: new AppError('spec/convolution-needs-images', { field: path, dataset: dataset.name }) }]
    const [, height = 1, width = 1, depth = 1] = dataset.shape
    const inputs = pictureSizes(network, [height, width, depth]).slice(0, -1)
    const layer = inputs.findIndex((size) => Math.min(size.height, size.width) < network.kernel)
    if (layer < 0) return []
    const details = { field: path, kernel: network.kernel, layer: layer + 1, height: inputs[layer]!.height, width: inputs[layer]!.width }
    return [{ path, error: new AppError('spec/kernel-too-large', details) }]
  })
}

import type { Column, Dataset } from '@shared/domain/dataset'
import { type ColumnFamilyName, columnFamiliesOf } from '@shared/domain/models/mixed'
import type { LikelihoodSpec } from '@shared/domain/models/vae'
import type { ModelSpec, RunSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'

interface Issue {
  path: string
  error: AppError
}
export interface Range {
  minimum: number
  maximum: number
}
export const isUnit = ({ minimum, maximum }: Range): boolean => minimum >= 0 && maximum <= 1

/** The likelihood of models that have one of these, else null. */
export const likelihoodOf = (model: ModelSpec): LikelihoodSpec | null => ('likelihood' in model ? model.likelihood : null)

/** The families of columns that a model over columns of different types is told, and where they stand; null for other models. */
export function mixedColumnsOf(model: ModelSpec): { path: string; columns: Record<ColumnFamilyName, readonly string[]> } | null {
  if (model.kind === 'mixed-mixture') return { path: 'model', columns: model }
  const likelihood = likelihoodOf(model)
  if (!likelihood || typeof likelihood === 'string' || !('mixed' in likelihood)) return null
  return { path: 'model.likelihood.mixed', columns: likelihood.mixed }
}

/**
 * Is p(x|z) a distribution of such values?
 *
 * @param range  of the values after preprocessing
 */
export function checkLikelihood({ model, preprocess }: RunSpec, dataset: Dataset, features: Column[], range: Range): Issue[] {
  const likelihood = likelihoodOf(model)
  if (!likelihood) return []
  const issue = (error: AppError, path = 'model.likelihood'): Issue[] => [{ path, error }]
  const found = { dataset: dataset.name, ...range }
  if (likelihood === 'bernoulli') return isUnit(range) ? [] : issue(new AppError('spec/pixels-out-of-range', found))
  if ('mixed' in likelihood) {
    if (dataset.kind !== 'table') return issue(new AppError('vae/mixed-needs-table', { dataset: dataset.name }))
    if (preprocess.length > 0) return issue(new AppError('vae/mixed-preprocessed'), 'preprocess')
    return checkFamilies(columnFamiliesOf(likelihood.mixed, features), features)
  }
  const levels = 'categorical' in likelihood ? likelihood.categorical.levels : 'discretizedLogistic' in likelihood ? likelihood.discretizedLogistic.levels : null
  if (levels === null) return []
  const isWhole = features.every(({ type }) => type === 'integer' || type === 'pixels')
  const isScaled = preprocess.some((step) => typeof step === 'string' || !('binarize' in step))
  if (isScaled) return issue(new AppError('vae/levels-scaled'), 'preprocess')
  if (isWhole && range.minimum >= 0 && range.maximum < levels) return []
  return issue(new AppError('vae/not-levels', { ...found, largest: levels - 1, needed: range.maximum + 1 }))
}

/** Counts and codes are whole numbers from 0 on, binary columns 0 and 1. */
function checkFamilies(families: ColumnFamilyName[], features: Column[]): Issue[] {
  const unfit = features.find(({ type, summary }, index) => {
    const family = families[index]!
    if (family === 'real' || !summary) return false
    const isWhole = type === 'integer' || type === 'category'
    return !isWhole || summary.minimum < 0 || (family === 'binary' && summary.maximum > 1)
  })
  if (!unfit) return []
  const family = families[features.indexOf(unfit)]!
  const { minimum, maximum } = unfit.summary!
  return [{ path: `model.likelihood.mixed.${family}`, error: new AppError('vae/not-of-family', { column: unfit.name, family, minimum, maximum }) }]
}

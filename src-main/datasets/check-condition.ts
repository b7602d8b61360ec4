import type { Column, Dataset } from '@shared/domain/dataset'
import { conditionOf, toldColumns } from '@shared/domain/models/condition'
import { learnsFromObserved } from '@shared/domain/models/vae'
import type { ModelSpec, RunSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'

interface Issue {
  path: string
  error: AppError
}

/** What a model is told beside its rows is there, leaves something to be modelled, and fits the rest of the model. */
export function checkCondition({ model, preprocess }: RunSpec, { classes, kind, name }: Dataset, features: readonly Column[]): Issue[] {
  const condition = conditionOf(model)
  if (condition === 'none' || model.kind !== 'vae') return []
  const issue = (error: AppError, path = 'model.condition'): Issue[] => [{ path, error }]
  if (typeof model.prior === 'object' && 'vamp' in model.prior) return issue(new AppError('vae/condition-vamp'), 'model.prior')
  if (learnsFromObserved(model)) return issue(new AppError('vae/condition-incomplete'), 'model.missing')
  if (condition === 'labels') return classes ? [] : issue(new AppError('vae/condition-no-labels', { dataset: name }))
  if (kind !== 'table') return issue(new AppError('vae/condition-needs-table', { dataset: name }))
  const known = features.map((column) => column.name)
  const absent = condition.columns.find((column) => !known.includes(column))
  if (absent !== undefined) return issue(new AppError('mixed/no-such-column', { column: absent, known }), 'model.condition.columns')
  const codes = features.find(({ name: own, categories }) => categories && condition.columns.includes(own))
  if (codes && preprocess.length > 0) {
    return issue(new AppError('spec/categories-preprocessed', { column: codes.name, categories: codes.categories!.slice(0, 5), model: model.kind }), 'preprocess')
  }
  if (new Set(condition.columns).size < known.length) return []
  return issue(new AppError('vae/condition-takes-all', { count: known.length }), 'model.condition.columns')
}

/** The columns that are modelled. */
export function modelledColumns(model: ModelSpec, features: readonly Column[]): Column[] {
  const told = new Set(toldColumns(model))
  return features.filter(({ name }) => !told.has(name))
}

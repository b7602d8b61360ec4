import type { Dataset } from './dataset'
import type { ModelSpec } from './spec'

/*
 * A column may say how often its row counts. It is then no feature: the data of a fit are those without it. A weight of 2 is the same as the
 * row standing there twice, also in BIC and wherever rows are counted.
 */

/** The column of weights that a model asks for. */
export const weightColumn = (model: ModelSpec): string | undefined => ('weights' in model ? model.weights : undefined)

/** Its place among the features; −1 where the dataset has none of that name, or the model asks for none. */
export function weightPlace(model: ModelSpec, { columns, kind }: Dataset): number {
  const name = weightColumn(model)
  if (name === undefined || kind !== 'table') return -1
  return columns.filter(({ role }) => role === 'feature').findIndex((column) => column.name === name)
}

/** A dataset as the model sees it. */
export function withoutWeights(model: ModelSpec, dataset: Dataset): Dataset {
  if (weightPlace(model, dataset) < 0) return dataset
  const columns = dataset.columns.filter(({ role, name }) => role !== 'feature' || name !== weightColumn(model))
  return { ...dataset, columns, shape: [dataset.shape[0]!, dataset.shape[1]! - 1] }
}

import type { Column, Dataset } from '@shared/domain/dataset'
import { type ColumnFamilyName, columnFamiliesOf } from '@shared/domain/models/mixed'
import type { ModelSpec } from '@shared/domain/spec'
import { withoutWeights } from '@shared/domain/weight-column'
import type { RowBlocks } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import type { InspectedRun } from './inspected-run'

/* What a mixture over columns of different types tells, by the names of columns and categories. */

const featuresOf = ({ columns }: Pick<Dataset, 'columns'>): Column[] => columns.filter(({ role }) => role === 'feature')

/** What the parameters [K] of a column's family are called. */
const told: Record<ColumnFamilyName, (parameters: number[][]) => Record<string, unknown>> = {
  real: (own) => ({ means: own.map(([mean]) => mean), standardDeviations: own.map(([, variance]) => Math.sqrt(variance!)) }),
  count: (own) => ({ rates: own.map(([rate]) => rate) }),
  binary: (own) => ({ probabilities: own.map(([theta]) => theta) }),
  category: (own) => ({ probabilities: own }),
}

/** `{ weights, columns: { NAME: { family, … by component } } }`, from `{ weights, parameters }` as the family tells them. */
export function namedParameters(model: ModelSpec, dataset: Pick<Dataset, 'columns'>, featureNames: readonly string[], given: Record<string, unknown>) {
  if (model.kind !== 'mixed-mixture') return withCategories(model, dataset, given)
  const { weights, parameters } = given as { weights: number[]; parameters: number[][][] }
  const families = columnFamiliesOf(model, dataset.columns)
  const features = featuresOf(dataset)
  const columns = featureNames.map((name, at) => {
    const family = families[Math.min(at, families.length - 1)]!
    const own = parameters.map((component) => component[at]!)
    const categories = family === 'category' ? { categories: features[at]?.categories ?? own[0]!.map((_, code) => String(code)) } : {}
    return [name, { family, ...categories, ...told[family](own) }] as const
  })
  return { weights, columns: Object.fromEntries(columns) }
}

function withCategories({ kind }: ModelSpec, dataset: Pick<Dataset, 'columns'>, given: Record<string, unknown>): Record<string, unknown> {
  const named = featuresOf(dataset).filter(({ categories }) => categories !== undefined)
  if (kind !== 'categorical-mixture' || named.length === 0) return given
  return { ...given, categories: Object.fromEntries(named.map(({ name, categories }) => [name, categories])) }
}

/** Rows of a dataset with the codes that its categories have in the data the model was fitted to. Absent entries stay absent. */
export function recoded(rows: RowBlocks, dataset: Dataset, { spec, dataset: fitted }: Pick<InspectedRun, 'spec' | 'dataset'>): RowBlocks {
  const own = featuresOf(withoutWeights(spec.model, dataset))
  const codes = featuresOf(withoutWeights(spec.model, fitted)).map(({ categories: known, name }, at) => {
    const names = own[at]?.categories
    if (!known || !names || known.join('\n') === names.join('\n')) return null
    return names.map((category) => {
      const code = known.indexOf(category)
      if (code < 0) throw new AppError('mixed/unknown-category', { column: name, dataset: dataset.name, category, known })
      return code
    })
  })
  if (codes.every((map) => map === null)) return rows
  return {
    ...rows,
    *walk(limit) {
      for (const block of rows.walk(limit)) {
        yield block.map((value, index) => codes[index % rows.columns]?.[value] ?? value)
      }
    },
  }
}

import type { Column } from '@shared/domain/dataset'
import { columnFamiliesOf } from '@shared/domain/models/mixed'
import type { LikelihoodSpec } from '@shared/domain/models/vae'
import type { FloatType } from '../../graph/tensor'
import { bernoulli } from './bernoulli'
import { categorical } from './categorical'
import { discretizedLogistic } from './discretized-logistic'
import { gaussian } from './gaussian'
import type { Likelihood } from './likelihood'
import { type MixedColumn, mixed } from './mixed'
import { studentT } from './student-t'

/** @param columns  the feature columns, which tables of mixed types need */
export function pickLikelihood(spec: LikelihoodSpec, features: number, columns: readonly Column[], type: FloatType): Likelihood {
  if (spec === 'bernoulli') return bernoulli(features)
  if ('gaussian' in spec) return gaussian(spec.gaussian, features, type)
  if ('studentT' in spec) return studentT(spec.studentT, features, type)
  if ('categorical' in spec) return categorical(spec.categorical.levels, features, type)
  if ('discretizedLogistic' in spec) return discretizedLogistic(spec.discretizedLogistic, features, type)
  return mixed(mixedColumns(spec.mixed, columns), spec.mixed.floor, type)
}

function mixedColumns(families: Parameters<typeof columnFamiliesOf>[0], columns: readonly Column[]): MixedColumn[] {
  const features = columns.filter(({ role }) => role === 'feature')
  return columnFamiliesOf(families, features).map((family, index) => {
    const { categories, summary } = features[index]!
    const maximum = summary?.maximum ?? 0
    return {
      family,
      maximum,
      categories: categories?.length ?? maximum + 1,
      mean: summary?.mean ?? 0,
      standardDeviation: summary && summary.standardDeviation > 0 ? summary.standardDeviation : 1,
    }
  })
}

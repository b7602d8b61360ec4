import { structureOf } from '@shared/domain/models/mixtures'
import type { ModelKind, ModelSpec } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'
import type { PreparedData, PreparedPart } from '../datasets/prepare'
import { bernoulliFamily, categoricalFamily, poissonFamily } from '../models/mixtures/discrete-families'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import { limitFamily } from '../models/mixtures/limit-family'
import type { Mixture, MixtureFamily } from '../models/mixtures/mixture-family'
import { studentTFamily } from '../models/mixtures/student-t-family'

/** A mixture of any family. Parameters are opaque to what drives the fit. */
export type AnyFamily = MixtureFamily<Mixture>

const erased = <P extends Mixture>(family: MixtureFamily<P>): AnyFamily => family as unknown as AnyFamily

/** The family that a specification names, for given data. `scale`: a unit of the fit in units of the data, where all columns share it. */
export function familyFor(model: ModelSpec, data: PreparedData, scale = 1): AnyFamily {
  const columns = data.features
  switch (model.kind) {
    case 'gaussian-mixture': {
      const { components, covariance, regularization } = model
      return erased(gaussianFamily({ structure: structureOf(covariance), components, columns, regularization }))
    }
    case 'student-t-mixture':
      return erased(studentTFamily({ ...model, columns }))
    case 'bernoulli-mixture':
      return erased(bernoulliFamily({ ...model, columns }))
    case 'categorical-mixture':
      return erased(categoricalFamily({ ...model, columns, levels: levelsOf(data) }))
    case 'poisson-mixture':
      return erased(poissonFamily({ components: model.components, columns }))
    case 'k-means':
      return erased(limitFamily({ components: model.components, columns, sigma: model.softness, scale }))
    default:
      throw new Error(`${model.kind} is not a mixture`)
  }
}

const partsOf = ({ train, validation, test }: PreparedData): PreparedPart[] => [train, validation, test].filter((part) => part !== null)

/** One more than the largest code of each column, in any part of the data. */
function levelsOf(data: PreparedData): number[] {
  const levels = new Array<number>(data.features).fill(1)
  for (const { features } of partsOf(data)) {
    for (const [index, value] of features.entries()) {
      if (!Number.isNaN(value)) levels[index % data.features] = Math.max(levels[index % data.features]!, value + 1)
    }
  }
  return levels
}

interface Domain {
  code: 'mixture/not-binary' | 'mixture/not-a-count' | 'mixture/not-a-code'
  holds(value: number): boolean
}

/** Above this many levels a column is a measurement, not a category. */
const mostLevels = 1000

const domains: Partial<Record<ModelKind, Domain>> = {
  'bernoulli-mixture': { code: 'mixture/not-binary', holds: (value) => value === 0 || value === 1 },
  'categorical-mixture': { code: 'mixture/not-a-code', holds: (value) => Number.isInteger(value) && value >= 0 && value < mostLevels },
  'poisson-mixture': { code: 'mixture/not-a-count', holds: (value) => Number.isInteger(value) && value >= 0 },
}

/** Says in words which value a family has no probability for. */
export function checkValues(kind: ModelKind, data: PreparedData): void {
  const domain = domains[kind]
  if (!domain) return
  for (const { features, rowIndex } of partsOf(data)) {
    const index = features.findIndex((value) => !Number.isNaN(value) && !domain.holds(value))
    if (index < 0) continue
    const column = data.featureNames[index % data.features]!
    throw new AppError(domain.code, { column, row: rowIndex[Math.floor(index / data.features)]! + 1, value: features[index]! })
  }
}

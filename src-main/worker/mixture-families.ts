import { structureOf } from '@shared/domain/models/mixtures'
import type { ModelKind, ModelSpec } from '@shared/domain/spec'
import { type InSteps, atOnce } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import type { Part, Parts } from '../datasets/prepare'
import { bernoulliFamily, categoricalFamily, poissonFamily } from '../models/mixtures/discrete-families'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import { limitFamily } from '../models/mixtures/limit-family'
import type { Mixture, MixtureFamily } from '../models/mixtures/mixture-family'
import { studentTFamily } from '../models/mixtures/student-t-family'

/** A mixture of any family. Parameters are opaque to what drives the fit. */
export type AnyFamily = MixtureFamily<Mixture>

const erased = <P extends Mixture>(family: MixtureFamily<P>): AnyFamily => family as unknown as AnyFamily

/** What a family must know of the data. */
export interface FamilyShape {
  columns: number
  /** Of categories: how many each column has. */
  levels: readonly number[]
  /** A unit of the fit in units of the data, where all columns share it. */
  scale?: number
}

/** The family that a specification names, for given data. */
export function familyFor(model: ModelSpec, { columns, levels, scale = 1 }: FamilyShape): AnyFamily {
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
      return erased(categoricalFamily({ ...model, columns, levels }))
    case 'poisson-mixture':
      return erased(poissonFamily({ components: model.components, columns }))
    case 'k-means':
      return erased(limitFamily({ components: model.components, columns, sigma: model.softness, scale }))
    default:
      throw new Error(`${model.kind} is not a mixture`)
  }
}

const partsOf = ({ train, validation, test }: Parts<Part>): Part[] => [train, validation, test].filter((part) => part !== null)

function* eachBlock(data: Parts<Part>, see: (block: Float64Array, part: Part, row: number) => void): InSteps<void> {
  for (const part of partsOf(data)) {
    let row = 0
    for (const block of part.blocks.walk(1024)) {
      see(block, part, row)
      row += block.length / data.features
      yield
    }
  }
}

/** Of categories, one more than the largest code of each column, in any part of the data. */
export function* levelsOf(kind: ModelKind, data: Parts<Part>): InSteps<number[]> {
  if (kind !== 'categorical-mixture') return []
  const levels = new Array<number>(data.features).fill(1)
  yield* eachBlock(data, (block) => {
    for (const [index, value] of block.entries()) {
      if (!Number.isNaN(value)) levels[index % data.features] = Math.max(levels[index % data.features]!, value + 1)
    }
  })
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
export const checkValues = (kind: ModelKind, data: Parts<Part>): void => atOnce(valuesChecked(kind, data))

export function* valuesChecked(kind: ModelKind, data: Parts<Part>): InSteps<void> {
  const domain = domains[kind]
  if (!domain) return
  yield* eachBlock(data, (block, { rowIndex }, row) => {
    const index = block.findIndex((value) => !Number.isNaN(value) && !domain.holds(value))
    if (index < 0) return
    const column = data.featureNames[index % data.features]!
    throw new AppError(domain.code, { column, row: rowIndex[row + Math.floor(index / data.features)]! + 1, value: block[index]! })
  })
}

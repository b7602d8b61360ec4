import type { Column } from '@shared/domain/dataset'
import { type ColumnFamilyName, type MixedMixtureSpec, columnFamiliesOf } from '@shared/domain/models/mixed'
import { structureOf } from '@shared/domain/models/mixtures'
import type { ModelSpec } from '@shared/domain/spec'
import { type InSteps, atOnce } from '@shared/math/row-blocks'
import { AppError } from '@shared/rpc/errors'
import type { Part, Parts } from '../datasets/prepare'
import { bernoulliFamily, categoricalFamily, poissonFamily } from '../models/mixtures/discrete-families'
import { type ColumnFamily, binaryColumn, categoryColumn, countColumn, realColumn } from '../models/mixtures/column-families'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import type { Box } from '../models/mixtures/box'
import { limitFamily } from '../models/mixtures/limit-family'
import { noiseFamily } from '../models/mixtures/noise-family'
import { mixedFamily } from '../models/mixtures/mixed-family'
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
  /** As the dataset tells of them. */
  described: readonly Column[]
  /** A unit of the fit in units of the data, where all columns share it. */
  scale?: number
  /** Of noise: what it fills, in the units of the model, and Σ of the logarithms of a unit of the fit. */
  box?: Box | null
  logScale?: number
}

/** The family that a specification names, for given data. */
export function familyFor(model: ModelSpec, { columns, levels, described, scale = 1, box = null, logScale = 0 }: FamilyShape): AnyFamily {
  switch (model.kind) {
    case 'gaussian-mixture': {
      const { components, covariance, regularization } = model
      const shape = { structure: structureOf(covariance), components, columns, regularization }
      return box ? erased(noiseFamily(shape, box, logScale)) : erased(gaussianFamily(shape))
    }
    case 'student-t-mixture':
      return erased(studentTFamily({ ...model, columns }))
    case 'bernoulli-mixture':
      return erased(bernoulliFamily({ ...model, columns }))
    case 'categorical-mixture':
      return erased(categoricalFamily({ ...model, columns, levels }))
    case 'poisson-mixture':
      return erased(poissonFamily({ components: model.components, columns }))
    case 'mixed-mixture': {
      const { components, varianceFloor, clamp } = model
      const made: Record<ColumnFamilyName, (levels: number) => ColumnFamily> = {
        real: () => realColumn(varianceFloor),
        count: () => countColumn,
        binary: () => binaryColumn(clamp),
        category: (count) => categoryColumn(count, clamp),
      }
      const families = familiesOf(model, columns, described)
      return erased(mixedFamily({ components, varianceFloor, columns: families.map((name, at) => made[name](levels[at]!)) }))
    }
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

/** Pictures have one described column and many pixels. */
const familiesOf = (model: MixedMixtureSpec, columns: number, described: readonly Column[]): ColumnFamilyName[] => {
  const families = columnFamiliesOf(model, described)
  return Array.from({ length: columns }, (_, at) => families[Math.min(at, families.length - 1)]!)
}

const isCodes = (model: ModelSpec, columns: number, described: readonly Column[]): boolean[] => {
  if (model.kind === 'mixed-mixture') return familiesOf(model, columns, described).map((family) => family === 'category')
  return new Array<boolean>(columns).fill(model.kind === 'categorical-mixture')
}

/** Of categories, as many as have names, or one more than the largest code of each column in any part of the data; of other columns 1. */
export function* levelsOf(model: ModelSpec, data: Parts<Part>, described: readonly Column[]): InSteps<number[]> {
  const codes = isCodes(model, data.features, described)
  if (!codes.includes(true)) return model.kind === 'mixed-mixture' ? codes.map(() => 1) : []
  const named = described.filter(({ role }) => role === 'feature').map(({ categories }) => categories?.length ?? 1)
  const levels = codes.map((isCode, at) => (isCode ? (named[at] ?? 1) : 1))
  yield* eachBlock(data, (block) => {
    for (const [index, value] of block.entries()) {
      const at = index % data.features
      if (codes[at] && !Number.isNaN(value)) levels[at] = Math.max(levels[at]!, value + 1)
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

const domains: Record<Exclude<ColumnFamilyName, 'real'>, Domain> = {
  binary: { code: 'mixture/not-binary', holds: (value) => value === 0 || value === 1 },
  category: { code: 'mixture/not-a-code', holds: (value) => Number.isInteger(value) && value >= 0 && value < mostLevels },
  count: { code: 'mixture/not-a-count', holds: (value) => Number.isInteger(value) && value >= 0 },
}

/** What values each column may have; null where any number will do. */
function domainsOf(model: ModelSpec, columns: number, described: readonly Column[]): (Domain | null)[] {
  const all = (domain: Domain): Domain[] => new Array<Domain>(columns).fill(domain)
  switch (model.kind) {
    case 'bernoulli-mixture':
      return all(domains.binary)
    case 'categorical-mixture':
      return all(domains.category)
    case 'poisson-mixture':
      return all(domains.count)
    case 'mixed-mixture':
      return familiesOf(model, columns, described).map((family) => (family === 'real' ? null : domains[family]))
    default:
      return []
  }
}

/** Says in words which value a family has no probability for. */
export const checkValues = (model: ModelSpec, data: Parts<Part>, described: readonly Column[]): void => atOnce(valuesChecked(model, data, described))

export function* valuesChecked(model: ModelSpec, data: Parts<Part>, described: readonly Column[]): InSteps<void> {
  const domain = domainsOf(model, data.features, described)
  if (!domain.some((one) => one !== null)) return
  yield* eachBlock(data, (block, { rowIndex }, row) => {
    const index = block.findIndex((value, at) => !Number.isNaN(value) && domain[at % data.features]?.holds(value) === false)
    if (index < 0) return
    const column = data.featureNames[index % data.features]!
    throw new AppError(domain[index % data.features]!.code, { column, row: rowIndex[row + Math.floor(index / data.features)]! + 1, value: block[index]! })
  })
}

import type { CoordinateName } from '@shared/domain/inside'
import { cholesky } from '@shared/math/cholesky'
import { type GaussianMixture, covarianceOf } from './gaussian-parameters'
import type { Mixture, MixtureFamily, StoredValues } from './mixture-family'

/*
 * Parameters of a mixture as coordinates without bounds, so that lines can be drawn through them: log weights up to their sum, means, logs of
 * variances or of the diagonal of Σ = L Lᵀ with L = U·diag(l) and U unit lower triangular, logits of probabilities, logs of rates and of ν.
 * Lines between mixtures with one volume, shape or set of axes for all stay among those.
 */

type Family = MixtureFamily<Mixture>
type Arrays = Record<string, StoredValues>

export interface CoordinateChoice {
  name: CoordinateName
  /** 0: one for all together. */
  components: number
  columns: number
}

export interface Coordinate {
  name: CoordinateName
  component: number
  column: number
}

const logit = (value: number): number => Math.log(value) - Math.log1p(-value)
const expit = (value: number): number => (value >= 0 ? 1 / (1 + Math.exp(-value)) : Math.exp(value) / (1 + Math.exp(value)))

type Piece = 'weights' | 'free' | 'positive' | 'probability' | 'matrices'

/** What may be done with each array of a family. */
function pieceOf(family: Family, name: string, mixture: Mixture): Piece {
  if (name === 'weights') return 'weights'
  if (name === 'degreesOfFreedom') return 'positive'
  if (name === 'covariances') return isMatrices(mixture) ? 'matrices' : 'positive'
  if (name === 'parameters' && family.name === 'bernoulli-mixture') return 'probability'
  if (name === 'parameters' && family.name === 'poisson-mixture') return 'positive'
  return 'free'
}

const isMatrices = (mixture: Mixture): boolean => ['full', 'tied'].includes((mixture as GaussianMixture).covariance)

/** All parameters, laid one after another. Null where a covariance is no longer one. */
export function pack(family: Family, mixture: Mixture): Float64Array | null {
  const all: number[] = []
  for (const [name, stored] of Object.entries(family.arrays(mixture))) {
    const piece = pieceOf(family, name, mixture)
    if (piece === 'matrices') {
      for (const part of matricesOf(stored.values, family.columns)) {
        const coordinates = matrixCoordinates(part, family.columns)
        if (!coordinates) return null
        all.push(...coordinates)
      }
    } else for (const value of stored.values) all.push(forward(piece, value))
  }
  return Float64Array.from(all)
}

/** @param like  any mixture of the family, for the shapes */
export function unpack(family: Family, packed: Float64Array, like: Mixture): Mixture {
  let from = 0
  const arrays: Arrays = {}
  for (const [name, stored] of Object.entries(family.arrays(like))) {
    const part = packed.subarray(from, (from += stored.values.length))
    const piece = pieceOf(family, name, like)
    const values = piece === 'matrices' ? matricesFrom(part, family.columns) : part.map((value) => backward(piece, value))
    arrays[name] = { shape: stored.shape, values: piece === 'weights' ? normalized(values) : values }
  }
  return family.fromArrays(arrays)
}

function forward(piece: Piece, value: number): number {
  if (piece === 'free') return value
  return piece === 'probability' ? logit(value) : Math.log(value)
}

function backward(piece: Piece, value: number): number {
  if (piece === 'free') return value
  return piece === 'probability' ? expit(value) : Math.exp(value)
}

function normalized(values: Float64Array): Float64Array {
  const sum = values.reduce((total, value) => total + value, 0)
  return values.map((value) => value / sum)
}

function* matricesOf(values: Float64Array, columns: number): Generator<Float64Array> {
  for (let start = 0; start < values.length; start += columns * columns) yield values.subarray(start, start + columns * columns)
}

/** [D, D]: log l on the diagonal, U below it, nothing above. */
function matrixCoordinates(matrix: Float64Array, columns: number): Float64Array | null {
  const lower = cholesky(matrix, columns)
  if (!lower) return null
  return Float64Array.from({ length: columns * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns]
    if (row === column) return Math.log(lower[index]!)
    return row > column ? lower[index]! / lower[column * (columns + 1)]! : 0
  })
}

function matricesFrom(packed: Float64Array, columns: number): Float64Array {
  const values = new Float64Array(packed.length)
  for (let start = 0; start < packed.length; start += columns * columns) {
    const own = packed.subarray(start, start + columns * columns)
    const lower = (row: number, column: number): number =>
      (row === column ? 1 : row > column ? own[row * columns + column]! : 0) * Math.exp(own[column * (columns + 1)]!)
    for (let row = 0; row < columns; row += 1) {
      for (let column = 0; column <= row; column += 1) {
        let sum = 0
        for (let k = 0; k <= column; k += 1) sum += lower(row, k) * lower(column, k)
        values[start + row * columns + column] = sum
        values[start + column * columns + row] = sum
      }
    }
  }
  return values
}

/**
 * The single coordinates of a family.
 *
 * @param structure  how covariances are constrained, e.g. VVV: what components share is moved for all of them
 */
export function coordinateChoices(family: Family, mixture: Mixture, structure: string | null): CoordinateChoice[] {
  const { components, columns } = family
  const arrays = family.arrays(mixture)
  const choices: CoordinateChoice[] = []
  if ('means' in arrays || 'centres' in arrays) choices.push({ name: 'mean', components, columns })
  if ('weights' in arrays && components > 1) choices.push({ name: 'weight', components, columns: 0 })
  if ('covariances' in arrays) {
    const ownVolume = structure === null || structure.startsWith('V')
    const ownColumns = structure === null || structure === 'VVV' || structure === 'VVI'
    choices.push({ name: 'logVariance', components: ownVolume ? components : 0, columns: ownColumns ? columns : 0 })
  }
  if ('degreesOfFreedom' in arrays) choices.push({ name: 'logTails', components, columns: 0 })
  if (family.name === 'bernoulli-mixture') choices.push({ name: 'logit', components, columns })
  if (family.name === 'poisson-mixture') choices.push({ name: 'logRate', components, columns })
  return choices
}

/** Where a mixture stands on a coordinate, and the mixture moved along it. */
export function coordinateOf(family: Family, mixture: Mixture, { name, component, column }: Coordinate, choice: CoordinateChoice) {
  const { columns } = family
  const at = component * columns + column
  const arrays = family.arrays(mixture)
  const changed = (key: string, change: (values: Float64Array) => void): Mixture => {
    const values = arrays[key]!.values.slice()
    change(values)
    return family.fromArrays({ ...arrays, [key]: { shape: arrays[key]!.shape, values } })
  }
  const one = (key: string, index: number, forwards: (value: number) => number, backwards: (value: number) => number) => ({
    value: forwards(arrays[key]!.values[index]!),
    moved: (to: number): Mixture => changed(key, (values) => (values[index] = backwards(to))),
  })
  const same = (value: number): number => value
  switch (name) {
    case 'mean':
      return one('means' in arrays ? 'means' : 'centres', at, same, same)
    case 'logTails':
      return one('degreesOfFreedom', component, Math.log, Math.exp)
    case 'logit':
      return one('parameters', at, logit, expit)
    case 'logRate':
      return one('parameters', at, Math.log, Math.exp)
    case 'weight': {
      const own = arrays['weights']!.values[component]!
      return {
        value: logit(own),
        /** The others keep their proportions. */
        moved: (to: number) =>
          changed('weights', (values) => {
            const rest = expit(-to) / (1 - own)
            values.forEach((value, k) => (values[k] = k === component ? expit(to) : value * rest))
          }),
      }
    }
    case 'logVariance':
      return spread(family, mixture, { component, column }, choice, changed)
    default:
      return name satisfies never
  }
}

type Changed = (key: string, change: (values: Float64Array) => void) => Mixture

/** The log of a variance, or of the geometric mean of all that are moved together; correlations stay. */
function spread(family: Family, mixture: Mixture, { component, column }: Omit<Coordinate, 'name'>, choice: CoordinateChoice, changed: Changed) {
  const { columns } = family
  const given = mixture as GaussianMixture
  const covariance = covarianceOf(given, choice.components === 0 ? 0 : component)
  const chosen = choice.columns === 0 ? Array.from({ length: columns }, (_, d) => d) : [column]
  const value = chosen.reduce((sum, d) => sum + Math.log(covariance[d * (columns + 1)]!) / chosen.length, 0)
  return {
    value,
    moved: (to: number): Mixture =>
      changed('covariances', (values) => {
        const size = values.length / (given.covariance === 'tied' ? 1 : family.components)
        const factor = Math.exp((to - value) / 2)
        for (let k = 0; k < values.length / size; k += 1) {
          if (choice.components !== 0 && k !== component) continue
          for (let index = 0; index < size; index += 1) {
            const [row, other] = isMatrices(mixture) ? [Math.floor(index / columns), index % columns] : [index, index]
            const hits = given.covariance === 'spherical' ? 2 : Number(chosen.includes(row)) + Number(chosen.includes(other))
            values[k * size + index]! *= factor ** hits
          }
        }
      }),
  }
}

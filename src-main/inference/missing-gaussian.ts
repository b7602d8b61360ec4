import type { Runtime } from '../graph/runtime'
import {
  type Conditional,
  type ObservedMoments,
  type Pattern,
  completedMoments,
  conditional,
  conditionalDivergence,
  marginal,
} from '../models/mixtures/gaussian-conditional'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import { type MixtureStructure, gaussianSums } from '../models/mixtures/gaussian-maximization'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'
import { CollapsedComponent, type MixtureFamily, type Sums } from '../models/mixtures/mixture-family'
import { filled } from '../models/mixtures/partitions'
import { type KnownClasses, knownAt } from './known-classes'
import { type MixtureExpectation, type MixtureProblem, type ProblemOptions, familyChunks, mixturePosterior, mixtureProblem } from './mixture-problem'

/*
 * A Gaussian mixture on rows with absent entries (full or diagonal covariances): log p of a row is that of its observed columns. Rows with the
 * same columns share an E-step, that of the marginal mixture; from its sums the expected sums over all columns follow, since a missing entry
 * is linear in the observed ones. Ghahramani & Jordan 1994.
 */

interface Group extends Pattern {
  /** Rows of the data, ascending. */
  rows: number[]
  features: Float64Array
}

/** Rows by the columns that are there. Rows without any say nothing: they are left out unless they are to be filled in. */
export function patternsOf(features: Float64Array, columns: number, empty: 'leave out' | 'keep' = 'leave out'): Group[] {
  const groups = new Map<string, Group>()
  for (let row = 0; row < features.length / columns; row += 1) {
    const own = features.subarray(row * columns, (row + 1) * columns)
    const observed = Array.from(own.keys()).filter((column) => !Number.isNaN(own[column]!))
    if (observed.length === 0 && empty === 'leave out') continue
    const key = observed.join()
    const missing = Array.from(own.keys()).filter((column) => Number.isNaN(own[column]!))
    const group = groups.get(key) ?? { observed, missing, rows: [], features: new Float64Array(0) }
    group.rows.push(row)
    groups.set(key, group)
  }
  for (const group of groups.values()) {
    group.features = Float64Array.from(group.rows.flatMap((row) => group.observed.map((column) => features[row * columns + column]!)))
  }
  return [...groups.values()]
}

export const hasMissing = (features: Float64Array): boolean => features.some(Number.isNaN)

const marginalFamily = (shape: MixtureStructure, group: Group): MixtureFamily<GaussianMixture> =>
  gaussianFamily({ ...shape, columns: group.observed.length })

type PatternSums = { moments: ObservedMoments[]; given: Conditional[] | null }[]

export async function missingGaussianProblem(
  runtime: Runtime,
  features: Float64Array,
  shape: MixtureStructure,
  { weights = null, known = null, ...options }: Omit<ProblemOptions, 'begin' | 'knownAtFirst'> & { weights?: Float64Array | null } = {},
): Promise<MixtureProblem<GaussianMixture>> {
  const { columns, components } = shape
  const family = gaussianFamily(shape)
  const groups = patternsOf(features, columns)
  const problems: MixtureProblem<GaussianMixture>[] = []
  for (const group of groups) {
    const own = marginalFamily(shape, group)
    const counts = weights && Float64Array.from(group.rows, (row) => weights[row]!)
    problems.push(await mixtureProblem(runtime, familyChunks(group.features, own, counts), own, { ...options, known: knownAt(known, group.rows) }))
  }
  const whole = filled({ features, columns }).features
  const start = await mixtureProblem(runtime, familyChunks(whole, family, weights), family, { ...options, known })
  /** Sums by pattern of the last E-step at these parameters, for the divergence from them. */
  const remembered = new WeakMap<GaussianMixture, PatternSums>()

  const combine = (mixture: GaussianMixture, parts: readonly MixtureExpectation[]): MixtureExpectation => {
    const counts = new Float64Array(components)
    const sums = new Float64Array(components * columns)
    const products = new Float64Array(components * columns * columns)
    let entropy = 0
    const patterns: PatternSums = parts.map(({ statistics }, index) => {
      const group = groups[index]!
      const moments = momentsOf(statistics, group, components)
      if (group.missing.length === 0) {
        moments.forEach((own, k) => addTo({ counts, sums, products }, k, own.count, own))
        return { moments, given: null }
      }
      const given = moments.map((own, k) => {
        const rest = conditional(mixture, k, group)
        addTo({ counts, sums, products }, k, own.count, completedMoments(own, rest, group, columns))
        entropy += (own.count / 2) * (group.missing.length * Math.log(2 * Math.PI * Math.E) + rest.logDeterminant)
        return rest
      })
      return { moments, given }
    })
    remembered.set(mixture, patterns)
    const add = (pick: (part: MixtureExpectation) => number): number => parts.reduce((total, part) => total + pick(part), 0)
    return {
      statistics: { counts, sums, products: shape.structure === 'VVI' ? diagonals(products, columns) : products },
      logLikelihood: add((part) => part.logLikelihood),
      complete: add((part) => part.complete) - entropy,
      certainty: add((part) => part.certainty),
      kl: null,
    }
  }

  const divergence = (from: PatternSums, to: PatternSums): number =>
    from.reduce((total, { moments, given }, index) => {
      const others = to[index]!.given
      if (!given || !others) return total
      return total + moments.reduce((sum, own, k) => sum + conditionalDivergence(own, given[k]!, others[k]!), 0)
    }, 0)

  return {
    family,
    weight: problems.reduce((total, problem) => total + problem.weight, 0),
    async expect(mixture, previous) {
      const parts: MixtureExpectation[] = []
      for (const [index, group] of groups.entries()) {
        parts.push(await problems[index]!.expect(marginal(mixture, group), previous && marginal(previous, group)))
      }
      const before = previous && (remembered.get(previous) ?? null)
      const combined = combine(mixture, parts)
      const kl = before && parts.reduce((total, part) => total + part.kl!, 0) + divergence(before, remembered.get(mixture)!)
      return { ...combined, kl }
    },
    async expectTogether(mixtures) {
      const parts: (MixtureExpectation | null)[][] = []
      for (const [index, group] of groups.entries()) {
        parts.push(await problems[index]!.expectTogether(mixtures.map((mixture) => marginal(mixture, group))))
      }
      return mixtures.map((mixture, which) => {
        const own = parts.map((part) => part[which]!)
        if (own.some((part) => part === null)) return null
        try {
          return combine(mixture, own)
        } catch (error) {
          if (error instanceof CollapsedComponent) return null
          throw error
        }
      })
    },
    begin: (rows) => start.begin(rows),
    maximize: (sums, previous) => family.maximize(sums, previous),
    expectedCompleteLogLikelihood: (mixture, sums) => family.expectedComplete(mixture, sums),
    async dispose() {
      for (const problem of [...problems, start]) await problem.dispose()
    },
  }
}

function momentsOf(statistics: Sums, { observed }: Pattern, components: number): ObservedMoments[] {
  const width = observed.length
  const { counts, sums, products } = gaussianSums(statistics, width)
  const isDiagonal = products.length === components * width && width > 1
  return Array.from({ length: components }, (_, k) => ({
    count: counts[k]!,
    sums: sums.slice(k * width, (k + 1) * width),
    products: isDiagonal ? spread(products.subarray(k * width, (k + 1) * width)) : products.slice(k * width * width, (k + 1) * width * width),
  }))
}

/** A diagonal as a matrix. Off the diagonal a diagonal mixture needs nothing. */
function spread(diagonal: Float64Array): Float64Array {
  const matrix = new Float64Array(diagonal.length ** 2)
  diagonal.forEach((value, index) => (matrix[index * (diagonal.length + 1)] = value))
  return matrix
}

const diagonals = (products: Float64Array, columns: number): Float64Array =>
  Float64Array.from({ length: products.length / columns }, (_, index) => products[index * columns + (index % columns)]!)

interface Totals {
  counts: Float64Array
  sums: Float64Array
  products: Float64Array
}

function addTo(total: Totals, component: number, count: number, part: { sums: Float64Array; products: Float64Array }): void {
  total.counts[component]! += count
  part.sums.forEach((value, index) => (total.sums[component * part.sums.length + index]! += value))
  part.products.forEach((value, index) => (total.products[component * part.products.length + index]! += value))
}

/** Responsibilities [rows, K] and log-densities of the observed columns [rows]; a row without any has the weights and 0. */
export async function missingPosterior(
  runtime: Runtime,
  features: Float64Array,
  shape: MixtureStructure,
  mixture: GaussianMixture,
  known: KnownClasses | null = null,
): Promise<{ responsibilities: Float64Array; logDensity: Float64Array }> {
  const { columns, components } = shape
  const rows = features.length / columns
  const responsibilities = Float64Array.from({ length: rows * components }, (_, index) => mixture.weights[index % components]!)
  const logDensity = new Float64Array(rows)
  for (const group of patternsOf(features, columns)) {
    const family = marginalFamily(shape, group)
    const own = await mixturePosterior({ runtime, features: group.features, family, mixture: marginal(mixture, group), known: knownAt(known, group.rows) })
    for (const [index, row] of group.rows.entries()) {
      responsibilities.set(own.responsibilities.subarray(index * components, (index + 1) * components), row * components)
      logDensity[row] = own.logDensity[index]!
    }
  }
  return { responsibilities, logDensity }
}

/** Absent entries by their conditional means, [rows, columns], and the standard deviations of what stands there, 0 where it was observed. */
export function imputeGaussian(features: Float64Array, mixture: GaussianMixture, responsibilities: Float64Array) {
  const { columns, components } = mixture
  const values = features.slice()
  const deviations = new Float64Array(features.length)
  for (const group of patternsOf(features, columns, 'keep')) {
    const given = Array.from({ length: components }, (_, k) => conditional(mixture, k, group))
    for (const [index, row] of group.rows.entries()) {
      const seen = group.features.subarray(index * group.observed.length, (index + 1) * group.observed.length)
      fillRow({ row, seen, group, given, responsibilities, values, deviations, columns })
    }
  }
  return { values, deviations }
}

function fillRow(of: {
  row: number
  seen: Float64Array
  group: Group
  given: readonly Conditional[]
  responsibilities: Float64Array
  values: Float64Array
  deviations: Float64Array
  columns: number
}): void {
  const { row, seen, group, given, responsibilities, values, deviations, columns } = of
  for (const [i, column] of group.missing.entries()) {
    let [mean, square] = [0, 0]
    for (const [k, { offset, slope, covariance }] of given.entries()) {
      const share = responsibilities[row * given.length + k]!
      let own = offset[i]!
      for (const [j, value] of seen.entries()) own += slope[i * seen.length + j]! * value
      mean += share * own
      square += share * (own * own + covariance[i * (group.missing.length + 1)]!)
    }
    values[row * columns + column] = mean
    deviations[row * columns + column] = Math.sqrt(Math.max(0, square - mean * mean))
  }
}

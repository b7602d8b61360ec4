import type { Runtime } from '../graph/runtime'
import { CollapsedComponent, type Mixture, type MixtureFamily, type Sums } from '../models/mixtures/mixture-family'
import type { AdvanceOptions, Attempt } from './attempts'
import type { Chunks } from './chunks'
import { remainingGain } from './em'

/*
 * EM over a table so small that calls, pauses and new arrays would cost more than the arithmetic: one fit after another is taken through
 * all its iterations at once, by a kernel over features of the rows. A fit whose components become too narrow for sums of features leaves,
 * and goes on as fits over large tables do.
 */

/** Numbers that the features of all rows may take. */
const mostFeatures = 2 ** 18

export interface SmallTable<P extends Mixture> {
  /** The M-step of a start from clusters, [rows]. */
  begin(partition: Int32Array): P
  /** Takes a fit on as far as `advance` would, or until it needs the careful way; tells whether it is there. */
  climb(attempt: Attempt<P>, options: Pick<AdvanceOptions, 'iterations' | 'tolerance'>): boolean
  /** Responsibilities, times how often a row counts: [rows, K]. Null where it needs the careful way. */
  responsibilities(mixture: P): Float64Array | null
}

/** @param constants  what the family's statistics hold that no E-step changes */
export function smallTable<P extends Mixture>(runtime: Runtime, chunks: Chunks, family: MixtureFamily<P>, constants: Sums): SmallTable<P> | null {
  const { linear, components } = family
  const { softAssignment } = runtime
  if (!linear || !softAssignment || components === 1 || linear.width * chunks.rows > mostFeatures) return null
  const { rows } = chunks
  const ready = once(() => {
    const { x, weight } = together(chunks)
    const features = linear.features(x)
    return { features, weight, pass: softAssignment(features, weight, components) }
  })

  const sumsOf = (moments: Float64Array): Sums => ({ ...linear.sums(moments), ...constants })
  let [moments, before] = [new Float64Array(components * linear.width), new Float64Array(components * linear.width)]
  /** An E-step with coefficients that add `common` to the likelihood. Throws CollapsedComponent. */
  const expect = (common: number): number => {
    const logLikelihood = ready().pass.sum(moments) + common
    if (Number.isNaN(logLikelihood)) throw new CollapsedComponent(0)
    return logLikelihood
  }
  const write = (mixture: P): number | null => linear.write(ready().pass.natural, mixture, constants)
  const go = (attempt: Attempt<P>, { iterations, tolerance }: Pick<AdvanceOptions, 'iterations' | 'tolerance'>): boolean => {
    const { trace } = attempt
    const { natural } = ready().pass
    if (attempt.statistics) attempt.parameters = family.maximize(attempt.statistics, attempt.parameters)
    attempt.statistics = null
    let common = write(attempt.parameters)
    /** M-steps that the parameters do not know of yet: the coefficients come from `before`. */
    let ahead = false
    const catchUp = (from: Float64Array): void => {
      if (ahead) attempt.parameters = family.maximize(sumsOf(from.slice()), attempt.parameters)
      ahead = false
    }
    while (common !== null) {
      trace.push(expect(common) / chunks.weight)
      attempt.converged = remainingGain(trace) <= tolerance
      if (attempt.converged || trace.length > iterations) {
        catchUp(before)
        attempt.statistics = sumsOf(moments.slice())
        return true
      }
      ahead = linear.step !== undefined
      if (linear.step) common = linear.step(moments, natural, constants)
      else {
        attempt.parameters = family.maximize(sumsOf(moments.slice()), attempt.parameters)
        common = write(attempt.parameters)
      }
      ;[moments, before] = [before, moments]
    }
    catchUp(before)
    return false
  }
  return {
    begin: (partition) => family.begin(sumsOf(momentsOf(ready(), partition, components))),
    climb(attempt, options) {
      try {
        return go(attempt, options)
      } catch (error) {
        if (!(error instanceof CollapsedComponent)) throw error
        attempt.collapsed = error.component
        return true
      }
    },
    responsibilities(mixture) {
      const common = write(mixture)
      if (common === null) return null
      expect(common)
      const shares = ready().pass.shares()
      return Float64Array.from({ length: shares.length }, (_, index) => shares[(index % components) * rows + Math.floor(index / components)]!)
    },
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** The rows of all blocks and their weights. */
function together({ blocks, rows, columns }: Chunks): { x: Float64Array; weight: Float64Array } {
  const x = new Float64Array(rows * columns)
  const weight = new Float64Array(rows)
  let row = 0
  for (const block of blocks) {
    x.set(block.x.subarray(0, block.rows * columns), row * columns)
    weight.set(block.weight.subarray(0, block.rows), row)
    row += block.rows
  }
  return { x, weight }
}

function momentsOf({ features, weight }: { features: Float64Array; weight: Float64Array }, partition: Int32Array, components: number): Float64Array {
  const rows = weight.length
  const width = features.length / rows
  const moments = new Float64Array(components * width)
  for (let feature = 0; feature < width; feature += 1) {
    for (let row = 0; row < rows; row += 1) moments[partition[row]! * width + feature]! += weight[row]! * features[feature * rows + row]!
  }
  return moments
}

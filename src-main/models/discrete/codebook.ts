import type { VqVaeSpec } from '@shared/domain/models/discrete'
import { oneHot } from '../../graph/compose'
import { add, argMax, broadcastTo, cast, divide, floor, gather, greater, matmul, maximum, minimum, multiply, reduceSum, reshape, square, subtract, where } from '../../graph/ops'
import { type FloatType, type Tensor, parameter } from '../../graph/tensor'
import type { Pass } from '../networks/pass'
import { type Weight, constantWeight } from '../networks/weight'

/** Vectors that stand for all others. */
export interface Codebook {
  weights: Weight[]
  /** [entries, width] */
  entries: Tensor
  /** Moves the entries towards the vectors that chose them; of a codebook that learns by gradients, nothing. */
  follow(vectors: Tensor, chosen: Tensor, counts: Tensor, pass: Pass): void
  learnsByGradient: boolean
}

/** Squared distances less those of the vectors from 0, which decide nothing: [m, entries]. */
export const distances = (vectors: Tensor, entries: Tensor): Tensor =>
  subtract(reshape(reduceSum(square(entries), [1]), [1, entries.shape[0]!]), multiply(matmul(vectors, entries, { transposeB: true }), 2))

/** The nearest entry of each vector as 0 and 1: [m, width] → [m, entries]. */
export const nearest = (vectors: Tensor, entries: Tensor): Tensor =>
  oneHot(argMax(multiply(distances(vectors, entries), -1), 1), entries.shape[0]!, vectors.type)

export function codebook({ entries, width, codebook: learning }: VqVaeSpec, type: FloatType): Codebook {
  const bound = 1 / Math.sqrt(width)
  if ('gradient' in learning) {
    const vectors = parameter('codebook/entries', [entries, width], type)
    return { weights: [{ tensor: vectors, bound, centre: 0 }], entries: vectors, follow: () => undefined, learnsByGradient: true }
  }
  return movingAverages(entries, width, learning.movingAverage, type)
}

/** Counts below this are as good as none. */
const tiny = 1e-4
const started = 1e-3

/**
 * Each entry is the mean of the vectors that chose it lately: N ← γN + (1 − γ)n, m ← γm + (1 − γ)Σ, e = m/N.     van den Oord et al. 2017, appendix A.1
 *
 * An entry that is used less than `revive` of an even share begins anew at a vector of the batch. Dhariwal et al. 2020
 */
function movingAverages(entries: number, width: number, { decay, revive }: { decay: number; revive: number }, type: FloatType): Codebook {
  const counts = parameter('codebook/counts', [entries, 1], type)
  const sums = parameter('codebook/sums', [entries, width], type)
  const statistic = (weight: Weight): Weight => ({ ...weight, isStatistic: true })
  return {
    // With next to no weight at the start, the first batch already decides: entries that nothing chose begin anew at its vectors.
    weights: [statistic(constantWeight(counts, started)), statistic({ tensor: sums, bound: started / Math.sqrt(width), centre: 0 })],
    entries: divide(sums, maximum(counts, tiny)),
    learnsByGradient: false,
    follow(vectors, chosen, rowCounts, pass) {
      const weighted = multiply(chosen, reshape(rowCounts, [rowCounts.shape[0]!, 1]))
      const used = reshape(reduceSum(weighted, [0]), [entries, 1])
      const moved = (old: Tensor, now: Tensor): Tensor => add(multiply(old, decay), multiply(now, 1 - decay))
      const nextCounts = moved(counts, used)
      const nextSums = moved(sums, matmul(weighted, vectors, { transposeA: true }))
      // Without use both would sink to 0/0.
      const lives = greater(nextCounts, tiny)
      const [keptCounts, keptSums] = [where(lives, nextCounts, counts), where(broadcastTo(lives, [entries, width]), nextSums, sums)]
      if (revive === 0) {
        pass.update(counts, keptCounts)
        pass.update(sums, keptSums)
        return
      }
      const even = divide(reduceSum(rowCounts), entries)
      const isIdle = greater(multiply(even, revive), keptCounts)
      const picked = pick(vectors, rowCounts, entries, pass)
      // At its own weight it would be pulled away by the next vector that chooses it; with that of an even share it stays for a while.
      pass.update(counts, where(isIdle, broadcastTo(even, [entries, 1]), keptCounts))
      pass.update(sums, where(broadcastTo(isIdle, [entries, width]), multiply(picked, even), keptSums))
    },
  }
}

/** Vectors of rows that count, at random: [entries, width]. */
function pick(vectors: Tensor, rowCounts: Tensor, entries: number, pass: Pass): Tensor {
  const real = reduceSum(rowCounts)
  const uniform = pass.noise.uniform('revive', [entries], vectors.type as FloatType)
  // Rows that only fill a batch stand behind those that count.
  const places = minimum(floor(multiply(uniform, real)), subtract(real, 1))
  return gather(vectors, cast(places, 'int32'))
}


import type { RandomKey } from '@shared/math/random'
import type { Tensor } from '../../graph/tensor'

/*
 * One skeleton for mixtures p(x) = Σ_k weights_k p(x | parameters_k): a family gives its densities and its sufficient statistics as tensors
 * and the M-step from their sums; the E-step, the driver, restarts, traces and figures are shared.
 */

export interface Mixture {
  components: number
  columns: number
  weights: Float64Array
}

/** Sums over rows by name; sums of parts of the rows add up to those of the whole. `counts` [K] = Σ r is always there. */
export type Sums = Readonly<Record<string, Float64Array>>

export interface PassShape {
  rows: number
  columns: number
  /** Of all mixtures that are computed side by side. */
  components: number
}

export type Tensors = Readonly<Record<string, Tensor>>

/** x ↦ (x − shift)/scale per column. */
export interface Standardization {
  shift: Float64Array
  scale: Float64Array
}

export interface StoredValues {
  shape: number[]
  values: Float64Array
}

/** Where a component stopped being a density. */
export class CollapsedComponent extends Error {
  override readonly name = 'CollapsedComponent'
  constructor(readonly component: number) {
    super(`component ${component + 1} collapsed: its covariance is not positive definite`)
  }
}

/** Densities whose logarithm is linear in features of a row, which are its sufficient statistics too. */
export interface LinearForm<P extends Mixture> {
  /** Features of a row; the first is 1. */
  readonly width: number
  /** Rows as `encode` writes them, to [width, rows]. */
  features(x: Float64Array): Float64Array
  /**
   * Writes the coefficients of log weights_k + log p(x_n | k), less what does not tell components apart: [width, K].
   *
   * @returns what that adds to log p(x) over all rows, nats; null where rounding could be seen. Throws CollapsedComponent.
   */
  write(natural: Float64Array, mixture: P, constants: Sums): number | null
  /** `write` of the M-step of these sums, [K, width], where that needs no new arrays. */
  step?(moments: Float64Array, natural: Float64Array, constants: Sums): number | null
  /** What the M-step takes, from Σ r features, [K, width]; without `constants`. */
  sums(moments: Float64Array): Sums
}

export interface MixtureFamily<P extends Mixture> {
  readonly name: string
  readonly components: number
  /** As many of them as rows cluster into, where the last are something else: noise. */
  readonly clusters?: number
  readonly columns: number
  /** Numbers per row that the program takes, as `encode` writes them. */
  readonly width: number
  /** Fitted in units where every column has variance 1, in one unit for all columns, or as the data are; or for each column: variance 1 or as it is. */
  readonly units: 'column' | 'common' | 'own' | readonly boolean[]
  readonly freeParameters: number
  /** Arithmetic per row and component, in multiplications. */
  readonly work: number

  /** Rows [rows, columns] as the program takes them, [rows, width]. */
  encode(features: Float64Array): Float64Array
  /** Parameters of the program, by name. */
  tensors(shape: PassShape, prefix: string): Tensors
  /** log weights_k + log p(x_n | k): [rows, components]. */
  joint(x: Tensor, shape: PassShape, tensors: Tensors): Tensor
  /** Sufficient statistics besides counts, from responsibilities [rows, components]; the first axis is that of components. */
  statistics(x: Tensor, responsibilities: Tensor, shape: PassShape, tensors: Tensors | null): Record<string, Tensor>
  /** Statistics that do not depend on responsibilities, summed once. */
  constants?(x: Tensor, weight: Tensor): Record<string, Tensor>
  /** A further latent u within a component: entropy of p(u | x, k), and KL from one posterior to another, [rows, components]. */
  inner?: {
    entropy(x: Tensor, shape: PassShape, tensors: Tensors): Tensor
    divergence(x: Tensor, shape: PassShape, from: Tensors, to: Tensors): Tensor
  }
  /** The E-step as linear forms, where the family has them. */
  linear?: LinearForm<P>
  /** The same family with a slower E-step that loses no digits, for the mixtures that need it. */
  careful?: { family: MixtureFamily<P>; needed(mixture: P): boolean }
  /** Values of the program's parameters for mixtures side by side. Throws CollapsedComponent. */
  state(mixtures: readonly P[]): Record<string, Float64Array>

  /** The M-step. Throws CollapsedComponent. */
  maximize(sums: Sums, previous: P | null): P
  /** The M-step of a start: drawn towards the whole data where a cluster is small. */
  begin(sums: Sums): P
  /** Q(θ) = E_q[log p(x, z; θ)] from the sums alone, nats over all rows, up to what θ does not change and `constantTerm` adds. */
  expectedComplete(mixture: P, sums: Sums): number
  /** Is this an optimum of the spurious kind that a likelihood without bound has? Gives the reason. */
  spurious(mixture: P, rows: number): string | null

  toModelUnits(mixture: P, units: Standardization): P
  toStandardUnits(mixture: P, units: Standardization): P
  /** Parameters as they are kept on disk. */
  arrays(mixture: P): Record<string, StoredValues>
  fromArrays(arrays: Record<string, StoredValues>): P
  /** Parameters as they are told, named as in the literature. */
  describe(mixture: P): Record<string, unknown>
  /** Mean [D] and covariance [D, D] of a component, for pictures. */
  moments(mixture: P, component: number): { mean: Float64Array; covariance: Float64Array }
  /** What starts measure distances between, where those of the rows themselves mean nothing. */
  distances?(features: Float64Array): { features: Float64Array; columns: number }
  /** Of a column of codes, their probabilities in a component; null for columns of numbers. Absent where there are no codes. */
  codeProbabilities?(mixture: P, component: number, column: number): Float64Array | null
  /** One row per component number in `which`: [which.length, columns]. */
  sample(mixture: P, which: Int32Array, key: RandomKey): Float64Array
}

/** A part of each array that belongs to mixture `index` of `count` side by side. */
export function partOf(sums: Sums, index: number, count: number): Sums {
  if (count === 1) return sums
  const part: Record<string, Float64Array> = {}
  for (const name in sums) {
    const values = sums[name]!
    const size = values.length / count
    part[name] = values.subarray(index * size, (index + 1) * size)
  }
  return part
}

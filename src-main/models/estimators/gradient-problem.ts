import type { BenchedName } from '@shared/domain/estimator-bench'
import type { NumericArray } from '../../graph/runtime'
import type { FloatType, Tensor } from '../../graph/tensor'
import type { Pass } from '../networks/pass'
import type { Weight } from '../networks/weight'
import type { Estimate } from './estimator'

/*
 * A fitted model as a place to try estimators at: its networks stand still, and what is estimated is the gradient of the bound of each row with
 * respect to the parameters of that row's q(z|x).
 */
export interface GradientProblem {
  type: FloatType
  features: number
  /** Parameters of q for one row. */
  width: number
  state: Readonly<Record<string, NumericArray>>
  /** x [rows, features] → parameters of q, [rows, width]. */
  parameters(x: Tensor): Tensor
  /** The gradient itself, where all codes can be gone through. */
  exact: { codes: number; elbo: Candidate; iwae: { samples: number; bound(x: Tensor, parameters: Tensor): Tensor } | null } | null
  /** Without `exact`, the mean of many of these is the reference. */
  reference: Candidate
  candidates: readonly Candidate[]
}

export interface Candidate {
  name: BenchedName
  samples: number
  temperature: number | null
  biased: boolean
  target: 'elbo' | 'iwae'
  /** Of the estimator's own: baselines. */
  weights: readonly Weight[]
  /**
   * @param x           [rows, features]
   * @param parameters  [rows, width]
   * @returns           a surrogate of the whole bound, [rows]; `value` is E f, which baselines guess
   */
  estimate(x: Tensor, parameters: Tensor, pass: Pass): Estimate
}

import { normalCdf } from '@shared/math/normal-cdf'

export interface ProbitPosterior {
  /** Coefficients, the intercept first where there is one. */
  mean: readonly number[]
  covariance: readonly (readonly number[])[]
  hasIntercept: boolean
}

/**
 * p(second class | row) averaged over the coefficients: Φ(xᵀm / √(1 + xᵀCx)).
 *
 * @param row  the features without the constant
 */
export function secondClassShare({ mean, covariance, hasIntercept }: ProbitPosterior, row: ArrayLike<number>): number {
  const x = [...(hasIntercept ? [1] : []), ...Array.from(row)]
  const score = x.reduce((sum, value, at) => sum + value * mean[at]!, 0)
  const variance = x.reduce((sum, value, at) => sum + value * x.reduce((inner, other, to) => inner + covariance[at]![to]! * other, 0), 0)
  return normalCdf(score / Math.sqrt(1 + variance))
}

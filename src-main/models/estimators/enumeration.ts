import { exp, multiply, reduceSum, reshape, broadcastTo } from '../../graph/ops'
import { type FloatType, type Tensor, constant } from '../../graph/tensor'
import { type GradientEstimator, integrand, logMass } from './estimator'

/** Σ_z q(z)·f(z) over all codes: no draws, no variance. */
export const enumeration = (variables: number, categories: number): GradientEstimator => ({
  target: 'mean',
  biased: false,
  samples: categories ** variables,
  weights: [],
  estimate(expectation) {
    const { logits } = expectation
    const codes = allCodes(variables, categories, logits.shape[0]!, logits.type as FloatType)
    const value = reduceSum(multiply(exp(logMass(logits, codes)), integrand(expectation, codes)), [0])
    return { surrogate: value, value }
  },
})

/** Every code, each for all rows: [categories^variables·rows, variables, categories]. */
export function allCodes(variables: number, categories: number, rows: number, type: FloatType): Tensor {
  const count = categories ** variables
  const values: number[] = []
  for (let code = 0; code < count; code += 1) {
    for (let variable = 0; variable < variables; variable += 1) {
      const own = Math.floor(code / categories ** variable) % categories
      for (let category = 0; category < categories; category += 1) values.push(category === own ? 1 : 0)
    }
  }
  const each = constant(values, [count, 1, variables, categories], type)
  return reshape(broadcastTo(each, [count, rows, variables, categories]), [count * rows, variables, categories])
}

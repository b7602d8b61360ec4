import { type RandomKey, fillUniform } from '@shared/math/random'
import type { NumericArray } from '../../graph/runtime'
import { type FloatType, type Tensor, sizeOf } from '../../graph/tensor'

/** A parameter with the rule for its value before training. */
export interface Weight {
  tensor: Tensor
  /** Uniform on ±bound: 1/√fanIn for the weights and biases of a dense layer, as He et al. 2015 with a = √5; 0 for constants. */
  bound: number
  /** Where the interval lies; 0 for layers. */
  centre: number
  /** Kept by the training step itself and not reached by any gradient, e.g. the running mean of a batch norm. */
  isStatistic?: boolean
  /** It begins as randomly chosen training rows, [count, features], spread by ±bound. */
  fromRows?: boolean
}

/** A parameter that begins as one number everywhere. */
export const constantWeight = (tensor: Tensor, centre: number): Weight => ({ tensor, bound: 0, centre })

export const trained = (weights: readonly Weight[]): Tensor[] => weights.filter(({ isStatistic }) => !isStatistic).map(({ tensor }) => tensor)

/** @param drawRows  training rows chosen at random, row-major [count, features], for the weights that begin as such */
export const initialValues = (
  weights: readonly Weight[],
  key: RandomKey,
  type: FloatType,
  drawRows?: (count: number, key: RandomKey) => NumericArray,
): Record<string, NumericArray> =>
  Object.fromEntries(
    weights.map(({ tensor, bound, centre, fromRows }) => {
      const values = type === 'float32' ? new Float32Array(sizeOf(tensor.shape)) : new Float64Array(sizeOf(tensor.shape))
      const own = { seed: key.seed, stream: `${key.stream}/${tensor.name}` }
      fillUniform(values, own)
      for (let index = 0; index < values.length; index += 1) values[index] = centre + bound * (2 * values[index]! - 1)
      if (fromRows) {
        if (!drawRows) throw new Error(`${tensor.name} begins as training rows, and there are none`)
        drawRows(tensor.shape[0]!, { seed: key.seed, stream: `${own.stream}/rows` }).forEach((value, index) => (values[index]! += value))
      }
      return [tensor.name!, values]
    }),
  )

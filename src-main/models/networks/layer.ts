import type { Tensor } from '../../graph/tensor'
import type { Pass } from './pass'
import type { Weight } from './weight'

/** A function with weights of its own. Rows are the first axis of what it takes and gives. */
export interface Layer {
  (x: Tensor, pass: Pass): Tensor
  weights: Weight[]
}

export const layer = (apply: (x: Tensor, pass: Pass) => Tensor, weights: Weight[]): Layer => Object.assign(apply.bind(null), { weights })

/** One after another. */
export const sequence = (layers: readonly Layer[]): Layer =>
  layer(
    (x, pass) => layers.reduce((h, one) => one(h, pass), x),
    layers.flatMap(({ weights }) => weights),
  )

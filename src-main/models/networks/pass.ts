import { broadcastTo, multiply, reshape } from '../../graph/ops'
import type { Tensor } from '../../graph/tensor'
import { type Noise, noiseInputs } from '../noise'

/**
 * One way through the networks of a program. Most layers do the same in training and afterwards; dropout and batch norm do not, and ask it
 * what to do.
 */
export interface Pass {
  readonly training: boolean
  readonly noise: Noise
  /** The next value of a statistic that is kept beside the weights. */
  update(statistic: Tensor, next: Tensor): void
  /** What each of `count` rows counts for in a mean over rows, [count]: rows that only fill the batch count 0. The sum is 1. */
  share(count: number): Tensor
}

/** Through fitted networks: no statistic moves, and no row depends on another. */
export const fittedPass: Pass = {
  training: false,
  noise: noiseInputs,
  update: (statistic) => {
    throw new Error(`${statistic.name} is fixed after training`)
  },
  share: () => {
    throw new Error('after training no layer looks at the whole batch')
  },
}

export interface TrainingPass extends Pass {
  /** Statistics' next values, by name: part of the training step's updates. */
  readonly updates: Record<string, Tensor>
}

/** @param share  [rows], sums to 1 */
export function trainingPass(share: Tensor): TrainingPass {
  const updates: Record<string, Tensor> = {}
  const rows = share.shape[0]!
  return {
    training: true,
    noise: noiseInputs,
    updates,
    update(statistic, next) {
      updates[statistic.name!] = next
    },
    share(count) {
      const copies = count / rows
      return copies === 1 ? share : multiply(reshape(broadcastTo(share, [copies, rows]), [count]), 1 / copies)
    },
  }
}

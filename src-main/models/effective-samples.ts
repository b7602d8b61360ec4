import { logSumExp } from '../graph/compose'
import { exp, multiply, subtract } from '../graph/ops'
import type { Tensor } from '../graph/tensor'

/** Effective number of each row's draws, (Σ w)² / Σ w²: log w [samples, rows] → [rows].     Kong 1992 */
export const effectiveSamples = (logWeights: Tensor): Tensor =>
  exp(subtract(multiply(logSumExp(logWeights, [0]), 2), logSumExp(multiply(logWeights, 2), [0])))

import type { LatentSummary } from '@shared/domain/run'
import { activeUnitsOf } from '../inference/gradient'

/** Codes of all rows: means [rows, latent], and log-variances of the same shape where codes have a distribution. */
export interface Codes {
  latent: number
  means: Float32Array
  logVariances: Float32Array | null
  /** Entries that belong together, as the probabilities of one categorical variable: widths of the units, 1 each without it. */
  units?: readonly number[] | undefined
}

type Figures = Pick<LatentSummary, 'latent' | 'klPerDimension' | 'mean' | 'standardDeviation' | 'active' | 'latentMeans'>

/** KL of each dimension from the standard normal, and the mean and spread of the aggregate posterior, whose variance is Var(mean) + E[variance]. */
export function codeFigures({ latent, means, logVariances, units }: Codes): Figures {
  const rows = means.length / latent
  const kl = new Float64Array(latent)
  const sum = new Float64Array(latent)
  const squares = new Float64Array(latent)
  const variances = new Float64Array(latent)
  for (let index = 0; index < means.length; index += 1) {
    const dimension = index % latent
    const mean = means[index]!
    sum[dimension]! += mean / rows
    squares[dimension]! += (mean * mean) / rows
    if (!logVariances) continue
    const logVariance = logVariances[index]!
    kl[dimension]! += (0.5 * (Math.exp(logVariance) + mean * mean - 1 - logVariance)) / rows
    variances[dimension]! += Math.exp(logVariance) / rows
  }
  const spread = squares.map((square, dimension) => Math.max(0, square - sum[dimension]! ** 2))
  const active = activeUnitsOf(spread, units)
  return {
    latent,
    klPerDimension: logVariances ? [...kl] : null,
    mean: [...sum],
    standardDeviation: Array.from(spread, (value, dimension) => Math.sqrt(value + variances[dimension]!)),
    active: units ? units.flatMap((width, unit) => Array.from({ length: width }, () => active[unit]!)) : active,
    latentMeans: means,
  }
}

export const codeNames = (latent: number): string[] => Array.from({ length: latent }, (_, index) => `z${index}`)

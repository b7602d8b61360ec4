import type { Norm } from '@shared/domain/models/networks'
import { normalize } from '../../graph/compose'
import { add, cast, divide, greater, multiply, reduceMean, reduceSum, reshape, sqrt, square, stopGradient, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, parameter } from '../../graph/tensor'
import { type Layer, layer } from './layer'
import { type Weight, constantWeight } from './weight'

const epsilon = 1e-5
/** How much of a new batch enters the running statistics. */
const momentum = 0.1

/**
 * Brings what a layer gives to mean 0 and variance 1, then to a learned scale and shift for each channel.
 *
 * layer: over all values of a row, Ba et al. 2016. batch: for each channel over the rows of the batch (and the places of a picture), Ioffe &
 * Szegedy 2015; after training with the running mean and variance. Rows that only fill a batch do not count.
 *
 * @param channels  [rows, channels] or [rows, channels, height, width]
 */
export function normLayer(name: string, kind: Norm, channels: number, places: 'none' | 'picture', type: FloatType): Layer {
  if (kind === 'none') return layer((x) => x, [])
  const perChannel = places === 'picture' ? [channels, 1, 1] : [channels]
  const scale = parameter(`${name}/scale`, perChannel, type)
  const shift = parameter(`${name}/shift`, perChannel, type)
  const weights = [constantWeight(scale, 1), constantWeight(shift, 0)]
  const scaled = (x: Tensor): Tensor => add(multiply(x, scale), shift)
  const axes = places === 'picture' ? [1, 2, 3] : [1]
  if (kind === 'layer') return layer((x) => scaled(normalize(x, axes, epsilon)), weights)
  return batchNorm(name, perChannel, scaled, weights, type)
}

function batchNorm(name: string, perChannel: number[], scaled: (x: Tensor) => Tensor, weights: Weight[], type: FloatType): Layer {
  const mean = parameter(`${name}/mean`, perChannel, type)
  const variance = parameter(`${name}/variance`, perChannel, type)
  const statistics: Weight[] = [
    { ...constantWeight(mean, 0), isStatistic: true },
    { ...constantWeight(variance, 1), isStatistic: true },
  ]
  const standardized = (x: Tensor, centre: Tensor, spread: Tensor): Tensor => scaled(divide(subtract(x, centre), sqrt(add(spread, epsilon))))
  return layer(
    (x, pass) => {
      if (!pass.training) return standardized(x, mean, variance)
      const rows = x.shape[0]!
      const share = reshape(pass.share(rows), [rows, ...x.shape.slice(1).map(() => 1)])
      const overBatch = (values: Tensor): Tensor => {
        const perRow = values.shape.length > 2 ? reduceMean(values, [2, 3], true) : values
        return reduceSum(multiply(perRow, share), [0])
      }
      const batchMean = overBatch(x)
      const batchVariance = overBatch(square(subtract(x, batchMean)))
      const moved = (statistic: Tensor, now: Tensor): Tensor => add(multiply(statistic, 1 - momentum), multiply(stopGradient(now), momentum))
      pass.update(mean, moved(mean, batchMean))
      pass.update(variance, moved(variance, batchVariance))
      return standardized(x, batchMean, batchVariance)
    },
    [...weights, ...statistics],
  )
}

/** Sets each value to 0 with the given probability while training, and the others up by 1/(1 − probability). Srivastava et al. 2014 */
export const dropout = (name: string, probability: number): Layer =>
  layer((x, pass) => {
    if (probability === 0 || !pass.training) return x
    const uniform = pass.noise.uniform(`dropout/${name}`, x.shape, x.type as FloatType)
    return multiply(x, multiply(cast(greater(uniform, probability), x.type), 1 / (1 - probability)))
  }, [])

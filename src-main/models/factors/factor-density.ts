import { add, broadcastTo, divide, log, matmul, multiply, reduceSum, reshape, sqrt, square, subtract } from '../../graph/ops'
import { type Tensor, parameter } from '../../graph/tensor'
import type { LatentDensity } from '../latent-density'
import { drawDiagonal } from '../vae/posteriors/diagonal-gaussian'
import { type FactorModel, posteriorOf } from './factor-model'

const logTwoPi = Math.log(2 * Math.PI)

/**
 * x = mean + Λz + noise as a latent density in float64: log p(x) is known exactly, so it checks every estimator.
 *
 * Its q(z|x) has the exact mean and the diagonal of the exact precision as its own: exact where the loadings are
 * orthogonal, else a little too narrow, as an encoder with a diagonal covariance is at best.
 */
export function factorDensity(model: FactorModel): LatentDensity {
  const { columns, latent } = model
  const posterior = posteriorOf(model)
  const type = 'float64'
  const mean = parameter('factor/mean', [columns], type)
  const loadings = parameter('factor/loadings', [columns, latent], type)
  const noiseVariance = parameter('factor/noise', [columns], type)
  const projection = parameter('factor/projection', [latent, columns], type)
  const logVariance = parameter('factor/posteriorLogVariance', [latent], type)
  const decode = (z: Tensor): Tensor => add(matmul(z, loadings, { transposeB: true }), mean)
  const guess: LatentDensity['guess'] = ({ x }) => {
    const at = matmul(subtract(x!, mean), projection, { transposeB: true })
    return { mean: at, logVariance: broadcastTo(reshape(logVariance, [1, latent]), at.shape) }
  }
  return {
    columns: { x: columns },
    latent,
    type,
    state: {
      'factor/mean': model.mean,
      'factor/loadings': model.loadings,
      'factor/noise': model.noise,
      'factor/projection': posterior.projection,
      'factor/posteriorLogVariance': Float64Array.from({ length: latent }, (_, a) => -Math.log(posterior.precision[a * latent + a]!)),
    },
    logPrior: (z) => multiply(reduceSum(add(square(z), logTwoPi), [1]), -0.5),
    logLikelihood: ({ x }, z) => {
      const residual = subtract(x!, decode(z))
      return multiply(reduceSum(add(add(divide(square(residual), noiseVariance), log(noiseVariance)), logTwoPi), [1]), -0.5)
    },
    drawPrior: (count, noise) => noise.normal('', [count, latent], type),
    simulate: (count, noise) => {
      const z = noise.normal('', [count, latent], type)
      const spread = multiply(sqrt(noiseVariance), noise.normal('x', [count, columns], type))
      return { rows: { x: add(decode(z), spread) }, latent: z }
    },
    guess,
    propose: (rows, samples, noise) => {
      const q = guess(rows)
      const { latent: drawn, logDensity } = drawDiagonal(q.mean, q.logVariance, samples, noise)
      return { latent: drawn, logDensity: logDensity() }
    },
  }
}

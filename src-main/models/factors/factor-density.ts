import { add, broadcastTo, divide, exp, log, matmul, multiply, negate, reduceSum, reshape, square, subtract } from '../../graph/ops'
import { parameter } from '../../graph/tensor'
import type { LatentDensity } from '../latent-density'
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
  const guess: LatentDensity['guess'] = (x) => {
    const at = matmul(subtract(x, mean), projection, { transposeB: true })
    return { mean: at, logVariance: broadcastTo(reshape(logVariance, [1, latent]), at.shape) }
  }
  return {
    features: columns,
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
    logLikelihood: (x, z) => {
      const residual = subtract(x, add(matmul(z, loadings, { transposeB: true }), mean))
      return multiply(reduceSum(add(add(divide(square(residual), noiseVariance), log(noiseVariance)), logTwoPi), [1]), -0.5)
    },
    drawPrior: (noise) => noise,
    guess,
    propose: (x, noise) => {
      const [samples, rows] = noise.shape as [number, number, number]
      const q = guess(x)
      const drawn = add(q.mean, multiply(exp(multiply(q.logVariance, 0.5)), noise))
      const terms = add(add(square(noise), q.logVariance), logTwoPi)
      return { latent: reshape(drawn, [samples * rows, latent]), logDensity: reshape(negate(multiply(reduceSum(terms, [2]), 0.5)), [samples * rows]) }
    },
  }
}

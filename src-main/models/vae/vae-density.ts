import type { NumericArray } from '../../graph/runtime'
import type { LatentDensity, RowTensors } from '../latent-density'
import { fittedPass } from '../networks/pass'
import type { Rows, Vae } from './vae'

/** A trained VAE as a density, with its encoder's q(z|x) as the proposal. */
export function vaeDensity(model: Vae, state: Readonly<Record<string, NumericArray>>, condition = 0): LatentDensity {
  const encode = (rows: RowTensors) => model.encode(asRows(rows), fittedPass)
  return {
    columns: { x: model.features, ...(condition > 0 ? { condition } : {}) },
    latent: model.latent,
    type: model.type,
    state,
    logPrior: (latent) => model.prior.logDensity(latent),
    logLikelihood: (rows, latent) => model.likelihood.logProbability(rows['x']!, model.decode(latent, asRows(rows), fittedPass)),
    drawPrior: (count, noise) => model.prior.sample(count, noise),
    propose(rows, samples, noise) {
      const { latent, logDensity } = encode(rows).draw(samples, noise)
      return { latent, logDensity: logDensity() }
    },
    simulate:
      condition > 0
        ? null
        : (count, noise) => {
            const latent = model.prior.sample(count, noise)
            return { rows: { x: model.likelihood.sample(model.decode(latent, {}, fittedPass), noise) }, latent }
          },
    guess(rows) {
      const { mean, logVariance } = encode(rows)
      return { mean, logVariance }
    },
  }
}

const asRows = ({ x, condition }: RowTensors): Rows => ({ x: x!, ...(condition ? { condition } : {}) })

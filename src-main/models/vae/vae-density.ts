import { learnsFromObserved } from '@shared/domain/models/vae'
import { broadcastTo, like } from '../../graph/ops'
import type { NumericArray } from '../../graph/runtime'
import type { LatentDensity, RowTensors } from '../latent-density'
import { fittedPass } from '../networks/pass'
import type { Rows } from './vae'
import type { TrainedVae } from './vae-programs'

/** A trained VAE as a density, with its encoder's q(z|x) as the proposal. */
export function vaeDensity(model: TrainedVae, state: Readonly<Record<string, NumericArray>>): LatentDensity {
  const { condition } = model
  const encode = (rows: RowTensors) => model.encode(asRows(rows), fittedPass)
  return {
    columns: {
      x: model.features,
      ...(condition > 0 ? { condition } : {}),
      ...(model.keepsPhi ? { phi: 2 * model.latent } : {}),
      ...(learnsFromObserved(model.spec) ? { observed: model.features } : {}),
    },
    latent: model.latent,
    type: model.type,
    state,
    logPrior: (latent) => model.prior.logDensity(latent),
    logLikelihood: (rows, latent) => model.likelihood.logProbability(rows['x']!, model.decode(latent, asRows(rows), fittedPass), rows['observed']),
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
            const x = model.likelihood.sample(model.decode(latent, {}, fittedPass), noise)
            const observed = learnsFromObserved(model.spec) ? { observed: broadcastTo(like(1, x), x.shape) } : {}
            const phi = model.keepsPhi ? { phi: broadcastTo(like(0, x), [count, 2 * model.latent]) } : {}
            return { rows: { x, ...observed, ...phi }, latent }
          },
    guess(rows) {
      const { mean, logVariance } = encode(rows)
      return { mean, logVariance }
    },
  }
}

const asRows = ({ x, condition, phi, observed }: RowTensors): Rows => ({
  x: x!,
  ...(condition ? { condition } : {}),
  ...(phi ? { phi } : {}),
  ...(observed ? { observed } : {}),
})

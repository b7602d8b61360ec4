import type { ObjectiveSpec } from '@shared/domain/models/gradient'
import { networkSchema } from '@shared/domain/models/networks'
import { add, gather, multiply, negate, reshape, softplus, stopGradient, subtract } from '../../../graph/ops'
import { type FloatType, type Tensor, constant } from '../../../graph/tensor'
import { denseStack } from '../../networks/dense'
import type { BoundTerms } from '../bound-terms'
import type { Objective } from './objective'

type FactorSpec = Extract<ObjectiveSpec, { factor: unknown }>['factor']

/**
 * elbo − γ·TC(z), where a discriminator tells z of q(z) from z whose columns were shuffled over the rows, and its logit is log q(z)/Π_j q(z_j).
 *
 * Kim & Mnih 2018. The shuffled rows are those of the same batch.
 */
export function factor({ samples, weight, mlp }: FactorSpec, latent: number, type: FloatType): Objective {
  const discriminator = denseStack('discriminator', networkSchema.parse({ mlp, activation: 'leaky-relu' }), latent, 1, type)
  return {
    samples,
    weights: discriminator.weights,
    climb(terms, { reconstruction, kl, mean }) {
      const { pass, rows } = terms
      const firstDraw = terms.samples === 1 ? terms.latent : gather(terms.latent, range(rows), 0)
      const logit = (z: Tensor): Tensor => reshape(discriminator(z, pass), [rows])
      const correlation = mean(logit(firstDraw))
      const fixed = stopGradient(firstDraw)
      const told = add(mean(softplus(negate(logit(fixed)))), mean(softplus(logit(shuffled(fixed, terms)))))
      return {
        objective: subtract(subtract(reconstruction, kl), multiply(correlation, weight)),
        figures: { totalCorrelation: correlation, discriminatorLoss: multiply(told, 0.5) },
        adversary: multiply(told, 0.5),
      }
    },
  }
}

const range = (count: number): Tensor => constant(Array.from({ length: count }, (_, index) => index), [count], 'int32')

/** Each column in a random order of its own. */
function shuffled(z: Tensor, { pass, model, rows }: BoundTerms): Tensor {
  const { latent } = model
  const order = pass.noise.permutation('factor', [rows, latent])
  return reshape(gather(reshape(z, [rows * latent]), reshape(order, [rows * latent]), 0), [rows, latent])
}

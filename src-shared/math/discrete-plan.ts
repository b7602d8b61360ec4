import type { CategoricalVaeSpec, SemiSupervisedVaeSpec, VqVaeSpec } from '../domain/models/discrete'
import { type ModelPlan, type NetworkPlan, type PlannedData, decoderPlan, encoderPlan, likelihoodPlan } from './network-plan'

/* The same for models with discrete codes. */

/** Hidden units of the network that guesses a baseline. */
const baselineHidden = 100

const whole = (encoder: NetworkPlan, decoder: NetworkPlan, others: number): ModelPlan => ({
  encoder,
  decoder,
  others,
  parameters: encoder.parameters + decoder.parameters + others,
})

export function categoricalPlan(spec: CategoricalVaeSpec, { features, imageShape, columns }: PlannedData): ModelPlan {
  const likelihood = likelihoodPlan(spec.likelihood, features, columns)
  const width = spec.variables * spec.categories
  const { estimator } = spec
  const isLearned = typeof estimator === 'object' && 'reinforce' in estimator && estimator.reinforce.baseline === 'learned'
  const baseline = isLearned ? (likelihood.inputs + 1) * baselineHidden + baselineHidden + 1 : 0
  const others = likelihood.parameters + (spec.codePrior === 'trained' ? width : 0) + baseline
  return whole(encoderPlan(spec.encoder, likelihood.inputs, width, imageShape), decoderPlan(spec.decoder, width, likelihood.outputs, imageShape), others)
}

export function vqPlan(spec: VqVaeSpec, { features, imageShape, columns }: PlannedData): ModelPlan {
  const likelihood = likelihoodPlan(spec.likelihood, features, columns)
  const width = spec.variables * spec.width
  const others = likelihood.parameters + ('gradient' in spec.codebook ? spec.entries * spec.width : 0)
  return whole(encoderPlan(spec.encoder, likelihood.inputs, width, imageShape), decoderPlan(spec.decoder, width, likelihood.outputs, imageShape), others)
}

/** Of M1 + M2 the networks of M1 are those between rows and codes; M2's are among the others. */
export function semiSupervisedPlan(spec: SemiSupervisedVaeSpec, { features, imageShape, columns, classes = 0 }: PlannedData): ModelPlan {
  const { latent, below = 'none' } = spec
  const likelihood = likelihoodPlan(spec.likelihood, features, columns)
  const codes = below === 'none' ? null : below.vae.latent
  const [seen, shape, outputs] = codes === null ? [likelihood.inputs, imageShape, likelihood.outputs] : [codes, null, 2 * codes]
  const classifier = encoderPlan(spec.encoder, seen, classes, shape)
  const encoder = encoderPlan(spec.encoder, seen, classes * 2 * latent, shape)
  const decoder = decoderPlan(spec.decoder, classes + latent, outputs, shape)
  if (below === 'none') return whole(encoder, decoder, likelihood.parameters + classifier.parameters)
  const ofRows = encoderPlan(below.vae.encoder, likelihood.inputs, 2 * below.vae.latent, imageShape)
  const toRows = decoderPlan(below.vae.decoder, below.vae.latent, likelihood.outputs, imageShape)
  return whole(ofRows, toRows, likelihood.parameters + classifier.parameters + encoder.parameters + decoder.parameters)
}

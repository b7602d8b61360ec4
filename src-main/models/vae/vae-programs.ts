import { layerWidths } from '@shared/domain/models/hierarchy'
import { type VaeSpec, learnsFromObserved } from '@shared/domain/models/vae'
import { differentiate } from '../../graph/differentiate'
import { cast, concatenate, divide, exp, greaterOrEqual, multiply, negate, reduceSum, reshape, square, subtract } from '../../graph/ops'
import { optimizerStep } from '../../graph/optimizers'
import { type Program, buildProgram } from '../../graph/program'
import { type FloatType, type Tensor, input } from '../../graph/tensor'
import { effectiveSamples } from '../effective-samples'
import type { GradientModel, StepSpec } from '../gradient-model'
import { fittedPass, trainingPass } from '../networks/pass'
import { trained } from '../networks/weight'
import { weightGroups } from '../networks/weight-groups'
import { noiseInputs } from '../noise'
import { type BoundTerms, boundTerms, logWeights, meanOverRows, repeatRows } from './bound-terms'
import type { Objective } from './objectives/objective'
import { withInference } from './inner-ascent'
import { pickObjective } from './objectives/pick-objective'
import { partsOf } from './posteriors/hierarchy'
import { vaeDensity } from './vae-density'
import { type RowShape, type Rows, type Vae, vae } from './vae'

/** A VAE with what it is trained by, as programs. */
export function vaePrograms(spec: VaeSpec, inference: StepSpec, shape: RowShape, type: FloatType = 'float32'): GradientModel {
  const model: TrainedVae = { ...withInference(vae(spec, shape, type), inference), condition: shape.condition ?? 0, keepsPhi: keepsPhi(inference) }
  const objective = pickObjective(inference.objective, model.latent, type)
  return {
    type,
    features: model.features,
    latent: model.latent,
    weights: [...model.weights, ...objective.weights],
    followed: 'elbo',
    draws: objective.samples,
    trainingStep: (rows) => trainingStep(model, objective, inference, rows),
    evaluation: (rows) => evaluation(model, objective, rows),
    encoding: (rows) => encoding(model, rows),
    decoding: (rows) => decoding(model, rows),
    priorSampling: (rows) => buildProgram({ name: 'vae-prior', outputs: { latent: model.prior.sample(rows, noiseInputs) } }),
    ...(shape.condition ? { condition: shape.condition } : {}),
    ...(keepsPhi(inference) ? { phi: 2 * model.latent } : {}),
    ...(learnsFromObserved(spec) ? { completion: (rows, samples) => completion(model, rows, samples) } : {}),
    density: (state) => vaeDensity(model, state),
  }
}

/** A VAE with what its rows are told besides x. */
export interface TrainedVae extends Vae {
  /** Width; 0 without a condition. */
  condition: number
  keepsPhi: boolean
}

/** Without an encoder, what was found of a row is where its next ascent begins. */
const keepsPhi = ({ mode }: Partial<Pick<StepSpec, 'mode'>>): boolean => mode === 'svi'

const conditionInput = ({ condition, type }: TrainedVae, rows: number): Pick<Rows, 'condition'> =>
  condition > 0 ? { condition: input('row/condition', [rows, condition], type) } : {}

function rowInputs(model: TrainedVae, rows: number): Rows {
  const { spec, features, latent, type } = model
  return {
    x: input('x', [rows, features], type),
    ...conditionInput(model, rows),
    ...(model.keepsPhi ? { phi: input('row/phi', [rows, 2 * latent], type) } : {}),
    ...(learnsFromObserved(spec) ? { observed: input('row/observed', [rows, features], type) } : {}),
  }
}

/** In a step of training, with some of the known entries hidden. */
function trainingRows(model: TrainedVae, rows: number): Rows {
  const whole = rowInputs(model, rows)
  const { x, observed } = whole
  const { missing } = model.spec
  if (!observed || missing === 'refuse') return whole
  const { hide } = missing.observed
  if (hide === 0) return whole
  const stays = cast(greaterOrEqual(noiseInputs.uniform('hide', x.shape, model.type), hide), model.type)
  return { ...whole, observed: multiply(observed, stays) }
}
const weightInput = ({ type }: Vae, rows: number): Tensor => input('weight', [rows], type)

/** One step of training: outputs objective, elbo, reconstruction and kl, means per row in nats, and gradientNorm. */
function trainingStep(model: TrainedVae, objective: Objective, inference: StepSpec, rows: number): Program {
  const weight = weightInput(model, rows)
  const share = divide(weight, reduceSum(weight))
  const pass = trainingPass(share)
  const terms = boundTerms(model, trainingRows(model, rows), objective.samples, pass)
  const mean = (perRow: Tensor): Tensor => meanOverRows(perRow, share)
  const meanRow = (perRow: Tensor): Tensor => reduceSum(multiply(perRow, reshape(share, [rows, 1])), [0])
  const reconstruction = mean(terms.reconstruction)
  const kl = mean(terms.kl())
  const climbed = objective.climb(terms, { share, reconstruction, kl, mean, meanRow })
  const parameters = trained(model.weights)
  const own = trained(objective.weights)
  const gradients = [
    ...differentiate(negate(climbed.objective), parameters),
    ...(climbed.adversary ? differentiate(climbed.adversary, own) : []),
  ]
  const optimizer = optimizerStep([...parameters, ...own], gradients, inference.optimizer, { clip: inference.clip, groupOf: weightGroups(inference) })
  return buildProgram({
    name: 'vae-training-step',
    outputs: {
      objective: climbed.objective,
      elbo: subtract(reconstruction, kl),
      reconstruction,
      kl,
      ...(objective.bound ? { [objective.bound.name]: mean(objective.bound.of(terms)) } : {}),
      ...layerKls(model, terms, mean),
      ...climbed.figures,
      gradientNorm: optimizer.gradientNorm,
      ...(model.keepsPhi ? { 'rows/phi': concatenate([terms.posteriors.mean, terms.posteriors.logVariance], 1) } : {}),
    },
    updates: { ...optimizer.updates, ...pass.updates },
  })
}

/** Of a hierarchy: the KL of each stochastic layer, counted from x. */
function layerKls({ spec }: Vae, { klPerDimension }: BoundTerms, over: (perRow: Tensor) => Tensor): Record<string, Tensor> {
  const widths = layerWidths(spec)
  if (widths.length === 1 || !klPerDimension) return {}
  return Object.fromEntries(partsOf(klPerDimension, widths).map((own, index) => [`layerKl[${index + 1}]`, over(reduceSum(own, [1]))]))
}

/** Sums over the rows of a batch, from which an evaluation of a whole part is put together. */
function evaluation(model: TrainedVae, objective: Objective, rows: number): Program {
  const weight = weightInput(model, rows)
  const terms = boundTerms(model, rowInputs(model, rows), objective.samples, fittedPass)
  const column = reshape(weight, [rows, 1])
  const { mean } = terms.posteriors
  const sum = (perRow: Tensor): Tensor => reduceSum(multiply(perRow, weight))
  return buildProgram({
    name: 'vae-evaluation',
    outputs: {
      reconstruction: sum(terms.reconstruction),
      ...(terms.klPerDimension
        ? { klPerDimension: reduceSum(multiply(terms.klPerDimension, column), [0]) }
        : { kl: sum(terms.kl()) }),
      latentMeans: reduceSum(multiply(mean, column), [0]),
      latentMeanSquares: reduceSum(multiply(square(mean), column), [0]),
      latentVariances: reduceSum(multiply(exp(terms.posteriors.logVariance), column), [0]),
      ...(objective.bound ? { [objective.bound.name]: sum(objective.bound.of(terms)) } : {}),
      ...layerKls(model, terms, sum),
      'rows/elbo': subtract(terms.reconstruction, terms.kl()),
      ...(objective.bound ? { [`rows/${objective.bound.name}`]: objective.bound.of(terms), 'rows/effective': effectiveSamples(logWeights(terms)) } : {}),
    },
  })
}

function encoding(model: TrainedVae, rows: number): Program {
  const { mean, logVariance, isDiagonalGaussian } = model.encode(rowInputs(model, rows), fittedPass)
  return buildProgram({ name: 'vae-encoder', outputs: { latentMean: mean, ...(isDiagonalGaussian ? { latentLogVariance: logVariance } : {}) } })
}

function decoding(model: TrainedVae, rows: number): Program {
  const latent = input('latent', [rows, model.latent], model.type)
  return buildProgram({ name: 'vae-decoder', outputs: { mean: model.likelihood.mean(model.decode(latent, conditionInput(model, rows), fittedPass)) } })
}

/**
 * Importance-weighted draws of whole rows given what is known of them: z_k ~ q(z|x), w_k = p(x|z_k)·p(z_k)/q(z_k|x) over the known entries.
 *
 * Outputs `logWeights` [samples, rows], and by z_k `mean` = E[x|z_k] and `draw` ~ p(x|z_k), [samples·rows, features].     Mattei & Frellsen 2019
 */
function completion(model: TrainedVae, rows: number, samples: number): Program {
  const known = rowInputs(model, rows)
  const terms = boundTerms(model, known, samples, fittedPass)
  const output = model.decode(terms.latent, repeatRows(known, samples), fittedPass)
  const { likelihood } = model
  return buildProgram({
    name: 'vae-completion',
    outputs: { logWeights: logWeights(terms), mean: likelihood.mean(output), draw: likelihood.sample(output, noiseInputs) },
  })
}

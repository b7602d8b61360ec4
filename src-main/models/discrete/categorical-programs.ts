import type { CategoricalVaeSpec } from '@shared/domain/models/discrete'
import { softmax } from '../../graph/compose'
import { differentiate } from '../../graph/differentiate'
import { add, divide, multiply, reduceSum, reshape, square, subtract } from '../../graph/ops'
import { optimizerStep } from '../../graph/optimizers'
import { type Program, buildProgram } from '../../graph/program'
import { type FloatType, type Tensor, input } from '../../graph/tensor'
import type { GradientModel, StepSpec } from '../gradient-model'
import { fittedPass, trainingPass } from '../networks/pass'
import { trained } from '../networks/weight'
import { weightGroups } from '../networks/weight-groups'
import { noiseInputs } from '../noise'
import { meanOverRows } from '../vae/bound-terms'
import type { RowShape } from '../vae/vae'
import { categoricalDensity, categoricalEnumeration } from './categorical-density'
import { type CategoricalVae, type CodeTerms, categoricalVae, codeTerms, drawPrior } from './categorical-vae'
import { penaltyOf } from './penalty'

/** A VAE with categorical codes and what it is trained by. Codes are shown as probabilities: [rows, variables·categories]. */
export function categoricalPrograms(spec: CategoricalVaeSpec, inference: StepSpec, shape: RowShape, type: FloatType = 'float32'): GradientModel {
  const model = categoricalVae(spec, shape, type)
  const enumeration = categoricalEnumeration(model)
  return {
    type,
    features: model.features,
    latent: spec.variables * spec.categories,
    weights: model.weights,
    followed: model.estimator.target === 'mean' ? 'elbo' : 'iwae',
    draws: model.estimator.samples,
    trainingStep: (rows) => trainingStep(model, inference, rows),
    evaluation: (rows) => evaluation(model, rows),
    encoding: (rows) => encoding(model, rows),
    decoding: (rows) => decoding(model, rows),
    priorSampling: (rows) => {
      const latent = reshape(drawPrior(model, rows, noiseInputs), [rows, spec.variables * spec.categories])
      return buildProgram({ name: 'categorical-prior', outputs: { latent } })
    },
    units: Array.from({ length: spec.variables }, () => spec.categories),
    density: (state) => categoricalDensity(model, state),
    ...(enumeration ? { enumeration } : {}),
  }
}

const rowInputs = ({ features, type }: CategoricalVae, rows: number): Tensor => input('x', [rows, features], type)

/** E log p(x|z) for each row, from a mean of either log p(x|z) or of log p(x, z)/q(z|x). */
const reconstructionOf = ({ estimator }: CategoricalVae, { estimate, klPerVariable }: CodeTerms): Tensor =>
  estimator.target === 'mean' ? estimate.value : add(estimate.value, reduceSum(klPerVariable, [1]))

/** One step of training: outputs objective, elbo, reconstruction and kl, means per row in nats, of codes that are codes whatever the gradient sees. */
function trainingStep(model: CategoricalVae, inference: StepSpec, rows: number): Program {
  const weight = input('weight', [rows], model.type)
  const share = divide(weight, reduceSum(weight))
  const pass = trainingPass(share)
  const terms = codeTerms(model, rowInputs(model, rows), pass)
  const { surrogate, bound, ownLoss } = terms.estimate
  const mean = (perRow: Tensor): Tensor => meanOverRows(perRow, share)
  const reconstruction = mean(reconstructionOf(model, terms))
  const kl = mean(reduceSum(terms.klPerVariable, [1]))
  const penalty = bound ? null : penaltyOf(kl, inference, model.type)
  const climbed = penalty ? subtract(mean(surrogate), penalty) : mean(surrogate)
  const loss = subtract(ownLoss ? mean(ownLoss) : 0, climbed)
  const parameters = trained(model.weights)
  const optimizer = optimizerStep(parameters, differentiate(loss, parameters), inference.optimizer, {
    clip: inference.clip,
    groupOf: weightGroups(inference),
  })
  return buildProgram({
    name: 'categorical-training-step',
    outputs: {
      objective: bound ? mean(bound) : subtract(reconstruction, penalty!),
      elbo: subtract(reconstruction, kl),
      reconstruction,
      kl,
      ...(bound ? { iwae: mean(bound) } : {}),
      ...(ownLoss ? { baselineLoss: mean(ownLoss) } : {}),
      gradientNorm: optimizer.gradientNorm,
    },
    updates: { ...optimizer.updates, ...pass.updates },
  })
}

function evaluation(model: CategoricalVae, rows: number): Program {
  const weight = input('weight', [rows], model.type)
  const terms = codeTerms(model, rowInputs(model, rows), fittedPass)
  const column = reshape(weight, [rows, 1])
  const codes = reshape(softmax(terms.logits, 2), [rows, model.spec.variables * model.spec.categories])
  const sum = (perRow: Tensor): Tensor => reduceSum(multiply(perRow, weight))
  const { bound } = terms.estimate
  const reconstruction = reconstructionOf(model, terms)
  return buildProgram({
    name: 'categorical-evaluation',
    outputs: {
      reconstruction: sum(reconstruction),
      klPerDimension: reduceSum(multiply(terms.klPerVariable, column), [0]),
      latentMeans: reduceSum(multiply(codes, column), [0]),
      latentMeanSquares: reduceSum(multiply(square(codes), column), [0]),
      ...(bound ? { iwae: sum(bound), 'rows/iwae': bound } : {}),
      ...(terms.estimate.effective ? { 'rows/effective': terms.estimate.effective } : {}),
      'rows/elbo': subtract(reconstruction, reduceSum(terms.klPerVariable, [1])),
    },
  })
}

function encoding(model: CategoricalVae, rows: number): Program {
  const { variables, categories } = model.spec
  const probabilities = softmax(model.encode(rowInputs(model, rows), fittedPass), 2)
  return buildProgram({ name: 'categorical-encoder', outputs: { latentMean: reshape(probabilities, [rows, variables * categories]) } })
}

function decoding(model: CategoricalVae, rows: number): Program {
  const { variables, categories } = model.spec
  const codes = reshape(input('latent', [rows, variables * categories], model.type), [rows, variables, categories])
  return buildProgram({ name: 'categorical-decoder', outputs: { mean: model.likelihood.mean(model.decode(codes, fittedPass)) } })
}

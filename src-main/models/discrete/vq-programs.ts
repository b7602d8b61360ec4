import type { VqVaeSpec } from '@shared/domain/models/discrete'
import { mostEnumerated } from '@shared/domain/models/discrete'
import { useOfCodes } from '@shared/math/use-of-codes'
import { differentiate } from '../../graph/differentiate'
import { add, broadcastTo, divide, matmul, multiply, negate, reduceSum, reshape, square, subtract, transpose } from '../../graph/ops'
import { optimizerStep } from '../../graph/optimizers'
import { type Program, buildProgram } from '../../graph/program'
import type { NumericArray } from '../../graph/runtime'
import { type FloatType, type Tensor, input } from '../../graph/tensor'
import { allCodes } from '../estimators/enumeration'
import { drawCodes, logMass } from '../estimators/estimator'
import type { GradientModel, StepSpec } from '../gradient-model'
import type { LatentDensity } from '../latent-density'
import { fittedPass, trainingPass } from '../networks/pass'
import { trained } from '../networks/weight'
import { weightGroups } from '../networks/weight-groups'
import { noiseInputs } from '../noise'
import { meanOverRows } from '../vae/bound-terms'
import type { RowShape } from '../vae/vae'
import { copiesOf } from './categorical-vae'
import { distances, nearest } from './codebook'
import { type VqVae, logPriorOf, quantize, vqVae } from './vq-vae'

/**
 * A VQ-VAE and what it is trained by. A code is shown as the chosen entries, one after another: [rows, variables·width]; what is decoded is first
 * replaced by the nearest entries.
 */
export function vqPrograms(spec: VqVaeSpec, inference: StepSpec, shape: RowShape, type: FloatType = 'float32'): GradientModel {
  const model = vqVae(spec, shape, type)
  const { variables, width, entries } = spec
  const codes = entries ** variables
  return {
    type,
    features: model.features,
    latent: variables * width,
    units: Array.from({ length: variables }, () => width),
    weights: model.weights,
    followed: 'elbo',
    trainingStep: (rows) => trainingStep(model, inference, rows),
    evaluation: (rows) => evaluation(model, rows),
    encoding(rows) {
      const chosen = nearest(model.encode(rowInputs(model, rows), fittedPass), model.book.entries)
      return buildProgram({ name: 'codebook-encoder', outputs: { latentMean: reshape(matmul(chosen, model.book.entries), [rows, variables * width]) } })
    },
    decoding(rows) {
      const vectors = reshape(input('latent', [rows, variables * width], type), [rows * variables, width])
      const replaced = matmul(nearest(vectors, model.book.entries), model.book.entries)
      return buildProgram({ name: 'codebook-decoder', outputs: { mean: model.likelihood.mean(model.decode(replaced, fittedPass)) } })
    },
    priorSampling(rows) {
      const drawn = reshape(drawCodes(model.logPrior, rows, noiseInputs), [rows * variables, entries])
      return buildProgram({ name: 'codebook-prior', outputs: { latent: reshape(matmul(drawn, model.book.entries), [rows, variables * width]) } })
    },
    density: (state) => density(model, state),
    ...(codes <= mostEnumerated ? { enumeration: { codes, program: (rows) => jointProgram(model, codes, rows) } } : {}),
    afterwards: {
      program: (rows) => usage(model, rows),
      // Half a row for every entry, so that none becomes impossible: Jeffreys' prior.
      fit: ({ use }) => ({ state: { 'prior/counts': arrayOf(type, use!.map((count) => count + 0.5)) }, figures: useOfCodes(overVariables(use!, entries)) }),
    },
  }
}

/** [variables·entries] → [entries] */
const overVariables = (use: Float64Array, entries: number): Float64Array =>
  Float64Array.from({ length: entries }, (_, entry) => use.reduce((sum, count, at) => (at % entries === entry ? sum + count : sum), 0))

const arrayOf = (type: FloatType, values: Float64Array): NumericArray => (type === 'float32' ? Float32Array.from(values) : values)

const rowInputs = ({ features, type }: VqVae, rows: number): Tensor => input('x', [rows, features], type)

/** Climbs log p(x|entries) − β·commitment − the pull on a codebook that learns by gradients, which is no bound on log p(x). */
function trainingStep(model: VqVae, inference: StepSpec, rows: number): Program {
  const { spec, book, type } = model
  const weight = input('weight', [rows], type)
  const share = divide(weight, reduceSum(weight))
  const pass = trainingPass(share)
  const { vectors, chosen, logLikelihood, commitment, pull } = quantize(model, rowInputs(model, rows), pass)
  const mean = (perRow: Tensor): Tensor => meanOverRows(perRow, share)
  const reconstruction = mean(logLikelihood)
  const committed = mean(commitment)
  const climbed = subtract(reconstruction, multiply(committed, spec.commitment))
  const objective = book.learnsByGradient ? subtract(climbed, mean(pull)) : climbed
  book.follow(vectors, chosen, eachVariable(weight, spec.variables), pass)
  const parameters = trained(model.weights)
  const optimizer = optimizerStep(parameters, differentiate(negate(objective), parameters), inference.optimizer, {
    clip: inference.clip,
    groupOf: weightGroups(inference),
  })
  return buildProgram({
    name: 'codebook-training-step',
    outputs: { objective, reconstruction, commitment: committed, gradientNorm: optimizer.gradientNorm },
    updates: { ...optimizer.updates, ...pass.updates },
  })
}

/** [rows] → [rows·variables] */
const eachVariable = (weight: Tensor, variables: number): Tensor =>
  reshape(broadcastTo(reshape(weight, [weight.shape[0]!, 1]), [weight.shape[0]!, variables]), [weight.shape[0]! * variables])

/** −log p(z) is the KL of a q(z|x) that is certain, so that reconstruction − kl is a bound on log p(x). */
function evaluation(model: VqVae, rows: number): Program {
  const { spec, type } = model
  const weight = input('weight', [rows], type)
  const { entries, chosen, logLikelihood, commitment } = quantize(model, rowInputs(model, rows), fittedPass)
  const codes = reshape(chosen, [rows, spec.variables, spec.entries])
  const latent = reshape(entries, [rows, spec.variables * spec.width])
  const column = reshape(weight, [rows, 1])
  const sum = (perRow: Tensor): Tensor => reduceSum(multiply(perRow, weight))
  const logPrior = logPriorOf(model, codes)
  return buildProgram({
    name: 'codebook-evaluation',
    outputs: {
      reconstruction: sum(logLikelihood),
      kl: sum(negate(logPrior)),
      commitment: sum(commitment),
      codeUse: reduceSum(multiply(chosen, reshape(eachVariable(weight, spec.variables), [rows * spec.variables, 1])), [0]),
      latentMeans: reduceSum(multiply(latent, column), [0]),
      latentMeanSquares: reduceSum(multiply(square(latent), column), [0]),
      'rows/elbo': add(logLikelihood, logPrior),
    },
  })
}

/** How many rows use each entry for each variable: `use` [1, variables, entries]. */
function usage(model: VqVae, rows: number): Program {
  const { spec, type } = model
  const chosen = nearest(model.encode(rowInputs(model, rows), fittedPass), model.book.entries)
  const codes = reshape(chosen, [rows, spec.variables, spec.entries])
  return buildProgram({ name: 'codebook-use', outputs: { use: reduceSum(multiply(codes, reshape(input('weight', [rows], type), [rows, 1, 1])), [0], true) } })
}

/** p(x) = Σ_z p(z)·p(x|z), with codes as 0 and 1; drawn in proportion to p(z)·exp(−distance²) of the row's own vectors. */
function density(model: VqVae, state: Readonly<Record<string, NumericArray>>): LatentDensity {
  const { spec, features, type, book, likelihood } = model
  const { variables, entries } = spec
  const codesOf = (latent: Tensor): Tensor => reshape(latent, [latent.shape[0]!, variables, entries])
  const flat = (codes: Tensor): Tensor => reshape(codes, [codes.shape[0]!, variables * entries])
  return {
    columns: { x: features },
    latent: variables * entries,
    type,
    state,
    isDiscrete: true,
    logPrior: (latent) => logPriorOf(model, codesOf(latent)),
    logLikelihood: (rows, latent) => likelihood.logProbability(rows['x']!, decoded(model, codesOf(latent))),
    drawPrior: (count, noise) => flat(drawCodes(model.logPrior, count, noise)),
    propose(rows, samples, noise) {
      const near = negate(distances(model.encode(rows['x']!, fittedPass), book.entries))
      const logits = add(reshape(near, [rows['x']!.shape[0]!, variables, entries]), model.logPrior)
      const codes = drawCodes(logits, samples, noise)
      return { latent: flat(codes), logDensity: reshape(logMass(logits, codes), [codes.shape[0]!]) }
    },
    simulate: null,
    guess: () => {
      throw new Error('a discrete code has no Gaussian near it')
    },
  }
}

/** The decoder's output of codes [m, variables, entries]. */
const decoded = (model: VqVae, codes: Tensor): Tensor =>
  model.decode(matmul(reshape(codes, [codes.shape[0]! * model.spec.variables, model.spec.entries]), model.book.entries), fittedPass)

function jointProgram(model: VqVae, codes: number, rows: number): Program {
  const { features, likelihood, spec, type } = model
  const x = copiesOf(input('x', [rows, features], type), codes)
  const all = allCodes(spec.variables, spec.entries, rows, type)
  const joint = add(logPriorOf(model, all), likelihood.logProbability(x, decoded(model, all)))
  return buildProgram({ name: 'codebook-joint', outputs: { logJoint: transpose(reshape(joint, [codes, rows]), [1, 0]) } })
}

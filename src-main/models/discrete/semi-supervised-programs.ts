import type { SemiSupervisedVaeSpec } from '@shared/domain/models/discrete'
import { oneHot } from '../../graph/compose'
import { differentiate } from '../../graph/differentiate'
import { add, argMax, concatenate, divide, exp, multiply, reduceSum, reshape, square, subtract, transpose } from '../../graph/ops'
import { optimizerStep } from '../../graph/optimizers'
import { type Program, buildProgram } from '../../graph/program'
import { type FloatType, type Tensor, input } from '../../graph/tensor'
import type { GradientModel, StepSpec } from '../gradient-model'
import { type Pass, fittedPass, trainingPass } from '../networks/pass'
import { trained } from '../networks/weight'
import { weightGroups } from '../networks/weight-groups'
import { noiseInputs } from '../noise'
import { meanOverRows } from '../vae/bound-terms'
import type { RowShape } from '../vae/vae'
import { penaltyOf } from './penalty'
import { semiSupervisedDensity } from './semi-supervised-density'
import { type ClassTerms, type Labelled, type Seen, type SemiSupervisedVae, classTerms, codesOf, semiSupervisedVae } from './semi-supervised-vae'

export interface ClassShape extends RowShape {
  /** Values of y. */
  classes: number
  /** Labelled rows as a share of all. */
  labelledShare: number
}

/**
 * M2 and what it is trained by. A code is (q(y|x), w): [rows, classes + latent].
 *
 * row/labelled  [rows, features]  a labelled row beside each row
 * row/label     [rows, classes]   its class as 0 and 1
 * row/class     [rows, classes]   of evaluations: the class of each row as 0 and rows/known, so that the mean is the share of known ones that is met
 */
export function semiSupervisedPrograms(spec: SemiSupervisedVaeSpec, inference: StepSpec, shape: ClassShape, type: FloatType = 'float32'): GradientModel {
  const model = semiSupervisedVae(spec, shape.classes, shape, type)
  const width = shape.classes + spec.latent
  return {
    type,
    features: model.features,
    latent: width,
    classes: shape.classes,
    weights: model.weights,
    followed: 'elbo',
    trainingStep: (rows) => trainingStep(model, inference, shape.labelledShare, rows),
    evaluation: (rows) => evaluation(model, shape.labelledShare > 0, rows),
    encoding(rows) {
      const { logClasses, mean } = codesOf(model, rowInputs(model, rows), fittedPass)
      return buildProgram({ name: 'classes-encoder', outputs: { latentMean: concatenate([exp(logClasses), mean], 1) } })
    },
    decoding(rows) {
      const latent = input('latent', [rows, width], type)
      return buildProgram({ name: 'classes-decoder', outputs: { mean: model.likelihood.mean(model.decoder(latent, fittedPass)) } })
    },
    priorSampling: (rows) => buildProgram({ name: 'classes-prior', outputs: { latent: model.drawPrior(rows, noiseInputs) } }),
    units: [shape.classes, ...Array.from({ length: spec.latent }, () => 1)],
    density: (state) => semiSupervisedDensity(model, state),
  }
}

const rowInputs = ({ features, type }: SemiSupervisedVae, rows: number): Tensor => input('x', [rows, features], type)

/** E_q(y|x) of log p(x|y, w), and KL(q(y, w|x) ‖ p(y, w)), of rows without a label: [rows] each. */
export function unlabelled({ logClasses, ofClasses }: ClassTerms, classes: number): { reconstruction: Tensor; kl: Tensor } {
  const probabilities = exp(logClasses)
  const byClass = transpose(probabilities, [1, 0])
  const klOfClass = reduceSum(multiply(probabilities, add(logClasses, Math.log(classes))), [1])
  return {
    reconstruction: reduceSum(multiply(byClass, ofClasses.logLikelihood), [0]),
    kl: add(reduceSum(multiply(byClass, ofClasses.kl), [0]), klOfClass),
  }
}

/** A batch of rows, of which others stand beside them with their class. */
export interface ClassBatch extends Seen {
  labelled: Labelled | null
  labelledShare: number
  /** Over the rows of the batch that count. */
  mean(perRow: Tensor): Tensor
}

export interface ClassClimb {
  objective: Tensor
  /** Of rows without a label: [rows]. */
  free: { reconstruction: Tensor; kl: Tensor }
  labelFit: Tensor | null
}

/** (1 − π)·U + π·L + α·log q(y|x), π the labelled share, U and L the bounds without and with a label. */
export function classClimb(model: SemiSupervisedVae, inference: StepSpec, { labelled, labelledShare, mean, ...rows }: ClassBatch, pass: Pass): ClassClimb {
  const { classes, type, spec } = model
  const terms = classTerms(model, rows, labelled, pass)
  const free = unlabelled(terms, classes)
  const [reconstruction, kl] = [mean(free.reconstruction), mean(free.kl)]
  const told = terms.ofLabelled
  const mixed = (without: Tensor, withLabel: Tensor | null): Tensor =>
    withLabel ? add(multiply(without, 1 - labelledShare), multiply(withLabel, labelledShare)) : without
  const climbedReconstruction = mixed(reconstruction, told && mean(told.logLikelihood))
  const climbedKl = mixed(kl, told && mean(add(told.kl, Math.log(classes))))
  const bound = subtract(climbedReconstruction, penaltyOf(climbedKl, inference, type))
  const labelFit = told && mean(told.logClass)
  return { objective: labelFit ? add(bound, multiply(labelFit, spec.labelWeight)) : bound, free, labelFit }
}

/** Rows with their class, fed beside the rows of a batch; null without any. */
export const labelledInputs = (features: number, classes: number, labelledShare: number, rows: number, type: FloatType): Labelled | null =>
  labelledShare > 0 ? { x: input('row/labelled', [rows, features], type), y: input('row/label', [rows, classes], type) } : null

function trainingStep(model: SemiSupervisedVae, inference: StepSpec, labelledShare: number, rows: number): Program {
  const { classes, features, type } = model
  const weight = input('weight', [rows], type)
  const share = divide(weight, reduceSum(weight))
  const pass = trainingPass(share)
  const mean = (perRow: Tensor): Tensor => meanOverRows(perRow, share)
  const labelled = labelledInputs(features, classes, labelledShare, rows, type)
  const { objective, free, labelFit } = classClimb(model, inference, { x: rowInputs(model, rows), labelled, labelledShare, mean }, pass)
  const [reconstruction, kl] = [mean(free.reconstruction), mean(free.kl)]
  const parameters = trained(model.weights)
  const optimizer = optimizerStep(parameters, differentiate(subtract(0, objective), parameters), inference.optimizer, {
    clip: inference.clip,
    groupOf: weightGroups(inference),
  })
  return buildProgram({
    name: 'classes-training-step',
    outputs: {
      objective,
      elbo: subtract(reconstruction, kl),
      reconstruction,
      kl,
      ...(labelFit ? { labelFit } : {}),
      gradientNorm: optimizer.gradientNorm,
    },
    updates: { ...optimizer.updates, ...pass.updates },
  })
}

/** 1/share of known where the most probable class is that of the row, else 0: [rows]. */
export function classMet(logClasses: Tensor): Tensor {
  const [rows, classes] = logClasses.shape as [number, number]
  return reduceSum(multiply(oneHot(argMax(logClasses, 1), classes, logClasses.type), input('row/class', [rows, classes], logClasses.type)), [1])
}

function evaluation(model: SemiSupervisedVae, isTold: boolean, rows: number): Program {
  const { classes, type } = model
  const weight = input('weight', [rows], type)
  const x = rowInputs(model, rows)
  const terms = classTerms(model, { x }, null, fittedPass)
  const { reconstruction, kl } = unlabelled(terms, classes)
  const { logClasses, mean } = codesOf(model, x, fittedPass)
  const codes = concatenate([exp(logClasses), mean], 1)
  const column = reshape(weight, [rows, 1])
  const sum = (perRow: Tensor): Tensor => reduceSum(multiply(perRow, weight))
  const met = isTold ? classMet(terms.logClasses) : null
  return buildProgram({
    name: 'classes-evaluation',
    outputs: {
      reconstruction: sum(reconstruction),
      kl: sum(kl),
      latentMeans: reduceSum(multiply(codes, column), [0]),
      latentMeanSquares: reduceSum(multiply(square(codes), column), [0]),
      ...(met ? { accuracy: sum(met) } : {}),
      'rows/elbo': subtract(reconstruction, kl),
    },
  })
}

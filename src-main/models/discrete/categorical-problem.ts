import { type EstimatorSpec, isBiased, mostEnumerated } from '@shared/domain/models/discrete'
import type { BenchedName, EstimatorBenchOptions } from '@shared/domain/estimator-bench'
import { add, exp, multiply, reduceSum, reshape, softplus, subtract } from '../../graph/ops'
import type { NumericArray } from '../../graph/runtime'
import type { Tensor } from '../../graph/tensor'
import { allCodes, enumeration } from '../estimators/enumeration'
import { type Expectation, type GradientEstimator, logMass } from '../estimators/estimator'
import type { Candidate, GradientProblem } from '../estimators/gradient-problem'
import { pickEstimator } from '../estimators/pick-estimator'
import { fittedPass } from '../networks/pass'
import { type CategoricalVae, categoricalKl, copiesOf, logPrior, viewOf } from './categorical-vae'

/** Codes of which every pair can be gone through. */
const mostPaired = 256
/** Draws of the importance-weighted bound, whose gradient is a sum over all pairs of codes. */
const pair = 2

/** A VAE with categorical codes as a place to try estimators at; null where its codes are too many to go through. */
export function categoricalProblem(
  model: CategoricalVae,
  state: Readonly<Record<string, NumericArray>>,
  { samples, temperatures }: Pick<EstimatorBenchOptions, 'samples' | 'temperatures'>,
): GradientProblem | null {
  const { variables, categories } = model.spec
  const codes = categories ** variables
  if (codes > mostEnumerated) return null
  const width = variables * categories
  const seen = model.likelihood.view?.width ?? model.features
  const candidate = (name: BenchedName, spec: EstimatorSpec, temperature: number | null = null): Candidate => {
    const estimator = pickEstimator(spec, { variables, categories, seen }, model.type)
    return candidateOf(model, { name, estimator, temperature, biased: isBiased(spec) })
  }
  const elbo = candidateOf(model, { name: 'enumeration', estimator: enumeration(variables, categories), temperature: null, biased: false })
  return {
    type: model.type,
    features: model.features,
    width,
    state,
    parameters: (x) => reshape(model.encode(x, fittedPass), [x.shape[0]!, width]),
    exact: { codes, elbo, iwae: codes <= mostPaired ? { samples: pair, bound: (x, parameters) => pairBound(model, x, logitsOf(model, parameters)) } : null },
    reference: elbo,
    candidates: [
      elbo,
      candidate('none', { reinforce: { baseline: 'none', samples } }),
      candidate('running', { reinforce: { baseline: 'running', samples } }),
      candidate('learned', { reinforce: { baseline: 'learned', samples } }),
      candidate('leaveOneOut', { leaveOneOut: { samples } }),
      candidate('vimco', { vimco: { samples: pair } }),
      ...temperatures.map((temperature) => candidate('gumbelSoftmax', { gumbelSoftmax: { temperature, samples } }, temperature)),
      candidate('straightThrough', { straightThrough: { samples } }),
    ],
  }
}

const logitsOf = ({ spec }: CategoricalVae, parameters: Tensor): Tensor => reshape(parameters, [parameters.shape[0]!, spec.variables, spec.categories])

/** log p(x|z) of codes [copies·rows, variables, categories] → [copies·rows]. */
const logLikelihood = (model: CategoricalVae, x: Tensor, codes: Tensor, copies: number): Tensor =>
  model.likelihood.logProbability(copiesOf(x, copies), model.decode(codes, fittedPass))

/** log p(x, z) − log q(z|x), [copies·rows]. */
const logWeight = (model: CategoricalVae, x: Tensor, logits: Tensor, codes: Tensor, copies: number): Tensor =>
  subtract(add(logLikelihood(model, x, codes, copies), logPrior(model, codes)), reshape(logMass(logits, codes), [codes.shape[0]!]))

function candidateOf(
  model: CategoricalVae,
  { estimator, ...told }: { name: BenchedName; estimator: GradientEstimator; temperature: number | null; biased: boolean },
): Candidate {
  const isBound = estimator.target === 'logMeanExp'
  return {
    ...told,
    samples: estimator.samples,
    target: isBound ? 'iwae' : 'elbo',
    weights: estimator.weights,
    estimate(x, parameters, pass) {
      const logits = logitsOf(model, parameters)
      const of: Expectation['of'] = (codes, copies) => (isBound ? logWeight(model, x, logits, codes, copies) : logLikelihood(model, x, codes, copies))
      const found = estimator.estimate({ logits, of, seen: viewOf(model.likelihood, x) }, pass)
      return isBound ? found : { ...found, surrogate: subtract(found.surrogate, reduceSum(categoricalKl(model, logits), [1])) }
    },
  }
}

/** Σ_{z, z'} q(z)·q(z')·log ½(w_z + w_z') over all pairs of codes: [rows], nats. */
function pairBound(model: CategoricalVae, x: Tensor, logits: Tensor): Tensor {
  const { variables, categories } = model.spec
  const rows = x.shape[0]!
  const codes = allCodes(variables, categories, rows, model.type)
  const count = codes.shape[0]! / rows
  const mass = exp(logMass(logits, codes))
  const logWeights = reshape(logWeight(model, x, logits, codes, count), [count, rows])
  const one = (values: Tensor): Tensor => reshape(values, [count, 1, rows])
  const other = (values: Tensor): Tensor => reshape(values, [1, count, rows])
  const ofPair = add(one(logWeights), softplus(subtract(other(logWeights), one(logWeights))))
  return subtract(reduceSum(multiply(multiply(one(mass), other(mass)), ofPair), [0, 1]), Math.LN2)
}

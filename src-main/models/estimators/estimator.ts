import { logSoftmax, oneHot } from '../../graph/compose'
import { add, argMax, log, negate, reduceMean, reduceSum, reshape, multiply } from '../../graph/ops'
import type { FloatType, Tensor } from '../../graph/tensor'
import type { Noise } from '../noise'
import type { Pass } from '../networks/pass'
import type { Weight } from '../networks/weight'

/*
 * Gradients of E_{z ~ q} f(z) over discrete codes. A code has `variables` parts that are independent under q, each one of `categories`, written
 * as 0 and 1. An estimator gives a surrogate: a tensor whose gradient is the estimate, whatever its value.
 */

/** What the mean is wanted of. */
export interface Expectation {
  /** Of q, not normalized: [rows, variables, categories]. */
  logits: Tensor
  /** f, nats: codes [copies·rows, variables, categories], one set of rows after another → [copies·rows]. It may depend on weights of its own. */
  of(codes: Tensor, copies: number): Tensor
  /** What a learned baseline may look at, [rows, width]. */
  seen: Tensor
}

export interface Estimate {
  /** [rows]; its gradient estimates that of the target. */
  surrogate: Tensor
  /** Mean of f over the draws, with proper codes: [rows], nats. */
  value: Tensor
  /** Where the target is another: log 1/S Σ exp f, [rows], nats. */
  bound?: Tensor
  /** How many of the draws that bound rests on, [rows]. */
  effective?: Tensor
  /** What the estimator's own weights descend, [rows]. */
  ownLoss?: Tensor
}

/** A new estimator is a file beside this one and a row in `pick-estimator`. */
export interface GradientEstimator {
  /** mean: E f. logMeanExp: E log 1/S Σ exp f(z_s), where f is a log importance weight. */
  target: 'mean' | 'logMeanExp'
  biased: boolean
  /** Draws for each row; of an enumeration, all codes. */
  samples: number
  weights: Weight[]
  estimate(expectation: Expectation, pass: Pass): Estimate
}

/** log q(z) of codes [copies·rows, variables, categories] → [copies, rows]. */
export function logMass(logits: Tensor, codes: Tensor): Tensor {
  const [rows, variables, categories] = logits.shape as [number, number, number]
  const copies = codes.shape[0]! / rows
  const terms = multiply(reshape(codes, [copies, rows, variables, categories]), logSoftmax(logits, 2))
  return reduceSum(terms, [2, 3])
}

/** logits + Gumbel noise, whose largest entry is a draw from softmax(logits): [samples, rows, variables, categories]. Gumbel 1954 */
export const perturbed = (logits: Tensor, samples: number, noise: Noise): Tensor =>
  add(logits, negate(log(negate(log(noise.uniform('codes', [samples, ...logits.shape], logits.type as FloatType))))))

/** The largest entry of the last axis as 1, the others as 0: [samples, rows, variables, categories] → [samples·rows, variables, categories]. */
export function largest(scores: Tensor): Tensor {
  const [samples, rows, variables, categories] = scores.shape as [number, number, number, number]
  return reshape(oneHot(argMax(scores, 3), categories, scores.type), [samples * rows, variables, categories])
}

/** Codes z ~ q, one set of rows after another: [samples·rows, variables, categories]. */
export const drawCodes = (logits: Tensor, samples: number, noise: Noise): Tensor => largest(perturbed(logits, samples, noise))

/** f of every draw: [samples, rows]. */
export const integrand = ({ logits, of }: Expectation, codes: Tensor): Tensor => {
  const rows = logits.shape[0]!
  const samples = codes.shape[0]! / rows
  return reshape(of(codes, samples), [samples, rows])
}

export const meanOverDraws = (values: Tensor): Tensor => reduceMean(values, [0])

import type { VqVaeSpec } from '@shared/domain/models/discrete'
import { logSoftmax } from '../../graph/compose'
import { add, log, matmul, multiply, reduceSum, reshape, square, stopGradient, subtract } from '../../graph/ops'
import { type FloatType, type Tensor, parameter } from '../../graph/tensor'
import type { Likelihood } from '../likelihoods/likelihood'
import { pickLikelihood } from '../likelihoods/pick-likelihood'
import { decoderNetwork, encoderNetwork } from '../networks/network'
import type { Pass } from '../networks/pass'
import { type Weight, constantWeight } from '../networks/weight'
import type { RowShape } from '../vae/vae'
import { viewOf } from './categorical-vae'
import { type Codebook, codebook, nearest } from './codebook'

/*
 * An encoder gives a row some vectors, each of which is replaced by the nearest entry of a codebook before the decoder reads them. A prior over the
 * entries is fitted to the codes of the training rows afterwards.     van den Oord, Vinyals & Kavukcuoglu 2017
 */

export interface VqVae {
  spec: VqVaeSpec
  features: number
  type: FloatType
  weights: Weight[]
  likelihood: Likelihood
  book: Codebook
  /** Vectors of rows before they are replaced: [rows, features] → [rows·variables, width]. */
  encode(x: Tensor, pass: Pass): Tensor
  /** The decoder's output, of vectors [m·variables, width]: [m, outputs]. */
  decode(vectors: Tensor, pass: Pass): Tensor
  /** Log-probabilities of the entries for each variable, fitted afterwards: [1, variables, entries]. */
  logPrior: Tensor
}

export function vqVae(spec: VqVaeSpec, { features, imageShape, columns = [] }: RowShape, type: FloatType): VqVae {
  const { variables, width, entries } = spec
  const likelihood = pickLikelihood(spec.likelihood, features, columns, type)
  const seen = likelihood.view?.width ?? features
  const encoder = encoderNetwork(spec.encoder, { name: 'encoder', from: seen, to: variables * width, shape: imageShape, type })
  const decoder = decoderNetwork(spec.decoder, { name: 'decoder', from: variables * width, to: likelihood.outputs, shape: imageShape, type })
  const book = codebook(spec, type)
  const counts = parameter('prior/counts', [1, variables, entries], type)
  return {
    spec,
    features,
    type,
    weights: [...encoder.weights, ...decoder.weights, ...likelihood.weights, ...book.weights, { ...constantWeight(counts, 1), isStatistic: true }],
    likelihood,
    book,
    encode: (x, pass) => reshape(encoder(viewOf(likelihood, x), pass), [x.shape[0]! * variables, width]),
    decode: (vectors, pass) => decoder(reshape(vectors, [vectors.shape[0]! / variables, variables * width]), pass),
    logPrior: logSoftmax(log(counts), 2),
  }
}

export interface QuantizedRows {
  /** Before and after: [rows·variables, width]. */
  vectors: Tensor
  entries: Tensor
  /** Which entry, as 0 and 1: [rows·variables, entries]. */
  chosen: Tensor
  /** log p(x|entries), [rows], nats; gradients go on to the encoder as if nothing had been replaced. */
  logLikelihood: Tensor
  /** Σ (vector − entry)², [rows]: of the vectors towards entries that stand still, and of entries towards such vectors. */
  commitment: Tensor
  pull: Tensor
}

export function quantize(model: VqVae, x: Tensor, pass: Pass): QuantizedRows {
  const { book, spec, likelihood } = model
  const vectors = model.encode(x, pass)
  const chosen = nearest(stopGradient(vectors), stopGradient(book.entries))
  const entries = matmul(chosen, book.entries)
  const through = add(vectors, stopGradient(subtract(entries, vectors)))
  const between = (one: Tensor, other: Tensor): Tensor =>
    reduceSum(reshape(square(subtract(one, other)), [x.shape[0]!, spec.variables * spec.width]), [1])
  return {
    vectors,
    entries,
    chosen,
    logLikelihood: likelihood.logProbability(x, model.decode(through, pass)),
    commitment: between(vectors, stopGradient(entries)),
    pull: between(stopGradient(vectors), entries),
  }
}

/** log p(z) of codes [m, variables, entries] of 0 and 1 → [m], nats. */
export const logPriorOf = ({ logPrior }: VqVae, codes: Tensor): Tensor => reduceSum(multiply(codes, logPrior), [1, 2])

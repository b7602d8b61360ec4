import { digamma, logGamma } from '@shared/math/gamma'
import { type RandomKey, fillUniform } from '@shared/math/random'
import { type TermCounts, transposed } from './term-counts'

/*
 * Latent Dirichlet allocation with q(topics) q(documents) q(tokens): topics_k ~ Dir(λ_k), documents_d ~ Dir(γ_d). Blei, Ng & Jordan 2003;
 * the bound is that of Hoffman, Blei & Bach 2010 for a batch.
 */

export interface LdaPrior {
  /** α */
  document: number
  /** η */
  topic: number
}

export interface Lda {
  count: number
  /** λ: [K, W] */
  topics: Float64Array
  /** γ: [D, K] */
  documents: Float64Array
}

/** exp E[log p] of Dirichlet rows [rows, width]. */
export function expectedExponents(concentrations: Float64Array, width: number): Float64Array {
  const found = new Float64Array(concentrations.length)
  for (let start = 0; start < concentrations.length; start += width) {
    let total = 0
    for (let index = start; index < start + width; index += 1) total += concentrations[index]!
    const whole = digamma(total)
    for (let index = start; index < start + width; index += 1) found[index] = Math.exp(digamma(concentrations[index]!) - whole)
  }
  return found
}

/** −KL(Dir(concentrations) ‖ Dir(prior, …)) summed over rows, nats. */
export function negativeDirichletDivergence(concentrations: Float64Array, width: number, prior: number): number {
  let sum = (concentrations.length / width) * (logGamma(width * prior) - width * logGamma(prior))
  for (let start = 0; start < concentrations.length; start += width) {
    let total = 0
    for (let index = start; index < start + width; index += 1) total += concentrations[index]!
    const whole = digamma(total)
    sum -= logGamma(total)
    for (let index = start; index < start + width; index += 1) {
      const value = concentrations[index]!
      sum += logGamma(value) + (prior - value) * (digamma(value) - whole)
    }
  }
  return sum
}

export interface LdaExpectation {
  /** Expected tokens of each term that a topic takes: [K, W]. */
  topicCounts: Float64Array
  /** γ after the E-step: [D, K] */
  documents: Float64Array
  /** The part of the bound that each document adds, nats: [D]. */
  bounds: Float64Array
}

export interface InnerLimits {
  /** Stop a document when its γ changes by less than this on average. */
  change: number
  iterations: number
}

/** The E-step: for each document γ and its tokens' topics in turns, from the γ it had. */
export function ldaExpectation(counts: TermCounts, { count, topics, documents }: Lda, prior: LdaPrior, limits: InnerLimits): LdaExpectation {
  // Terms first: what a token needs then lies together.
  const byTerm = transposed(expectedExponents(topics, counts.terms), count)
  const countsByTerm = new Float64Array(topics.length)
  const gammas = Float64Array.from(documents)
  const bounds = new Float64Array(counts.documents)
  for (let d = 0; d < counts.documents; d += 1) {
    const [from, to] = [counts.start[d]!, counts.start[d + 1]!]
    const weights = new Float64Array((to - from) * count)
    for (let at = from; at < to; at += 1) {
      const w = counts.term[at]!
      weights.set(byTerm.subarray(w * count, (w + 1) * count), (at - from) * count)
    }
    const gamma = gammas.subarray(d * count, (d + 1) * count)
    const shares = refineDocument(counts.count.subarray(from, to), weights, gamma, prior.document, limits)
    let bound = negativeDirichletDivergence(gamma, count, prior.document)
    for (let at = from; at < to; at += 1) {
      const own = (at - from) * count
      let total = 1e-300
      for (let k = 0; k < count; k += 1) total += shares[k]! * weights[own + k]!
      bound += counts.count[at]! * Math.log(total)
      const scale = counts.count[at]! / total
      const into = counts.term[at]! * count
      for (let k = 0; k < count; k += 1) countsByTerm[into + k]! += scale * shares[k]! * weights[own + k]!
    }
    bounds[d] = bound
  }
  return { topicCounts: transposed(countsByTerm, counts.terms), documents: gammas, bounds }
}

/** Changes γ in place; returns exp E[log p(topic | document)]. `weights`: [tokens, K] */
function refineDocument(tokens: Float64Array, weights: Float64Array, gamma: Float64Array, prior: number, limits: InnerLimits): Float64Array {
  const count = gamma.length
  const next = new Float64Array(count)
  let shares = expectedExponents(gamma, count)
  for (let iteration = 0; iteration < limits.iterations; iteration += 1) {
    next.fill(0)
    for (let token = 0; token < tokens.length; token += 1) {
      const own = token * count
      let total = 1e-300
      for (let k = 0; k < count; k += 1) total += shares[k]! * weights[own + k]!
      const scale = tokens[token]! / total
      for (let k = 0; k < count; k += 1) next[k]! += scale * weights[own + k]!
    }
    let change = 0
    for (let k = 0; k < count; k += 1) {
      const value = prior + shares[k]! * next[k]!
      change += Math.abs(value - gamma[k]!) / count
      gamma[k] = value
    }
    shares = expectedExponents(gamma, count)
    if (change < limits.change) break
  }
  return shares
}

/** λ drawn about the mean number of tokens a term has in a topic. */
export function startLda(counts: TermCounts, count: number, prior: LdaPrior, key: RandomKey): Lda {
  const noise = new Float64Array(count * counts.terms)
  fillUniform(noise, key)
  const frequency = new Float64Array(counts.terms)
  counts.count.forEach((value, at) => (frequency[counts.term[at]!]! += value / count))
  return {
    count,
    topics: noise.map((value, index) => prior.topic + frequency[index % counts.terms]! * -Math.log(value)),
    documents: new Float64Array(counts.documents * count).fill(prior.document + counts.tokens / counts.documents / count),
  }
}

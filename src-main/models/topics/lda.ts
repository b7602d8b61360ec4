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

/** The same of one row, into an array that is there already. */
function expectedExponentsInto(found: Float64Array, concentrations: Float64Array): void {
  let total = 0
  for (let index = 0; index < concentrations.length; index += 1) total += concentrations[index]!
  const whole = digamma(total)
  for (let index = 0; index < concentrations.length; index += 1) found[index] = Math.exp(digamma(concentrations[index]!) - whole)
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

/** Terms of a document that are worked on together: what each takes then comes from memory once for all of them. */
const abreast = 4

/** Numbers of one document after another, in arrays that are as long as the longest needs. */
interface Desk {
  /** exp E[log p(term | topic)]: [K, entries], entries filled up to a multiple of four with nothing. */
  weights: Float64Array
  /** How often each term is there: [entries]. */
  tokens: Float64Array
  /** exp E[log p(topic | document)]: [K] */
  shares: Float64Array
  next: Float64Array
}

const filledUp = (entries: number): number => Math.ceil(entries / abreast) * abreast

function deskFor(counts: TermCounts, count: number): Desk {
  let longest = 0
  for (let d = 0; d < counts.documents; d += 1) longest = Math.max(longest, filledUp(counts.start[d + 1]! - counts.start[d]!))
  const numbers = (length: number): Float64Array => new Float64Array(length)
  return { weights: numbers(longest * count), tokens: numbers(longest), shares: numbers(count), next: numbers(count) }
}

/** Lays a document's terms on the desk; returns how many places they take. */
function layOut({ weights, tokens }: Desk, counts: TermCounts, document: number, byTerm: Float64Array, count: number): number {
  const [from, to] = [counts.start[document]!, counts.start[document + 1]!]
  const entries = filledUp(to - from)
  for (let at = 0; at < entries; at += 1) {
    const isThere = from + at < to
    tokens[at] = isThere ? counts.count[from + at]! : 0
    const own = isThere ? counts.term[from + at]! * count : 0
    const start = at * count
    for (let k = 0; k < count; k += 1) weights[start + k] = isThere ? byTerm[own + k]! : 0
  }
  return entries
}

/** The E-step: for each document γ and its tokens' topics in turns, from the γ it had. */
export function ldaExpectation(counts: TermCounts, { count, topics, documents }: Lda, prior: LdaPrior, limits: InnerLimits): LdaExpectation {
  // Terms first: what a token needs then lies together.
  const byTerm = transposed(expectedExponents(topics, counts.terms), count)
  const countsByTerm = new Float64Array(topics.length)
  const gammas = Float64Array.from(documents)
  const bounds = new Float64Array(counts.documents)
  const desk = deskFor(counts, count)
  const { weights, tokens, shares } = desk
  for (let d = 0; d < counts.documents; d += 1) {
    const [from, to] = [counts.start[d]!, counts.start[d + 1]!]
    const gamma = gammas.subarray(d * count, (d + 1) * count)
    refineDocument(desk, layOut(desk, counts, d, byTerm, count), gamma, prior.document, limits)
    let bound = negativeDirichletDivergence(gamma, count, prior.document)
    for (let at = from; at < to; at += 1) {
      const own = (at - from) * count
      let total = 1e-300
      for (let k = 0; k < count; k += 1) total += shares[k]! * weights[own + k]!
      bound += tokens[at - from]! * Math.log(total)
      const scale = tokens[at - from]! / total
      const into = counts.term[at]! * count
      for (let k = 0; k < count; k += 1) countsByTerm[into + k]! += scale * shares[k]! * weights[own + k]!
    }
    bounds[d] = bound
  }
  return { topicCounts: transposed(countsByTerm, counts.terms), documents: gammas, bounds }
}

/** Changes γ in place, and the shares on the desk with it. */
function refineDocument(desk: Desk, entries: number, gamma: Float64Array, prior: number, limits: InnerLimits): void {
  const { shares, next } = desk
  const count = gamma.length
  expectedExponentsInto(shares, gamma)
  for (let iteration = 0; iteration < limits.iterations; iteration += 1) {
    gatherTokens(desk, entries, count)
    let change = 0
    for (let k = 0; k < count; k += 1) {
      const value = prior + shares[k]! * next[k]!
      change += Math.abs(value - gamma[k]!) / count
      gamma[k] = value
    }
    expectedExponentsInto(shares, gamma)
    if (change < limits.change) break
  }
}

/** next_k = Σ_w tokens_w weights_wk / Σ_j shares_j weights_wj */
function gatherTokens({ weights, tokens, shares, next }: Desk, entries: number, count: number): void {
  next.fill(0)
  for (let entry = 0; entry < entries; entry += abreast) {
    const a = entry * count
    const b = a + count
    const c = b + count
    const d = c + count
    let totalA = 1e-300
    let totalB = 1e-300
    let totalC = 1e-300
    let totalD = 1e-300
    for (let k = 0; k < count; k += 1) {
      const share = shares[k]!
      totalA += share * weights[a + k]!
      totalB += share * weights[b + k]!
      totalC += share * weights[c + k]!
      totalD += share * weights[d + k]!
    }
    const scaleA = tokens[entry]! / totalA
    const scaleB = tokens[entry + 1]! / totalB
    const scaleC = tokens[entry + 2]! / totalC
    const scaleD = tokens[entry + 3]! / totalD
    for (let k = 0; k < count; k += 1) {
      next[k]! += scaleA * weights[a + k]! + scaleB * weights[b + k]! + (scaleC * weights[c + k]! + scaleD * weights[d + k]!)
    }
  }
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

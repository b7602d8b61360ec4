import { type RandomKey, fillUniform } from '@shared/math/random'
import { massTimesLog } from '../mass-times-log'
import { type TermCounts, normalizedRows, transposed } from './term-counts'

/** p(w|d) = Σ_k documents_dk topics_kw. Hofmann 1999. */
export interface Plsa {
  count: number
  /** p(term | topic): [K, W] */
  topics: Float64Array
  /** p(topic | document): [D, K] */
  documents: Float64Array
}

export interface PlsaStatistics {
  /** Tokens of each term that a topic takes: [K, W]. */
  topicCounts: Float64Array
  /** Tokens of each document that a topic takes: [D, K]. */
  documentCounts: Float64Array
  from: Plsa
}

/**
 * The E-step: each token's topics, summed up. Also the log-likelihood of all tokens, nats.
 *
 * A token of term w in document d is of topic k with probability documents_dk topics_kw / p(w|d). The factor of the term is the same in all
 * documents and is multiplied in at the end.
 */
export function plsaExpectation(counts: TermCounts, plsa: Plsa): { statistics: PlsaStatistics; logLikelihood: number } {
  const { count, topics, documents } = plsa
  const { start, term, count: tokens } = counts
  // Terms first: the topics of a token then lie beside each other.
  const byTerm = transposed(topics, count)
  const ofTerms = new Float64Array(topics.length)
  const evenly = new Float64Array(topics.length)
  const documentCounts = new Float64Array(documents.length)
  const own = new Float64Array(count)
  const taken = new Float64Array(count)
  let logLikelihood = 0
  for (let d = 0; d < counts.documents; d += 1) {
    const [first, end, row] = [start[d]!, start[d + 1]!, d * count]
    for (let k = 0; k < count; k += 1) own[k] = documents[row + k]!
    taken.fill(0)
    for (let at = first; at < end; at += 1) {
      const w = term[at]! * count
      const n = tokens[at]!
      let total = 0
      for (let k = 0; k < count; k += 1) total += own[k]! * byTerm[w + k]!
      logLikelihood += n * Math.log(total)
      if (total > 0) {
        const scale = n / total
        for (let k = 0; k < count; k += 1) {
          const mass = scale * own[k]!
          ofTerms[w + k]! += mass
          taken[k]! += mass * byTerm[w + k]!
        }
        continue
      }
      // A term that no topic of the document knows is shared evenly, so that it is not lost.
      for (let k = 0; k < count; k += 1) {
        evenly[w + k]! += n / count
        taken[k]! += n / count
      }
    }
    documentCounts.set(taken, row)
  }
  for (let index = 0; index < ofTerms.length; index += 1) ofTerms[index] = ofTerms[index]! * byTerm[index]! + evenly[index]!
  return { statistics: { topicCounts: transposed(ofTerms, counts.terms), documentCounts, from: plsa }, logLikelihood }
}

/** The M-step; a topic without tokens keeps what it had. */
export const maximizePlsa = ({ topicCounts, documentCounts, from }: PlsaStatistics): Plsa => ({
  count: from.count,
  topics: normalizedRows(topicCounts, topicCounts.length / from.count, from.topics),
  // A document without tokens tells nothing: it has equal shares of all.
  documents: normalizedRows(documentCounts, from.count, from.documents.map(() => 1 / from.count)),
})

/** Σ over tokens and topics of r log(documents · topics), nats. */
export function plsaExpectedComplete({ topics, documents }: Plsa, { topicCounts, documentCounts }: PlsaStatistics): number {
  let sum = 0
  topicCounts.forEach((mass, index) => (sum += massTimesLog(mass, topics[index]!)))
  documentCounts.forEach((mass, index) => (sum += massTimesLog(mass, documents[index]!)))
  return sum
}

/** KL between the topics of the tokens under two sets of parameters, total nats. */
export function plsaDivergence(counts: TermCounts, before: Plsa, after: Plsa): number {
  const { count } = after
  const joint = ({ topics, documents }: Plsa, d: number, w: number, into: Float64Array): number => {
    let total = 0
    for (let k = 0; k < count; k += 1) {
      into[k] = documents[d * count + k]! * topics[k * counts.terms + w]!
      total += into[k]!
    }
    return total
  }
  const one = new Float64Array(count)
  const other = new Float64Array(count)
  let sum = 0
  for (let d = 0; d < counts.documents; d += 1) {
    for (let at = counts.start[d]!; at < counts.start[d + 1]!; at += 1) {
      const w = counts.term[at]!
      const oneTotal = joint(before, d, w, one)
      const otherTotal = joint(after, d, w, other)
      for (let k = 0; k < count; k += 1) {
        const share = one[k]! / oneTotal
        sum += counts.count[at]! * (massTimesLog(share, share * otherTotal) - massTimesLog(share, other[k]!))
      }
    }
  }
  return sum
}

/** Topics near the frequencies of the terms, each reweighed at random; documents with about equal shares. */
export function startPlsa(counts: TermCounts, count: number, key: RandomKey): Plsa {
  const frequency = new Float64Array(counts.terms)
  counts.count.forEach((value, at) => (frequency[counts.term[at]!]! += value))
  const noise = new Float64Array(count * counts.terms)
  fillUniform(noise, { ...key, stream: `${key.stream}/topics` })
  const jitter = new Float64Array(counts.documents * count)
  fillUniform(jitter, { ...key, stream: `${key.stream}/documents` })
  return {
    count,
    topics: normalizedRows(noise.map((value, index) => frequency[index % counts.terms]! * -Math.log(value)), counts.terms, noise),
    documents: normalizedRows(jitter.map((value) => 1 + 0.2 * value), count, jitter),
  }
}

/** Topics of other documents, with the topics' terms held fixed: EM until a step gains less than 1e-9 nats per token. */
export function foldIn(counts: TermCounts, { count, topics }: Plsa): { documents: Float64Array; logLikelihood: Float64Array } {
  const documents = new Float64Array(counts.documents * count).fill(1 / count)
  const logLikelihood = new Float64Array(counts.documents)
  const next = new Float64Array(count)
  for (let d = 0; d < counts.documents; d += 1) {
    const shares = documents.subarray(d * count, (d + 1) * count)
    let tokens = 0
    for (let at = counts.start[d]!; at < counts.start[d + 1]!; at += 1) tokens += counts.count[at]!
    let before = -Infinity
    for (let iteration = 0; iteration < 5000 && tokens > 0; iteration += 1) {
      next.fill(0)
      let sum = 0
      for (let at = counts.start[d]!; at < counts.start[d + 1]!; at += 1) {
        let total = 0
        for (let k = 0; k < count; k += 1) total += shares[k]! * topics[k * counts.terms + counts.term[at]!]!
        sum += counts.count[at]! * Math.log(total)
        if (total > 0) for (let k = 0; k < count; k += 1) next[k]! += (counts.count[at]! * shares[k]! * topics[k * counts.terms + counts.term[at]!]!) / total
      }
      logLikelihood[d] = sum
      if (!(sum - before > 1e-9 * tokens)) break
      before = sum
      const known = next.reduce((total, value) => total + value, 0)
      if (known === 0) break
      for (let k = 0; k < count; k += 1) shares[k] = next[k]! / known
    }
  }
  return { documents, logLikelihood }
}

import type { GeneratorSpecs } from '@shared/domain/generator'
import { createDraws, cumulative, place } from './draws'
import { type Generated, numbered } from './generated'

/** Term counts of documents by the model of latent Dirichlet allocation (Blei et al. 2003): a word has a topic of its document, then a term of its topic. */
export function generateTopics({ documents, terms, topics, length, topicConcentration, termConcentration, seed }: GeneratorSpecs['topics']): Generated {
  const draws = createDraws('topics', seed)
  const shares = draws.dirichlet(documents, new Float64Array(topics).fill(topicConcentration), 'documents')
  const terminology = draws.dirichlet(topics, new Float64Array(terms).fill(termConcentration), 'topics')
  const termEnds = Array.from({ length: topics }, (_, topic) => cumulative(terminology.subarray(topic * terms, (topic + 1) * terms)))
  const values = new Float64Array(documents * terms)
  for (let document = 0; document < documents; document += 1) {
    const topicEnds = cumulative(shares.subarray(document * topics, (document + 1) * topics))
    const uniform = draws.uniform(2 * length, `words/${document}`)
    for (let word = 0; word < length; word += 1) {
      const topic = place(topicEnds, uniform[2 * word]!)
      values[document * terms + place(termEnds[topic]!, uniform[2 * word + 1]!)]! += 1
    }
  }
  const row = (document: number): Float64Array => shares.subarray(document * topics, (document + 1) * topics)
  return {
    table: { names: numbered(terms).map((number) => `term ${number}`), values },
    labels: { name: 'main topic', classes: numbered(topics), codes: Int32Array.from({ length: documents }, (_, at) => row(at).indexOf(Math.max(...row(at)))) },
    parameters: [{ name: 'topics', shape: [topics, terms], values: [...terminology] }],
    factors: Array.from({ length: topics }, (_, topic) => ({
      name: `topic ${topic + 1}`,
      values: Array.from({ length: documents }, (_, document) => shares[document * topics + topic]!),
    })),
    logLikelihood: null,
  }
}

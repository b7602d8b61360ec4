import { z } from 'zod'

/* Documents are rows, terms are columns, values are counts. */

const topics = z.int().min(1).max(2000).default(10)

/** p(term | document) = Σ p(topic | document) p(term | topic), by maximum likelihood. */
export const plsaSpecSchema = z.strictObject({ kind: z.literal('plsa'), topics })
export type PlsaSpec = z.infer<typeof plsaSpecSchema>

/** The same with Dirichlet priors on both distributions. */
export const ldaSpecSchema = z.strictObject({
  kind: z.literal('lda'),
  topics,
  /** Concentration of the topics of a document. Without a value: 1/topics. */
  documentConcentration: z.number().positive().max(1e6).optional(),
  /** Concentration of the terms of a topic. Without a value: 1/topics. */
  topicConcentration: z.number().positive().max(1e6).optional(),
})
export type LdaSpec = z.infer<typeof ldaSpecSchema>

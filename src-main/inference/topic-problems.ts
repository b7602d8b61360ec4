import { type InnerLimits, type Lda, type LdaExpectation, type LdaPrior, ldaExpectation, negativeDirichletDivergence } from '../models/topics/lda'
import { type Plsa, type PlsaStatistics, maximizePlsa, plsaDivergence, plsaExpectation, plsaExpectedComplete } from '../models/topics/plsa'
import type { TermCounts } from '../models/topics/term-counts'
import type { EmProblem } from './em'

/** pLSA as a problem for the EM driver; a row is a document. */
export const plsaProblem = (counts: TermCounts): EmProblem<Plsa, PlsaStatistics> => ({
  weight: counts.documents,
  async expect(plsa, previous) {
    const { statistics, logLikelihood } = plsaExpectation(counts, plsa)
    return {
      statistics,
      logLikelihood,
      complete: plsaExpectedComplete(plsa, statistics),
      kl: previous && plsaDivergence(counts, previous, plsa),
    }
  },
  maximize: maximizePlsa,
  expectedCompleteLogLikelihood: plsaExpectedComplete,
})

/** A document goes on from where it was, so that few steps are enough: the bound climbs all the same. */
export const innerLimits: InnerLimits = { change: 1e-5, iterations: 20 }

/** Variational LDA as a problem for the EM driver: what is climbed is the bound. */
export const ldaProblem = (counts: TermCounts, prior: LdaPrior): EmProblem<Lda, LdaExpectation & { count: number }> => ({
  weight: counts.documents,
  async expect(lda) {
    const statistics = { ...ldaExpectation(counts, lda, prior, innerLimits), count: lda.count }
    const ofTopics = negativeDirichletDivergence(lda.topics, counts.terms, prior.topic)
    const bound = statistics.bounds.reduce((sum, value) => sum + value, ofTopics)
    return { statistics, logLikelihood: bound, complete: bound, kl: null }
  },
  maximize: ({ topicCounts, documents, count }) => ({ count, topics: topicCounts.map((value) => prior.topic + value), documents }),
  expectedCompleteLogLikelihood: () => {
    throw new Error('a variational bound has no exact posterior to compare with')
  },
})

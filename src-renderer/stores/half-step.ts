import type { ModelKind } from '@shared/domain/spec'
import type { Answers, MovingQuestion } from './inside'

/*
 * After an M-step parameters are new, while posteriors are still those of the E-step before it. Topics that are found by EM are parameters with
 * their documents; in LDA the documents are posteriors.
 */

/** What is to be seen half a step after an iteration: some of it is `after`'s already. */
export function halfStep<Q extends MovingQuestion>(model: ModelKind, question: Q, before: Answers[Q], after: Answers[Q]): Answers[Q]
export function halfStep(model: ModelKind, question: MovingQuestion, before: Answers[MovingQuestion], after: Answers[MovingQuestion]): Answers[MovingQuestion] {
  switch (question) {
    case 'params':
      return after
    case 'states':
      return { ...(before as Answers['states']), means: (after as Answers['states']).means }
    case 'topics':
      return model === 'lda' ? { ...(after as Answers['topics']), documents: (before as Answers['topics']).documents } : after
    case 'encode':
    case 'reconstruct':
    case 'responsibilities':
      return before
    default:
      return question satisfies never
  }
}

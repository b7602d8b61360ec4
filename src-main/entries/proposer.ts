import { parentPort } from 'node:worker_threads'
import type { ProposalAnswer, ProposalRequest } from '@shared/domain/proposal'
import type { Sampler } from '../search/sampler'
import { createSampler } from '../search/samplers'

/** A thread that proposes trials: the same functions of the same history as in the host, beside it. */
const samplers = new Map<string, Sampler>()

parentPort!.on('message', ({ id, request }: { id: number; request: ProposalRequest }) => {
  parentPort!.postMessage(answer(id, request))
})

function answer(id: number, { sweep, sampler, space, seed, constraints, history }: ProposalRequest): ProposalAnswer {
  try {
    const known = samplers.get(sweep) ?? createSampler(sampler, { space, seed, constraints })
    samplers.set(sweep, known)
    return { id, point: known(history) }
  } catch (error) {
    return { id, problem: (error as Error).stack ?? (error as Error).message }
  }
}

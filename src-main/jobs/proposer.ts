import { Worker } from 'node:worker_threads'
import type { ProposalAnswer, ProposalRequest } from '@shared/domain/proposal'
import type { Point } from '@shared/domain/search-space'

/** A thread of the host that works out what to try next, where that takes longer than a host may be busy. */
export interface Proposer {
  /** Rejects where the thread ended. */
  propose(request: ProposalRequest): Promise<Point | null>
  close(): Promise<void>
}

interface Waiting {
  resolve(point: Point | null): void
  reject(error: Error): void
}

/** @param path  the built program of the thread; it is started by the first question */
export function createProposer(path: string): Proposer {
  let thread: Worker | null = null
  let count = 0
  const waiting = new Map<number, Waiting>()

  function start(): Worker {
    const started = new Worker(path)
    started.unref()
    started.on('message', (answer: ProposalAnswer) => {
      const asker = waiting.get(answer.id)
      waiting.delete(answer.id)
      if ('point' in answer) asker?.resolve(answer.point)
      else asker?.reject(new Error(answer.problem))
    })
    started.on('error', (error: Error) => end(error))
    started.on('exit', () => end(new Error('the thread that proposes trials ended')))
    return started
  }
  function end(error: Error): void {
    thread = null
    for (const asker of waiting.values()) asker.reject(error)
    waiting.clear()
  }

  return {
    propose: (request) =>
      new Promise((resolve, reject) => {
        thread ??= start()
        waiting.set(++count, { resolve, reject })
        thread.postMessage({ id: count, request })
      }),
    close: async () => void (await thread?.terminate()),
  }
}

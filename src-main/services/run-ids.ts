import { randomBytes } from 'node:crypto'
import { AppError } from '@shared/rpc/errors'
import type { Run } from '@shared/domain/run'
import type { RunStore } from '../store/run-store'

const alphabet = '23456789abcdefghjkmnpqrstvwxyz'

/** e.g. 20261120-7f3k2q: sorts by day, is short enough to type, and has no letters that look alike. */
export function newRunId(now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '')
  return `${day}-${Array.from(randomBytes(6), (byte) => alphabet[byte % alphabet.length]).join('')}`
}

/** e.g. 20261120T093015123-7f3k: the names of batches rise with time. */
export const newBatchId = (now: Date): string =>
  `${now.toISOString().replaceAll(/[-:.Z]/g, '')}-${Array.from(randomBytes(4), (byte) => alphabet[byte % alphabet.length]).join('')}`

const namedInError = 5

/** A run by its id, by the beginning of its id (of the whole, or of the part after the day), or as `latest`. */
export function findRun(store: RunStore, wanted: string): Run {
  const exact = store.get(wanted)
  if (exact) return exact
  const id = wanted === 'latest' ? store.latestId() : onlyMatch(store, wanted)
  const run = id === null ? null : store.get(id)
  if (!run) throw new AppError('run/not-found', { id: wanted })
  return run
}

function onlyMatch(store: RunStore, beginning: string): string | null {
  if (beginning === '') return null
  const candidates = store.idsFrom(beginning, namedInError + 1)
  if (candidates.length <= 1) return candidates[0] ?? null
  const named = candidates.length > namedInError ? [...candidates.slice(0, namedInError), '…'] : candidates
  throw new AppError('run/ambiguous', { id: beginning, candidates: named })
}

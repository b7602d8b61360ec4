import { isTerminal, type RunStatus } from '@shared/domain/run'

/**
 * Of a run as a snapshot has it and as an event told it while the snapshot was under way, the one to show. They carry no order between them,
 * but a run that ended has nothing more to say, while one that goes on soon speaks again: the end wins, and otherwise what was told.
 */
export function newerRun<T extends { status: RunStatus }>(snapshot: T, heard: T | undefined): T {
  if (!heard || (isTerminal(snapshot.status) && !isTerminal(heard.status))) return snapshot
  return heard
}

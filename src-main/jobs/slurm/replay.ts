import type { FromWorker } from '@shared/domain/worker-protocol'

/** A line of said.jsonl: what the worker says, and when it said so. */
export interface Said {
  at: number
  message: FromWorker
}

/**
 * What to take back before a file is taken in from its beginning: another host may have taken in some of it already. Steps of a key rise
 * within one try, so whatever lies at its first step or beyond came from this file.
 *
 * @returns by the step after which points go, the keys
 */
export function takenBefore(lines: readonly Said[]): { afterStep: number; keys: string[] }[] {
  const first = new Map<string, number>()
  for (const { message } of lines) {
    if (message.kind !== 'metrics') continue
    for (const { key, step } of message.points) first.set(key, Math.min(step, first.get(key) ?? Infinity))
  }
  const byStep = new Map<number, string[]>()
  for (const [key, step] of first) byStep.set(step, [...(byStep.get(step) ?? []), key])
  return [...byStep].map(([step, keys]) => ({ afterStep: justBelow(step), keys }))
}

/** Steps are whole numbers, or fractions of an epoch. */
const justBelow = (step: number): number => step - Math.max(1, Math.abs(step)) * 1e-9

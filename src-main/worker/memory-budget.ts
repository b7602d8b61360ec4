import { totalmem } from 'node:os'
import type { Dataset } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'

const variable = 'LATENT_MEMORY_BUDGET_MB'
const mostByDefault = 1024

/** Data that can only be fitted in memory may take more of it than those that can as well stay on disk. */
export type Need = 'prefers disk' | 'needs memory'

/** Bytes that the rows of a fit may take: a quarter of the machine's memory, and at most 1 GiB where they can stay on disk; or as told. */
export function memoryBudget(need: Need, environment: Record<string, string | undefined> = process.env): number {
  const told = environment[variable]
  if (told === undefined || told === '') return Math.min(totalmem() / 4, need === 'needs memory' ? Infinity : mostByDefault * 2 ** 20)
  const megabytes = Number(told)
  if (!(megabytes >= 0)) throw new AppError('system/bad-memory-budget', { variable, value: told })
  return megabytes * 2 ** 20
}

/** Are the rows of a dataset, in float64, too large to be held? */
export const staysOnDisk = (dataset: Dataset, need: Need = 'prefers disk'): boolean =>
  dataset.shape.reduce((product, size) => product * size, 8) > memoryBudget(need)

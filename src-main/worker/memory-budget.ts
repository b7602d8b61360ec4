import { totalmem } from 'node:os'
import type { Dataset } from '@shared/domain/dataset'
import { AppError } from '@shared/rpc/errors'

const variable = 'LATENT_MEMORY_BUDGET_MB'
const mostByDefault = 1024

/** Bytes that the rows of a fit may take before they stay on disk: a quarter of the machine's memory and at most 1 GiB, or as told. */
export function memoryBudget(environment: Record<string, string | undefined> = process.env): number {
  const told = environment[variable]
  if (told === undefined || told === '') return Math.min(totalmem() / 4, mostByDefault * 2 ** 20)
  const megabytes = Number(told)
  if (!(megabytes >= 0)) throw new AppError('system/bad-memory-budget', { variable, value: told })
  return megabytes * 2 ** 20
}

/** Are the rows of a dataset, in float64, too large to be held? */
export const staysOnDisk = (dataset: Dataset): boolean => dataset.shape.reduce((product, size) => product * size, 8) > memoryBudget()

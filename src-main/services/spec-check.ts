import type { Dataset } from '@shared/domain/dataset'
import { resolveSpec, type SpecNotice } from '@shared/domain/resolve-spec'
import type { RunSpec } from '@shared/domain/spec'
import type { MessageCode } from '@shared/messages/messages'
import { AppError } from '@shared/rpc/errors'
import { checkSpecAgainstData } from '../datasets/check-spec'

export interface SpecCheckOptions {
  /** What was asked for by name must be there: another device would be another experiment. */
  checkDevice(spec: RunSpec): SpecNotice[] | Promise<SpecNotice[]>
  findDataset(nameOrId: string): Promise<Dataset>
}

export interface CheckedSpec {
  spec: RunSpec | null
  /** Null where it was not found, or the specification could not be read so far. */
  dataset: Dataset | null
  issues: SpecNotice[]
}

/** Everything that can be said about a specification before it runs: its form, its device, its data. */
export async function checkSpec(input: unknown, { checkDevice, findDataset }: SpecCheckOptions): Promise<CheckedSpec> {
  const { spec, issues } = resolveSpec(input)
  if (!spec) return { spec, dataset: null, issues }
  const found = [...issues, ...(await checkDevice(spec))]
  try {
    const dataset = await findDataset(spec.dataset)
    const ofData = checkSpecAgainstData(spec, dataset).map(({ path, error }) => ({ path, ...error.toJSON() }))
    return { spec, dataset, issues: [...found, ...ofData] }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { spec, dataset: null, issues: [...found, { path: 'dataset', ...error.toJSON() }] }
  }
}

/** One problem is its own error; several are listed in one. */
export function specError(issues: readonly SpecNotice[]): AppError {
  const [first] = issues
  // the codes of notices come from the message table
  if (first && issues.length === 1) return new AppError(first.code as MessageCode, { ...first.details, path: first.path })
  return new AppError('spec/invalid', { problems: issues })
}

import { ownOptions, type SlurmRequest, slurmMinutes, slurmOf } from '@shared/domain/executor'
import { nearest } from '@shared/domain/nearest'
import type { SpecNotice } from '@shared/domain/resolve-spec'
import type { RunSpec } from '@shared/domain/spec'
import { AppError, notice } from '@shared/rpc/errors'
import type { Partition, Slurm } from '../jobs/slurm/slurm-commands'
import type { DeviceService } from './devices'

/** Whether a run can be computed where its specification wants it: on a device of this machine, or at a cluster. */
export interface PlaceCheck {
  /** While a specification is being written. */
  validate(spec: RunSpec): Promise<SpecNotice[]>
  /** Before it starts. */
  confirm(spec: RunSpec): Promise<SpecNotice[]>
}

/** Forms are checked at every letter; Slurm is not asked for its partitions that often. */
const freshMs = 10_000

export function createPlaceCheck(devices: Pick<DeviceService, 'validate' | 'confirm'>, slurm: Slurm): PlaceCheck {
  let known: Partition[] | null = null
  let askedAt = -Infinity
  let asking: Promise<Partition[]> | null = null
  let silence: { error: unknown; at: number } | null = null

  async function ask(): Promise<Partition[]> {
    try {
      known = await slurm.partitions()
      askedAt = performance.now()
      silence = null
      return known
    } catch (error) {
      // a sweep whose cluster is being restarted goes on: its jobs wait until they can be sent
      if (known && error instanceof AppError && error.code === 'slurm/unreachable') return known
      silence = { error, at: performance.now() }
      throw error
    } finally {
      asking = null
    }
  }
  async function partitions(): Promise<Partition[]> {
    if (known && performance.now() - askedAt < freshMs) return known
    if (silence && performance.now() - silence.at < freshMs) throw silence.error
    return (asking ??= ask())
  }
  async function ofCluster(request: SlurmRequest): Promise<SpecNotice[]> {
    const ours = request.options.find((option) => ownOptions.includes(option.slice(2).split('=')[0]!))
    if (ours !== undefined) return [{ path: 'executor.options', ...notice('slurm/option-ours', { option: ours.slice(2).split('=')[0]! }) }]
    try {
      return partitionProblems(request, await partitions())
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return [{ path: 'executor', ...error.toJSON() }]
    }
  }
  return {
    validate: async (spec) => (slurmOf(spec) ? ofCluster(slurmOf(spec)!) : devices.validate(spec)),
    confirm: async (spec) => (slurmOf(spec) ? ofCluster(slurmOf(spec)!) : devices.confirm(spec)),
  }
}

export function partitionProblems({ partition, gpus, time }: SlurmRequest, partitions: readonly Partition[]): SpecNotice[] {
  const known = partitions.map(({ name }) => name)
  const chosen = partition ? partitions.find(({ name }) => name === partition) : partitions.find(({ isDefault }) => isDefault)
  if (!chosen) {
    const near = nearest(partition ?? '', known)
    const path = 'executor.partition'
    if (!partition) return [{ path, ...notice('slurm/no-default-partition', { known }) }]
    return [{ path, ...(near ? notice('slurm/no-partition-near', { partition, near, known }) : notice('slurm/no-partition', { partition, known })) }]
  }
  const problems: SpecNotice[] = []
  if (gpus > 0 && !chosen.gpus) {
    const others = partitions.filter((one) => one.gpus).map(({ name }) => name)
    const where = others.length > 0 ? notice('slurm/gpus-elsewhere', { known: others }) : notice('slurm/gpus-nowhere')
    problems.push({ path: 'executor.gpus', ...notice('slurm/no-gpus', { partition: chosen.name, gpus, others: [where] }) })
  }
  const minutes = time === undefined ? null : slurmMinutes(time)
  if (minutes !== null && chosen.timeLimitMinutes !== null && minutes > chosen.timeLimitMinutes) {
    problems.push({ path: 'executor.time', ...notice('slurm/time-too-long', { time, partition: chosen.name, limit: chosen.timeLimitMinutes }) })
  }
  return problems
}

import type { SlurmRequest } from '@shared/domain/executor'
import type { Notice } from '@shared/domain/run'
import { notice } from '@shared/rpc/errors'
import type { JobEnd } from './slurm-commands'

/** States that a job does not leave any more. */
const over = ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'NODE_FAIL', 'PREEMPTED', 'BOOT_FAIL', 'DEADLINE', 'OUT_OF_MEMORY', 'REVOKED', 'LAUNCH_FAILED', 'RECONFIG_FAIL']
export const isJobOver = (state: string): boolean => over.includes(state)
/** The cluster's doing, not the run's: it may be sent again. */
export const isClusterFault = (state: string): boolean => ['NODE_FAIL', 'PREEMPTED', 'BOOT_FAIL', 'LAUNCH_FAILED'].includes(state)
/** Reasons of waiting that waiting does not mend. */
export const isHopeless = (reason: string): boolean =>
  ['PartitionTimeLimit', 'PartitionNodeLimit', 'BadConstraints', 'AssociationJobLimit', 'QOSNotAllowed', 'AccountNotAllowed', 'PartitionConfig', 'ReqNodeNotAvail, May be reserved for other job', 'InvalidAccount', 'InvalidQOS', 'JobHeldAdmin', 'DependencyNeverSatisfied'].includes(reason)

/** The worker ended with it because nothing more could be written. */
export const diskFullExit = 28
const interruptedBySystem = 9

export interface Ended {
  end: JobEnd | null
  job: string
  request: SlurmRequest
  /** The end of what it printed. */
  log: string
  home: string
}

/** Why a job that did not say how it ended is gone, in words. */
export function endingInWords({ end, job, request, log, home }: Ended): Notice {
  if (!end) return notice('slurm/job-lost', { job, log })
  const { state, exitCode, signal, node } = end
  const partition = request.partition ?? ''
  switch (state) {
    case 'TIMEOUT':
    case 'DEADLINE':
      return notice('slurm/time-limit', { job, time: end.timeLimit || (request.time ?? '') })
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
    case 'LAUNCH_FAILED':
      return notice('slurm/node-failed', { job, node, state })
    case 'PREEMPTED':
      return notice('slurm/preempted', { job, partition })
    case 'OUT_OF_MEMORY':
      return notice('slurm/out-of-memory', { job, memoryMb: request.memoryMb ?? null })
    case 'CANCELLED':
    case 'REVOKED':
      return notice('slurm/cancelled-elsewhere', { job })
    default:
      if (exitCode === diskFullExit) return notice('system/disk-full', { home })
      if (signal === interruptedBySystem) return notice('slurm/killed', { job, node, signal })
      return notice('slurm/job-failed', { job, node, state, exitCode, signal, log: log.trim().split('\n').slice(-3).join(' ') })
  }
}

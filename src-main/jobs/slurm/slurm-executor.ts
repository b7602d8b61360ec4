import { AppError } from '@shared/rpc/errors'
import type { DataFolder } from '../../files/data-folder'
import type { Executor } from '../executor'
import type { NodeCommand } from '../node-command'
import type { WorkerLimits } from '../worker-process'
import { batchName, createBatches } from './batches'
import { createSlurmJob, type SlurmJob } from './slurm-job'
import type { Slurm } from './slurm-commands'

/*
 * Runs as jobs of a cluster: sent in arrays by sbatch, followed by squeue, ended by scancel, and heard by what they write into their
 * folders. All that is known of a job lies in those folders and at Slurm: a host that starts anew finds every job again.
 */

export interface SlurmTiming {
  /** Runs that are sent within so long are one array. */
  gatherMs: number
  /** How often folders are read, and how often a worker reads what it is told. */
  readMs: number
  /** How often Slurm is asked. */
  askMs: number
  /** From the end of a job until its last lines count as missing: network file systems show them late. */
  graceMs: number
}
/** @param askMs  how often Slurm is asked, where somebody wants it otherwise */
export const slurmTiming = (askMs = 5000): SlurmTiming => ({ gatherMs: 500, readMs: Math.min(1000, askMs), askMs, graceMs: 4 * askMs })

/** A job that is asked to stop writes its checkpoint; Slurm ends it hard when its own time for that is over. */
const slurmLimits: WorkerLimits = { answerMs: Infinity, stopMs: 120_000, terminateMs: 30_000 }

export interface SlurmExecutorOptions {
  slurm: Slurm
  folder: DataFolder
  command: NodeCommand
  /** The built program that a job runs. */
  jobEntry: string
  newBatchId(): string
  timing?: SlurmTiming | undefined
  onBug(place: string, error: unknown): void
}

export function createSlurmExecutor({ slurm, folder, command, jobEntry, newBatchId, timing = slurmTiming(), onBug }: SlurmExecutorOptions): Executor {
  const jobs = new Set<SlurmJob>()
  const { gatherMs, readMs, askMs } = timing
  const batches = createBatches({ slurm, folder, command, jobEntry, newBatchId, gatherMs, againMs: askMs, pollMs: readMs })
  let timer: NodeJS.Timeout | undefined
  let asking: Promise<void> | null = null
  let askedAt = -Infinity

  function tick(): void {
    for (const job of [...jobs]) job.read()
    if (asking || jobs.size === 0 || performance.now() - askedAt < askMs) return
    askedAt = performance.now()
    asking = ask()
      .catch((error: unknown) => onBug('slurm', error))
      .finally(() => (asking = null))
  }

  async function ask(): Promise<void> {
    const following = [...jobs].filter((job) => job.batch !== null)
    const names = [...new Set(following.map((job) => batchName(job.batch!)))]
    try {
      const states = new Map((await slurm.states(names)).map((one) => [`${one.name} ${one.index}`, one]))
      for (const job of following) if (job.batch !== null) await job.hear(states.get(`${batchName(job.batch)} ${job.index}`) ?? null)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // a cluster that does not answer loses nothing: its jobs go on, and it is asked again
      for (const job of following) job.hearNothing()
    }
  }

  return {
    queues: true,
    limits: slurmLimits,
    start: (run, task, listener) => {
      const job = createSlurmJob({ slurm, folder, batches, run, task, listener, graceMs: timing.graceMs, onGone: () => forget(job), onBug })
      jobs.add(job)
      timer ??= setInterval(tick, readMs)
      return job
    },
    close: async () => {
      clearInterval(timer)
      await batches.close()
      await asking
    },
  }

  function forget(job: SlurmJob): void {
    jobs.delete(job)
    if (jobs.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

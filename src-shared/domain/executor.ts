import { z } from 'zod'

/*
 * Where a run's process is started: on this machine, or as a job of a Slurm cluster that sees the same data folder. Slurm schedules, and
 * our worker is the job. Runs of earlier versions, and those that say nothing, are computed here.
 */

const slurmTime = /^(\d+|\d+:\d{1,2}(:\d{1,2})?|\d+-\d{1,2}(:\d{1,2}){0,2})$/

export const slurmExecutorSchema = z.strictObject({
  kind: z.literal('slurm'),
  /** Without it: the cluster's default one. */
  partition: z.string().max(200).optional(),
  /** Of one run. */
  gpus: z.int().min(0).max(64).default(0),
  cpus: z.int().min(1).max(1024).default(1),
  /** Memory of one run in megabytes; without it, what the cluster gives. */
  memoryMb: z.int().min(1).max(100_000_000).optional(),
  /** As Slurm writes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours[:minutes[:seconds]]; without it, what the partition gives. */
  time: z.string().regex(slurmTime).optional(),
  /** Further options of sbatch, e.g. --account=lab. */
  options: z.array(z.string().startsWith('--').max(1000)).max(50).default([]),
})
export type SlurmRequest = z.infer<typeof slurmExecutorSchema>

export const executorSchema = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('local') }), slurmExecutorSchema])
export type ExecutorSpec = z.infer<typeof executorSchema>

/** Options of sbatch that belong to the program: with another value it would not find its jobs. */
export const ownOptions = ['array', 'output', 'error', 'job-name', 'chdir', 'wrap', 'parsable', 'no-requeue', 'requeue', 'input', 'partition', 'time', 'mem', 'cpus-per-task', 'gres']

/** What a cluster computes; null for a run of this machine. */
export const slurmOf = ({ executor }: { executor?: ExecutorSpec | undefined }): SlurmRequest | null => (executor?.kind === 'slurm' ? executor : null)

/** `executor: slurm`, and times written as numbers; what a form leaves empty is not there. */
export function withExecutorObject(spec: Record<string, unknown>): Record<string, unknown> {
  const { executor } = spec
  if (typeof executor === 'string') return { ...spec, executor: { kind: executor } }
  if (typeof executor !== 'object' || executor === null || Array.isArray(executor)) return spec
  const { time, ...rest } = executor as { time?: unknown }
  return { ...spec, executor: time === undefined || time === '' ? rest : { ...rest, time: typeof time === 'number' ? String(time) : time } }
}

/** Minutes of a time as Slurm writes it; null for UNLIMITED and what cannot be read. */
export function slurmMinutes(text: string): number | null {
  const [, days, rest] = /^(?:(\d+)-)?([\d:]+)$/.exec(text) ?? []
  if (rest === undefined) return null
  const parts = rest.split(':').map(Number)
  const [a = 0, b = 0, c = 0] = parts
  if (days !== undefined) return Number(days) * 1440 + a * 60 + b + c / 60
  return parts.length === 1 ? a : parts.length === 2 ? a + b / 60 : a * 60 + b + c / 60
}

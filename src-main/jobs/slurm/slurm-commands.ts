import { execFile } from 'node:child_process'
import { type SlurmRequest, slurmMinutes } from '@shared/domain/executor'
import { AppError } from '@shared/rpc/errors'

/** What Slurm says of one job of an array. */
export interface JobState {
  /** As Slurm names it, e.g. PENDING, RUNNING, COMPLETED, FAILED, TIMEOUT, NODE_FAIL. */
  state: string
  reason: string
  /** Of the batch. */
  name: string
  jobId: string
  index: number
}

/** Of a job that ended otherwise than it should. */
export interface JobEnd {
  state: string
  reason: string
  exitCode: number
  signal: number
  node: string
  timeLimit: string
}

export interface Partition {
  name: string
  isDefault: boolean
  /** Null where there is none. */
  timeLimitMinutes: number | null
  gpus: boolean
}

/** Slurm by its own programs, found on the PATH. Each rejects with slurm/not-installed, slurm/unreachable or slurm/refused. */
export interface Slurm {
  /** Returns the number of the array. */
  submit(request: SlurmRequest, batch: { name: string; folder: string; script: string; count: number }): Promise<string>
  /** Of every job of the arrays with these names that Slurm still knows. */
  states(names: readonly string[]): Promise<JobState[]>
  /** Null where it is known no more. */
  endOf(jobId: string, index: number): Promise<JobEnd | null>
  cancel(jobId: string, index: number): Promise<void>
  partitions(): Promise<Partition[]>
}

/** A controller that is away makes sbatch and its like wait by themselves. */
const answerMs = 15_000
const mostBytes = 64 * 1024 * 1024

export function createSlurm(environment: () => NodeJS.ProcessEnv = () => process.env): Slurm {
  const call = (program: string, args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { env: { ...environment(), LC_ALL: 'C' }, timeout: answerMs, killSignal: 'SIGKILL' as const, maxBuffer: mostBytes }
      execFile(program, args, options, (error, stdout, stderr) => (error ? reject(explain(program, error, stderr)) : resolve(stdout)))
    })

  return {
    submit: async (request, { name, folder, script, count }) => {
      const out = await call('sbatch', ['--parsable', ...submission(request, { name, folder, count }), script])
      return out.trim().split(';')[0]!
    },
    states: async (names) => {
      if (names.length === 0) return []
      return parseStates(await call('squeue', ['--noheader', '--array', '--states=all', `--name=${names.join(',')}`, '--format=%j|%F|%K|%T|%r']))
    },
    endOf: async (jobId, index) => {
      const shown = await call('scontrol', ['--oneliner', 'show', 'job', `${jobId}_${index}`]).catch(unknownAs(''))
      if (shown.trim() !== '') return parseShown(shown)
      const kept = await call('sacct', ['--noheader', '--parsable2', '--allocations', `--jobs=${jobId}_${index}`, '--format=State,Reason,ExitCode,NodeList,Timelimit']).catch(unknownAs(''))
      return kept.trim() === '' ? null : parseKept(kept)
    },
    cancel: async (jobId, index) => void (await call('scancel', [`${jobId}_${index}`]).catch(unknownAs(''))),
    partitions: async () => parsePartitions(await call('sinfo', ['--noheader', '--format=%P|%l|%G'])),
  }
}

export function submission(request: SlurmRequest, { name, folder, count }: { name: string; folder: string; count: number }): string[] {
  const { partition, gpus, cpus, memoryMb, time, options } = request
  return [
    ...[`--job-name=${name}`, `--chdir=${folder}`, '--output=%a.log', `--array=0-${count - 1}`, '--no-requeue', '--ntasks=1', `--cpus-per-task=${cpus}`],
    ...(partition ? [`--partition=${partition}`] : []),
    ...(time ? [`--time=${time}`] : []),
    ...(memoryMb ? [`--mem=${memoryMb}M`] : []),
    ...(gpus > 0 ? [`--gres=gpu:${gpus}`] : []),
    ...options,
  ]
}

function explain(program: string, error: Error & { code?: unknown; killed?: boolean }, stderr: string): AppError {
  if (error.code === 'ENOENT') return new AppError('slurm/not-installed', { program })
  const said = stderr.trim().replaceAll(/^\w+: (error: )?/gm, '').replaceAll('\n', '; ')
  const isSilent = error.killed === true || /Unable to contact|Connection refused|timed out|Socket|communication|connect failure|Zero Bytes/i.test(said)
  return isSilent ? new AppError('slurm/unreachable', { program, said: said || error.message }) : new AppError('slurm/refused', { program, said: said || error.message })
}

/** A job that Slurm has forgotten, or accounting that is not kept, is an answer; a controller that is silent is not. */
const unknownAs = <T>(value: T) => (error: unknown): T => {
  if (error instanceof AppError && error.code === 'slurm/refused') return value
  throw error
}

export const parseStates = (out: string): JobState[] =>
  out.split('\n').flatMap((line) => {
    const [name = '', jobId = '', index = '', state = '', reason = ''] = line.trim().split('|')
    return /^\d+$/.test(index) ? [{ name, jobId, index: Number(index), state, reason }] : []
  })

export function parseShown(out: string): JobEnd {
  const field = (name: string): string => new RegExp(`(?:^|\\s)${name}=(\\S*)`).exec(out)?.[1] ?? ''
  const [exitCode = '0', signal = '0'] = field('ExitCode').split(':')
  return { state: field('JobState'), reason: field('Reason'), exitCode: Number(exitCode), signal: Number(signal), node: known(field('NodeList')), timeLimit: field('TimeLimit') }
}
const known = (text: string): string => (text === '(null)' ? '' : text)

function parseKept(out: string): JobEnd {
  const [state = '', reason = '', exit = '', node = '', timeLimit = ''] = out.trim().split('\n')[0]!.split('|')
  const [exitCode = '0', signal = '0'] = exit.split(':')
  // `CANCELLED by 1000`
  return { state: state.split(' ')[0]!, reason, exitCode: Number(exitCode), signal: Number(signal), node, timeLimit }
}

export function parsePartitions(out: string): Partition[] {
  const found = new Map<string, Partition>()
  for (const line of out.split('\n').filter((one) => one.trim() !== '')) {
    const [marked = '', limit = '', resources = ''] = line.trim().split('|')
    const name = marked.replace(/\*$/, '')
    const before = found.get(name)
    found.set(name, {
      name,
      isDefault: marked.endsWith('*'),
      timeLimitMinutes: slurmMinutes(limit),
      gpus: (before?.gpus ?? false) || /\bgpu\b/.test(resources),
    })
  }
  return [...found.values()]
}

import { join } from 'node:path'
import type { FromWorker, ToWorker, TrainTask } from '@shared/domain/worker-protocol'
import { decode, encode } from '@shared/rpc/codec'
import { readFileSync } from 'node:fs'
import { appendLine, attemptOfBatch, createLineReader } from '../files/slurm-files'
import { diskFullExit } from '../jobs/slurm/job-ending'
import { createWorker } from '../worker/worker'

/** A worker that is a job of a Slurm array: it finds its task by its place in the array, and speaks by files. */
const attempt = attemptOfBatch(process.argv[2]!, Number(process.env['SLURM_ARRAY_TASK_ID']))
const { task, pollMs } = JSON.parse(readFileSync(attempt.task, 'utf8')) as { task: TrainTask; pollMs: number }
let isTold = false
let isInterrupted = false

async function post(message: FromWorker): Promise<void> {
  if (message.kind === 'heartbeat') return
  // ended by the cluster, e.g. at its time limit: why is for Slurm to say, and the checkpoint is kept
  if (message.kind === 'finished' && message.result.status === 'cancelled' && isInterrupted && !isTold) return
  try {
    appendLine(attempt.said, encode({ at: Date.now(), message: message.kind === 'started' ? withJob(message) : message }))
  } catch (error) {
    console.error(error)
    process.exit((error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFullExit : 1)
  }
}

function withJob(message: Extract<FromWorker, { kind: 'started' }>): FromWorker {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: index, SLURMD_NODENAME: host, SLURM_JOB_PARTITION: partition } = process.env
  return { ...message, environment: { ...message.environment, slurmJob: `${array}_${index}`, slurmNode: host ?? '', slurmPartition: partition ?? '' } }
}

const worker = createWorker(post, undefined, join(import.meta.dirname, 'lane.js'))
const told = createLineReader(attempt.told)
const listen = (): void => {
  for (const line of told()) {
    const message = decode(line) as ToWorker
    if (message.kind === 'cancel') isTold = true
    void worker.receive(message)
  }
}
const listening = setInterval(listen, pollMs)
process.on('SIGTERM', () => {
  isInterrupted = true
  listen()
  void worker.receive({ kind: 'cancel' })
})
await post({ kind: 'ready' })
await worker.receive(task)
clearInterval(listening)
process.exit(0)

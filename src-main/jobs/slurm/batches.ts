import type { SlurmRequest } from '@shared/domain/executor'
import type { TrainTask } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import type { DataFolder } from '../../files/data-folder'
import { type Attempt, type AttemptPlace, createAttempt, writeBatch, writePlace } from '../../files/slurm-files'
import type { NodeCommand } from '../node-command'
import { workerFlags } from '../worker-process'
import type { Slurm } from './slurm-commands'

/** One run that is to be sent. */
export interface Parcel {
  request: SlurmRequest
  task: TrainTask
  onAttempt(attempt: Attempt, place: AttemptPlace): void
  onRefused(error: unknown): void
  /** Slurm does not answer; it is asked again. */
  onSilence(): void
  isGivenUp(): boolean
}

/** Runs that are sent at about the same time with the same wishes are one array of jobs. */
export interface Batches {
  add(parcel: Parcel): void
  /** Gives out nothing more; what has gone, has gone. */
  close(): Promise<void>
}

export interface BatchesOptions {
  slurm: Slurm
  folder: DataFolder
  command: NodeCommand
  jobEntry: string
  /** How long a batch waits for more. */
  gatherMs: number
  /** Before Slurm is asked again where it did not answer. */
  againMs: number
  pollMs: number
  newBatchId(): string
}

const mostOfBatch = 200

export const batchName = (batch: string): string => `latent-${batch}`

export function createBatches(options: BatchesOptions): Batches {
  const { slurm, folder, command, jobEntry, gatherMs, againMs, pollMs, newBatchId } = options
  let waiting: Parcel[] = []
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const sending = new Set<Promise<void>>()
  const wakers = new Set<() => void>()
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(again)
        wakers.delete(wake)
        resolve()
      }
      const again = setTimeout(wake, againMs)
      wakers.add(wake)
    })

  function sendAll(): void {
    timer = undefined
    const alike = new Map<string, Parcel[]>()
    for (const parcel of waiting.splice(0)) {
      const key = JSON.stringify(parcel.request)
      alike.set(key, [...(alike.get(key) ?? []), parcel])
    }
    for (const parcels of alike.values()) {
      for (let start = 0; start < parcels.length; start += mostOfBatch) {
        const sent: Promise<void> = send(parcels.slice(start, start + mostOfBatch)).finally(() => sending.delete(sent))
        sending.add(sent)
      }
    }
  }

  async function send(given: Parcel[]): Promise<void> {
    const parcels = given.filter((parcel) => !parcel.isGivenUp())
    if (parcels.length === 0) return
    const batch = newBatchId()
    try {
      const attempts = parcels.map(({ task }, index) => createAttempt(task.runFolder, { batch, index, jobId: null }, { task, pollMs }))
      const script = writeBatch(folder.batchFolder(batch), scriptOf(command, jobEntry, folder.batchFolder(batch)), attempts.map((attempt) => attempt.folder))
      const jobId = await submit(parcels, batch, script)
      if (jobId === null) return
      for (const [index, parcel] of parcels.entries()) {
        const place = { batch, index, jobId }
        writePlace(attempts[index]!, place)
        parcel.onAttempt(attempts[index]!, place)
      }
    } catch (error) {
      for (const parcel of parcels) parcel.onRefused(error)
    }
  }

  /** Until it is taken or refused. Slurm may have taken it without our having heard so: it is asked for the name first. */
  async function submit(parcels: Parcel[], batch: string, script: string): Promise<string | null> {
    const name = batchName(batch)
    for (let isFirst = true; !isClosed; isFirst = false) {
      try {
        const [known] = isFirst ? [] : await slurm.states([name])
        return known?.jobId ?? (await slurm.submit(parcels[0]!.request, { name, folder: folder.batchFolder(batch), script, count: parcels.length }))
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'slurm/unreachable') throw error
        for (const parcel of parcels) parcel.onSilence()
        await pause()
      }
    }
    return null
  }

  return {
    add: (parcel) => {
      waiting.push(parcel)
      timer ??= setTimeout(sendAll, gatherMs)
    },
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      waiting = []
      for (const wake of [...wakers]) wake()
      await Promise.all(sending)
    },
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Nothing but our worker: it finds its run by its place in the array. */
export function scriptOf({ path, environment }: NodeCommand, jobEntry: string, batchFolder: string): string {
  const variables = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  return `#!/bin/sh\n${variables.join('')}exec ${[path, ...workerFlags, jobEntry, batchFolder].map(quoted).join(' ')}\n`
}

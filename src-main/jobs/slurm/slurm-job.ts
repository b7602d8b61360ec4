import { slurmOf } from '@shared/domain/executor'
import type { Notice, Run } from '@shared/domain/run'
import type { FromWorker, ToWorker, TrainTask } from '@shared/domain/worker-protocol'
import { decode, encode } from '@shared/rpc/codec'
import { notice, toNotice } from '@shared/rpc/errors'
import type { DataFolder } from '../../files/data-folder'
import { appendLine, type Attempt, type AttemptPlace, createLineReader, hasSpoken, lastAttempt, logTail, readLines, writePlace } from '../../files/slurm-files'
import type { Job, JobListener } from '../executor'
import type { Batches } from './batches'
import { endingInWords, isClusterFault, isHopeless, isJobOver } from './job-ending'
import { type Said, takenBefore } from './replay'
import type { JobState, Slurm } from './slurm-commands'

/** One run at the cluster, through all its tries there. */
export interface SlurmJob extends Required<Job> {
  /** Of its present try; null until it is written. */
  readonly batch: string | null
  readonly index: number
  /** Takes in what the job has written since. */
  read(): void
  /** What Slurm says of it; null where Slurm no longer knows it. */
  hear(state: JobState | null): Promise<void>
  /** Slurm does not answer. */
  hearNothing(): void
}

export interface SlurmJobOptions {
  slurm: Slurm
  folder: DataFolder
  batches: Batches
  run: Run
  task: TrainTask
  listener: JobListener
  graceMs: number
  onGone(): void
  onBug(place: string, error: unknown): void
}

/** A run whose node fails is sent again so many times. */
const mostTries = 3

export function createSlurmJob({ slurm, folder, batches, run, task: first, listener, graceMs, onGone, onBug }: SlurmJobOptions): SlurmJob {
  const request = slurmOf(run.spec)!
  const reported = new Set<string>()
  let task = first
  let attempt: Attempt | null = null
  let place: AttemptPlace | null = null
  let readLinesOf: () => string[] = () => []
  /** Words to go on that another host has given already. */
  let given = 0
  let tries = 1
  let phase = ''
  let hopeless = ''
  let lastAt = Date.now()
  let endedSince: number | null = null
  let isCancelled = false
  let hasSaved = first.resume
  let isGone = false

  function gone(problem: Notice): void {
    if (isGone) return
    isGone = true
    onGone()
    if (attempt && place) writePlace(attempt, { ...place, isOver: true })
    // the listener may still be in the middle of the last message
    setImmediate(() => listener.onEnd(problem))
  }
  const waitFor = (next: string): void => {
    if (phase !== next) listener.onWaiting((phase = next))
  }
  const warn = (warning: Notice): void => listener.onMessage({ kind: 'warning', warning })
  const nameOfJob = (): string => (place?.jobId ? `${place.jobId}_${place.index}` : (place?.batch ?? run.id))

  function send(): void {
    attempt = null
    place = null
    endedSince = null
    waitFor('slurm-sending')
    batches.add({
      ...{ request, task, isGivenUp: () => isGone || isCancelled },
      onAttempt: (sent, at) => {
        follow(sent, at)
        if (isCancelled) scancel()
      },
      onRefused: (error) => gone(toNotice(error)),
      onSilence: () => waitFor('slurm-silent'),
    })
  }
  function follow(sent: Attempt, at: AttemptPlace): void {
    attempt = sent
    place = at
    readLinesOf = createLineReader(sent.said)
    waitFor('slurm')
  }

  /** What another host left going on. */
  function takeUp({ attempt: known, place: at }: { attempt: Attempt; place: AttemptPlace }): void {
    follow(known, at)
    given = readLines(known.told).filter((line) => (decode(line) as ToWorker).kind === 'goOn').length
    for (const { keys, afterStep } of takenBefore(readLines(known.said).map((line) => decode(line) as Said))) {
      listener.onMessage({ kind: 'rewind', keys, afterStep })
    }
  }

  function scancel(): void {
    if (!place?.jobId) return
    slurm.cancel(place.jobId, place.index).catch((error: unknown) => {
      // asked again whenever Slurm is heard of
      if (toNotice(error).code === 'system/internal') onBug(`job ${nameOfJob()}`, error)
    })
  }
  function cancel(): void {
    isCancelled = true
    if (!attempt) return gone(notice('slurm/cancelled-elsewhere', { job: nameOfJob() }))
    tell({ kind: 'cancel' })
    scancel()
  }
  function tell(message: ToWorker): void {
    if (attempt) appendLine(attempt.told, encode(message))
  }

  function take({ at, message }: Said): void {
    lastAt = at
    if (message.kind === 'checkpoint') hasSaved = true
    if (message.kind === 'metrics') for (const { key } of message.points) reported.add(key)
    listener.onMessage(message)
    if (isLastWord(message)) gone(notice('slurm/job-lost', { job: nameOfJob(), log: '' }))
  }

  async function conclude(sent: Attempt, jobId: string | null): Promise<void> {
    const end = jobId === null ? null : await slurm.endOf(jobId, place!.index)
    read()
    if (isGone) return
    // the host was killed before Slurm had taken it
    if (jobId === null && !hasSpoken(sent) && !isCancelled) {
      writePlace(sent, { ...place!, isOver: true })
      return send()
    }
    const log = logTail(folder.batchFolder(place!.batch), place!.index)
    const problem = endingInWords({ end, job: nameOfJob(), request, log, home: folder.home })
    if (isCancelled || !end || !isClusterFault(end.state) || tries >= mostTries) return gone(problem)
    sendAgain(problem)
  }
  function sendAgain(problem: Notice): void {
    tries++
    warn(notice('slurm/sent-again', { reason: [problem] }))
    writePlace(attempt!, { ...place!, isOver: true })
    if (!hasSaved) listener.onMessage({ kind: 'rewind', keys: [...reported], afterStep: Number.NEGATIVE_INFINITY })
    task = { ...task, resume: hasSaved }
    given = 0
    send()
  }
  /** A file system that is away for a moment loses nothing: what was not read is read the next time. */
  function read(): void {
    let lines: string[] = []
    try {
      lines = readLinesOf()
    } catch (error) {
      onBug(`job ${nameOfJob()}`, error)
    }
    for (const line of lines) if (!isGone) take(decode(line) as Said)
  }

  // after this call has returned: the listener does not know its job before
  setImmediate(() => {
    if (isGone) return
    try {
      const known = lastAttempt(task.runFolder)
      if (known && !known.place.isOver) takeUp(known)
      else send()
    } catch (error) {
      gone(toNotice(error))
    }
  })

  return {
    get batch() {
      return place?.batch ?? null
    },
    get index() {
      return place?.index ?? 0
    },
    read,
    hear: async (state) => {
      if (isGone || !place || !attempt) return
      if (state && place.jobId === null) {
        place = { ...place, jobId: state.jobId }
        writePlace(attempt, place)
      }
      if (state?.state === 'PENDING') waitFor('slurm')
      if (state?.state === 'PENDING' && isHopeless(state.reason) && hopeless !== state.reason) {
        hopeless = state.reason
        warn(notice('slurm/waits', { job: nameOfJob(), reason: hopeless }))
      }
      if (state && !isJobOver(state.state)) {
        endedSince = null
        if (isCancelled) scancel()
        return
      }
      endedSince ??= performance.now()
      if (performance.now() - endedSince < graceMs && !(isCancelled && !hasSpoken(attempt))) return
      await conclude(attempt, place.jobId)
    },
    hearNothing: () => {
      if (!isGone && phase !== '') waitFor('slurm-silent')
    },
    send: (message) => {
      if (message.kind === 'cancel') cancel()
      else if (message.kind === 'goOn' && given > 0) given--
      else tell(message)
    },
    terminate: () => (attempt ? scancel() : cancel()),
    kill: cancel,
    watch: () => {},
    now: () => lastAt,
    detach: () => {
      isGone = true
      onGone()
    },
  }
}

const isLastWord = ({ kind }: FromWorker): boolean => kind === 'finished' || kind === 'failed'

import { appendFileSync, closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from './atomic-write'

/*
 * What the host and a job of a cluster leave for each other on the file system that both see. The job never opens the database: it writes
 * what it has to say into its run's folder, line by line, and the host takes it in.
 *
 *     batches/<batch>/job.sh  runs.json  <index>.log    one submission: its script, the folders of its runs, what each job printed
 *     runs/<run>/slurm/<batch>/task.json                what the worker is to do
 *                              said.jsonl  told.jsonl   from the worker, to the worker
 *                              place.json               where the job stands in its batch, and its number at Slurm
 */

/** One try of a run at the cluster. */
export interface Attempt {
  readonly folder: string
  readonly task: string
  readonly said: string
  readonly told: string
}

export interface AttemptPlace {
  batch: string
  index: number
  /** Null until Slurm has taken the batch. */
  jobId: string | null
  /** How it ended was taken down; another try is another folder. */
  isOver?: boolean
}

export const attemptIn = (folder: string): Attempt => ({
  folder,
  task: join(folder, 'task.json'),
  said: join(folder, 'said.jsonl'),
  told: join(folder, 'told.jsonl'),
})
const attempts = (runFolder: string): string => join(runFolder, 'slurm')
const placeFile = (folder: string): string => join(folder, 'place.json')

export function createAttempt(runFolder: string, place: AttemptPlace, task: unknown): Attempt {
  const attempt = attemptIn(join(attempts(runFolder), place.batch))
  mkdirSync(attempt.folder, { recursive: true })
  writeFileAtomic(attempt.task, JSON.stringify(task))
  writePlace(attempt, place)
  return attempt
}
export const writePlace = (attempt: Attempt, place: AttemptPlace): void => writeFileAtomic(placeFile(attempt.folder), JSON.stringify(place))

/** The last try of a run, with its place; null where it was never sent. Names of batches rise with time. */
export function lastAttempt(runFolder: string): { attempt: Attempt; place: AttemptPlace } | null {
  const folder = attempts(runFolder)
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  for (const name of names.reverse()) {
    const attempt = attemptIn(join(folder, name))
    // one without a place was being written when the host was killed: nobody has sent it
    if (existsSync(placeFile(attempt.folder))) return { attempt, place: JSON.parse(readFileSync(placeFile(attempt.folder), 'utf8')) as AttemptPlace }
  }
  return null
}

/** The script and the list of its jobs' folders; returns the script. */
export function writeBatch(folder: string, script: string, attemptFolders: readonly string[]): string {
  mkdirSync(folder, { recursive: true })
  writeFileAtomic(join(folder, 'runs.json'), JSON.stringify(attemptFolders))
  const path = join(folder, 'job.sh')
  writeFileAtomic(path, script, 0o755)
  return path
}
export const attemptOfBatch = (batchFolder: string, index: number): Attempt =>
  attemptIn((JSON.parse(readFileSync(join(batchFolder, 'runs.json'), 'utf8')) as string[])[index]!)

const logBytes = 4096

/** The end of what a job printed. */
export function logTail(batchFolder: string, index: number): string {
  const path = join(batchFolder, `${index}.log`)
  return existsSync(path) ? readFileSync(path).subarray(-logBytes).toString('utf8') : ''
}

/** One write for each line: on a network file system it is seen by others when the file is closed. */
export const appendLine = (path: string, line: string): void => appendFileSync(path, `${line}\n`)

/** Reads whole lines of a growing file, each once. Opening it anew asks a network file system for its length of now. */
export function createLineReader(path: string): () => string[] {
  let offset = 0
  let part: Buffer = Buffer.alloc(0)
  return () => {
    const bytes = readFrom(path, offset)
    offset += bytes.length
    const all = part.length > 0 ? Buffer.concat([part, bytes]) : bytes
    const end = all.lastIndexOf(10)
    part = all.subarray(end + 1)
    return end < 0 ? [] : all.subarray(0, end).toString('utf8').split('\n')
  }
}

export const readLines = (path: string): string[] => createLineReader(path)()
export const hasSpoken = ({ said }: Attempt): boolean => (statSync(said, { throwIfNoEntry: false })?.size ?? 0) > 0

function readFrom(path: string, offset: number): Buffer {
  if (!existsSync(path)) return Buffer.alloc(0)
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset))
    let read = 0
    while (read < bytes.length) {
      const count = readSync(file, bytes, read, bytes.length - read, offset + read)
      if (count === 0) break
      read += count
    }
    return bytes.subarray(0, read)
  } finally {
    closeSync(file)
  }
}

import type { Run, SeriesByKey } from '@shared/domain/run'
import { followRun } from '../follow-run'
import type { Interruptions } from '../interruptions'
import { exitStatus, printJson, printText, type Result } from '../output'
import { runJson, runText } from '../run-output'
import type { Session } from '../session'
import { applyStart, applySetting, readSpecFile } from '../spec-file'

export interface RunFlags {
  set: string[]
  start?: string
  seed?: number
  device?: string
  runtime?: string
  stream?: boolean
}

interface Following {
  session: Session
  interruptions: Interruptions
  json: boolean
  stream: boolean
}

/** The specification with what the flags say; nothing is checked here that the schema checks. */
export function readSpec(path: string, { set, start, seed, device, runtime }: RunFlags): Record<string, unknown> {
  const spec = readSpecFile(path)
  for (const setting of set) applySetting(spec, setting)
  if (start !== undefined) applyStart(spec, start)
  for (const [key, value] of Object.entries({ seed, device, runtime })) if (value !== undefined) spec[key] = value
  return spec
}

/** The specification of a search for its learning rate; ends that are not given are the schema's. */
export function readRateSearch(path: string, flags: RunFlags, ends: Record<'from' | 'to' | 'steps', number | undefined>): Record<string, unknown> {
  const spec = readSpec(path, flags)
  const given = Object.fromEntries(Object.entries(ends).filter(([, value]) => value !== undefined))
  const inference = (spec['inference'] ?? {}) as Record<string, unknown>
  return { ...spec, inference: { ...inference, kind: 'gradient', schedule: { search: given } } }
}

export async function run(spec: Record<string, unknown>, following: Following): Promise<Result> {
  const { client } = following.session
  return follow(following, () => client.call('runs.start', { spec }))
}

export async function resume(name: string, { calmer }: { calmer: boolean }, following: Following): Promise<Result> {
  const { client } = following.session
  const { id } = await client.call('runs.get', { id: name })
  const before = await client.call('runs.metrics', { id })
  return follow(following, () => client.call('runs.resume', { id, calmer }), before)
}

const statusOf: Record<Run['status'], number> = {
  completed: exitStatus.done,
  cancelled: exitStatus.cancelled,
  failed: exitStatus.failed,
  interrupted: exitStatus.failed,
  queued: exitStatus.failed,
  running: exitStatus.failed,
  paused: exitStatus.failed,
}

async function follow(
  { session, interruptions, json, stream }: Following,
  begin: () => Promise<Run>,
  before: SeriesByKey = {},
): Promise<Result> {
  const onBatch = json
    ? printJson
    : ({ points }: { points: { key: string; step: number; value: number | null }[] }) =>
        printText(points.map(({ key, step, value }) => `${step}\t${key}\t${value ?? ''}`).join('\n'))
  const ended = await followRun({ client: session.client, interruptions, begin, before, ...(stream ? { onBatch } : {}) })
  // its warnings have been said on stderr
  return { json: runJson(ended), text: runText({ ...ended, warnings: [] }), status: statusOf[ended.status] }
}

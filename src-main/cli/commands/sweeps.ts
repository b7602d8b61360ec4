import { parse } from 'yaml'
import type { ParameterValue } from '@shared/domain/search-space'
import type { Sweep } from '@shared/domain/sweep'
import { followSweep } from '../follow-sweep'
import type { Interruptions } from '../interruptions'
import { say } from '../language'
import { exitStatus, printJson, type Result, WrongArguments } from '../output'
import { listedRunJson, runsTable } from '../run-output'
import type { Session } from '../session'
import { listedSweepJson, sweepJson, sweepsTable, sweepText } from '../sweep-output'

interface Following {
  session: Session
  interruptions: Interruptions
  json: boolean
  stream: boolean
}

const statusOf: Record<Sweep['status'], number> = {
  completed: exitStatus.done,
  cancelled: exitStatus.cancelled,
  failed: exitStatus.failed,
  interrupted: exitStatus.failed,
  running: exitStatus.failed,
  paused: exitStatus.failed,
}

async function follow({ session: { client }, interruptions, json, stream }: Following, begin: () => Promise<Sweep>): Promise<Result> {
  const onTrial = stream && json ? printJson : undefined
  const { sweep, trials } = await followSweep({ client, interruptions, begin, onTrial })
  return { json: sweepJson(sweep, trials), text: sweepText(sweep, trials), status: statusOf[sweep.status] }
}

export const sweep = (spec: Record<string, unknown>, following: Following): Promise<Result> =>
  follow(following, () => following.session.client.call('sweeps.start', { spec }))

export const resumeSweep = (id: string, trials: number, following: Following): Promise<Result> =>
  follow(following, () => following.session.client.call('sweeps.resume', { id, trials }))

export async function listSweeps({ client }: Session): Promise<Result> {
  const sweeps = await client.call('sweeps.list', {})
  const count = say(`${sweeps.length} sweeps`, `共 ${sweeps.length} 个搜索`)
  return { json: sweeps.map(listedSweepJson), text: sweeps.length > 0 ? `${sweepsTable(sweeps)}\n${count}` : count }
}

export async function showSweep({ client }: Session, id: string): Promise<Result> {
  const { sweep: found, trials } = await client.call('sweeps.open', { id })
  return { json: sweepJson(found, trials), text: sweepText(found, trials) }
}

export async function removeSweep({ client }: Session, id: string): Promise<Result> {
  const found = await client.call('sweeps.get', { id })
  await client.call('sweeps.remove', { id: found.id })
  return { json: listedSweepJson(found), text: say(`Removed sweep ${found.id}; its runs are kept.`, `已删除搜索 ${found.id}；其运行仍保留。`) }
}

export async function pauseSweep({ client }: Session, id: string): Promise<Result> {
  const paused = await client.call('sweeps.pause', { id })
  return { json: listedSweepJson(paused), text: sweepsTable([paused]) }
}

export async function stopSweep({ client }: Session, id: string): Promise<Result> {
  const stopped = await client.call('sweeps.stop', { id })
  return { json: listedSweepJson(stopped), text: sweepsTable([stopped]) }
}

export async function enqueuePoint({ client }: Session, id: string, settings: readonly string[]): Promise<Result> {
  const changed = await client.call('sweeps.enqueue', { id, parameters: Object.fromEntries(settings.map(parseSetting)) })
  return { json: { ...listedSweepJson(changed), enqueued: changed.enqueued }, text: sweepsTable([changed]) }
}

/** `model.latent=8`: the value is YAML. */
function parseSetting(setting: string): [string, ParameterValue] {
  const equals = setting.indexOf('=')
  if (equals < 1) throw new WrongArguments('cli/set-form', { setting })
  // what is no value of a parameter is refused by the contract
  return [setting.slice(0, equals).trim(), parse(setting.slice(equals + 1)) as ParameterValue]
}

export async function rerunBest({ client }: Session, id: string, options: { trial?: number; seeds?: number[] }): Promise<Result> {
  const runs = await client.call('sweeps.rerun', { id, ...options })
  return { json: runs.map((run) => listedRunJson(run)), text: runsTable(runs) }
}

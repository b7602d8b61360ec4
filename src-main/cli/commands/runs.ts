import { stringify } from 'yaml'
import { say } from '../language'
import { type Result, shortNumber, table } from '../output'
import { listedRunJson, runText } from '../run-output'
import type { Session } from '../session'

export async function showRun({ client }: Session, id: string): Promise<Result> {
  const { run, artifacts } = await client.call('runs.open', { id })
  const { spec, environment } = run
  const json = { ...listedRunJson(run), spec, environment, artifacts }
  const section = (title: string, value: object): string => `${title}\n${stringify(value).trimEnd().replaceAll(/^/gm, '  ')}`
  const text = [runText(run), section(say('specification', '实验规格'), spec), section(say('environment', '环境'), environment)].join(
    '\n\n',
  )
  return { json, text }
}

export async function removeRun({ client }: Session, name: string): Promise<Result> {
  const run = await client.call('runs.get', { id: name })
  await client.call('runs.remove', { id: run.id })
  return { json: listedRunJson(run), text: say(`Removed run ${run.id}.`, `已删除运行 ${run.id}。`) }
}

export async function metrics({ client }: Session, id: string, key: string | undefined): Promise<Result> {
  const series = await client.call('runs.metrics', key === undefined ? { id } : { id, key })
  const parts = Object.entries(series).map(([title, { step, value }]) =>
    table(
      [say('step', '步'), title],
      step.map((at, index) => [at, Number(shortNumber(value[index] ?? null) ?? Number.NaN)]),
    ),
  )
  return { json: series, text: parts.join('\n\n') }
}

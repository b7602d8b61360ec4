import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { type ChainParameters, chainParametersSchema } from '@shared/domain/run'
import { say } from '../language'
import { type Result, WrongArguments, shortNumber, table } from '../output'
import type { Session } from '../session'

/** States over time of a hidden Markov model; a line per row for people, everything for programs. */
export async function states(
  { client }: Session,
  id: string,
  dataset: string | undefined,
  { horizon, params }: { horizon: number; params?: string },
): Promise<Result> {
  const found = await client.call('inspect.states', {
    id,
    horizon,
    ...(dataset === undefined ? {} : { dataset }),
    ...(params === undefined ? {} : { parameters: readParameters(params) }),
  })
  const { states: count, featureNames, posteriors, path, observations } = found
  const columns = featureNames.length
  const sequences = found.sequences.map(({ name, start, rows }, index) => ({
    name,
    start,
    rows: found.rowIndex.slice(start, start + rows),
    path: path.slice(start, start + rows),
    posteriors: Array.from({ length: rows }, (_, t) => posteriors.slice((start + t) * count, (start + t + 1) * count)),
    forecast: found.forecast[index],
  }))
  const lines = sequences.flatMap(({ name, start, rows, path: own, posteriors: shares }) =>
    Array.from(rows, (row, t) => [
      name,
      row + 1,
      ...Array.from(observations.slice((start + t) * columns, (start + t + 1) * columns), (value) => shortNumber(value)),
      own[t]! + 1,
      ...Array.from(shares[t]!, (share) => share.toFixed(3)),
    ]),
  )
  const header = [
    say('sequence', '序列'),
    say('row', '行'),
    ...featureNames,
    say('state', '状态'),
    ...Array.from({ length: count }, (_, k) => `p(${k + 1})`),
  ]
  const { logLikelihood, pathLogProbability, means } = found
  return { json: { states: count, featureNames, means, logLikelihood, pathLogProbability, sequences: sequences.map(({ start: _start, ...rest }) => rest) }, text: table(header, lines) }
}

function readParameters(path: string): ChainParameters {
  let text: string
  try {
    text = readFileSync(resolve(path), 'utf8')
  } catch {
    throw new WrongArguments('hmm/parameters-file', { path, problem: say('it cannot be read', '无法读取') })
  }
  const parsed = chainParametersSchema.safeParse(parse(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new WrongArguments('hmm/parameters-file', { path, problem: `${issue!.path.join('.')}: ${issue!.message}` })
}

export async function topics({ client }: Session, id: string, words: number): Promise<Result> {
  const { topics: found } = await client.call('inspect.topics', { id, words })
  const lines = found.map(({ weight, words: terms }, k) => [
    k + 1,
    weight.toFixed(3),
    terms.map(({ word, probability }) => `${word} ${probability.toFixed(3)}`).join('  '),
  ])
  return { json: { topics: found }, text: table([say('topic', '主题'), say('weight', '权重'), say('terms', '词项')], lines) }
}

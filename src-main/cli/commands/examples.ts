import { stringify } from 'yaml'
import { type Example, exampleSpec } from '@shared/domain/example'
import type { Run } from '@shared/domain/run'
import { AppError } from '@shared/rpc/errors'
import type { Interruptions } from '../interruptions'
import { language, say } from '../language'
import { exitStatus, type Result, table } from '../output'
import type { Session } from '../session'
import { applySetting } from '../spec-file'
import { run } from './run'
import { startSelection } from './select'

export async function listExamples({ client }: Session): Promise<Result> {
  const examples = await client.call('examples.list', {})
  const rows = examples.map(({ name, title, description }) => [name, title[language], description[language]])
  return { json: examples, text: table([say('name', '名称'), say('title', '标题'), say('what it shows', '内容')], rows) }
}

/** What `latent run` and `latent select` would be given. */
export async function showExample(session: Session, name: string): Promise<Result> {
  const example = await find(session, name)
  const { title, description, runs, selection } = example
  const what = selection ?? runs.map((_, index) => exampleSpec(example, index, language))
  const parts = (Array.isArray(what) ? what : [what]).map((part) => stringify(part).trimEnd())
  return { json: example, text: [`# ${title[language]}`, `# ${description[language]}`, parts.join('\n---\n')].join('\n') }
}

export interface ExampleFlags {
  set: string[]
  seed?: number
}

interface Following {
  session: Session
  interruptions: Interruptions
  json: boolean
}

/** Its runs one after the other, each with what is set; the first that does not come to its end is the last. */
export async function runExample(name: string, { set, seed }: ExampleFlags, following: Following): Promise<Result> {
  const { session } = following
  const example = await find(session, name)
  if (example.selection) {
    if (set.length > 0 || seed !== undefined) throw new AppError('example/not-a-run', { name })
    return startSelection(example.selection, following)
  }
  const ended: Result[] = []
  for (const index of example.runs.keys()) {
    const spec = structuredClone(exampleSpec(example, index, language))
    for (const setting of set) applySetting(spec, setting)
    if (seed !== undefined) spec['seed'] = seed
    const result = await run(spec, { ...following, stream: false })
    ended.push(result)
    if (result.status !== exitStatus.done) break
  }
  const runs = ended.map(({ json }) => json as Run)
  return { json: { example: name, runs }, text: ended.map(({ text }) => text).join('\n\n'), status: ended.at(-1)!.status ?? exitStatus.done }
}

async function find({ client }: Session, name: string): Promise<Example> {
  const examples = await client.call('examples.list', {})
  const example = examples.find((one) => one.name === name)
  if (!example) throw new AppError('example/not-found', { name, names: examples.map((one) => one.name) })
  return example
}

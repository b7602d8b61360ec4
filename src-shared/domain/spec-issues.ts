import { z } from 'zod'
import type { MessageCode } from '../messages/messages'
import { notice } from '../rpc/errors'
import type { SpecNotice } from './resolve-spec'
import { nearest } from './nearest'
import { runSpecSchema } from './spec'
import { fieldsAt, optionsOf, pathsTo, schemaAt } from './spec-schema'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** One issue of zod as sentences: where, what was got, what would do. */
export function explainIssue(issue: Issue, input: unknown, prefix: Path = [], schema: z.ZodType = runSpecSchema): SpecNotice[] {
  const path = [...prefix, ...issue.path]
  const value = valueAt(input, path)
  const say = (code: MessageCode, details: Record<string, unknown> = {}): SpecNotice[] => [
    { path: path.join('.'), ...notice(code, { path: path.join('.'), got: show(value), ...details }) },
  ]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => explainKey(key, path, input, schema))
    case 'invalid_type':
      if (path.length === 0) return say('spec/no-specification')
      if (value === undefined) return say('spec/missing')
      if (isWhole(schemaAt(schema, path, input))) return say('spec/not-a-whole-number')
      return say(typeCodes[issue.expected] ?? 'spec/wrong-value', { problem: issue.message })
    case 'invalid_value':
      return value === undefined ? say('spec/missing') : say('spec/not-one-of', { options: issue.values })
    case 'too_small':
      if (!isNumeric(issue.origin)) return say('spec/too-short', { minimum: issue.minimum, length: lengthOf(value) })
      return say(issue.inclusive === false ? 'spec/not-above' : 'spec/too-small', { minimum: issue.minimum })
    case 'too_big':
      if (!isNumeric(issue.origin)) return say('spec/too-long', { maximum: issue.maximum, length: lengthOf(value) })
      return say('spec/too-large', { maximum: issue.maximum })
    case 'invalid_union':
      return explainUnion(issue, { input, path, schema }, say)
    case 'custom':
      if (path.join('.') === 'split') return say('spec/fractions', { sum: sumOf(value) })
      return say('spec/wrong-value', { problem: issue.message })
    default:
      return say('spec/wrong-value', { problem: issue.message })
  }
}

const typeCodes: Record<string, MessageCode> = {
  object: 'spec/not-a-group',
  record: 'spec/not-a-group',
  array: 'spec/not-a-list',
  tuple: 'spec/not-a-list',
  number: 'spec/not-a-number',
  int: 'spec/not-a-whole-number',
  string: 'spec/not-text',
}

function explainKey(key: string, at: Path, input: unknown, schema: z.ZodType): SpecNotice {
  const path = [...at, key].join('.')
  const known = fieldsAt(schema, at, input)
  const near = nearest(key, known) ?? pathsTo(schema, key)[0]
  const sibling = near !== undefined && known.includes(near) ? [...at, near].join('.') : near
  return near === undefined
    ? { path, ...notice('spec/unknown-key', { path, known }) }
    : { path, ...notice('spec/unknown-key-near', { path, near: sibling }) }
}

type Say = (code: MessageCode, details?: Record<string, unknown>) => SpecNotice[]

interface Place {
  input: unknown
  path: Path
  schema: z.ZodType
}

/** Of several ways to write a value, explains the one that was meant: the one that the value agrees with furthest. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, { input, path, schema }: Place, say: Say): SpecNotice[] {
  const value = valueAt(input, path)
  // where a kind names no branch, the issue stands at the kind and the union one above
  const here = schemaAt(schema, issue.errors.length === 0 ? path.slice(0, -1) : path, input)
  const options = here ? optionsOf(here) : []
  if (value === undefined) return say('spec/missing')
  const meant = isGroup(value) ? issue.errors.find((_, index) => options[index]?.fields.some((field) => field in value)) : undefined
  const issues = meant ?? issue.errors.find((branch) => branch.length > 0 && branch.every((one) => one.path.length > 0))
  if (issues) return issues.flatMap((one) => explainIssue(one, input, path, schema))
  return say('spec/not-one-of', { options: options.map((option) => option.label) })
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input
  for (const name of path) value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[name] : undefined
  return value
}

const isGroup = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isWhole = (schema: z.ZodType | null): boolean => schema instanceof z.ZodNumber && schema.format === 'safeint'
const isNumeric = (origin: string): boolean => origin === 'number' || origin === 'int' || origin === 'bigint'
const lengthOf = (value: unknown): number => (typeof value === 'string' || Array.isArray(value) ? value.length : 0)

function sumOf(split: unknown): number {
  const { train = 1, validation = 0, test = 0 } = (split ?? {}) as { train?: number; validation?: number; test?: number }
  return train + validation + test
}

function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

import { metricInfo } from '@shared/domain/metric'
import { nearest } from '@shared/domain/nearest'
import type { Shelf } from '@shared/domain/run'
import { type Comparison, parseRunQuery, queryFields, queryProblem, type QueryOperator, type RunQuery } from '@shared/domain/run-query'
import type { SqliteDatabase } from './open-database'

/** A condition for WHERE, with its named parameters. */
export interface RunFilter {
  where: string
  parameters: Record<string, string | number>
}

const textColumns: Record<string, string> = {
  ...{ id: 'id', name: 'name', status: 'status', dataset: 'datasetName', model: 'modelKind', kind: 'modelKind', device: 'device', runtime: 'runtime' },
  ...{ notes: 'notes', created: 'createdAt', started: 'startedAt', ended: 'endedAt' },
}
const numberColumns: Record<string, string> = {
  ...{ iterations: 'iterations', epochs: 'epochs', converged: 'converged', resumable: 'resumable' },
  ...{ duration: 'durationMs / 1000.0', seed: 'seed' },
}

type Bind = (value: string | number) => string
interface Names {
  metrics: Map<string, number>
  parameters: Map<string, number>
}
interface Context {
  query: string
  bind: Bind
  names: () => Names
}

/** Reads the names of metrics and fields only where a query has one that is neither. */
export function createRunFilter(database: SqliteDatabase): (query: string, shelf: Shelf | 'all') => RunFilter {
  const metricKeys = database.prepare<[], { number: number; name: string }>('SELECT number, name FROM metricKeys')
  const parameterKeys = database.prepare<[], { number: number; name: string }>('SELECT number, name FROM parameterKeys')
  const byName = (rows: { number: number; name: string }[]): Map<string, number> => new Map(rows.map(({ number, name }) => [name, number]))
  return (query, shelf) => {
    const parameters: RunFilter['parameters'] = {}
    const bind: Bind = (value) => {
      const name = `p${Object.keys(parameters).length}`
      parameters[name] = value
      return `@${name}`
    }
    let names: Names | undefined
    const context = { query, bind, names: () => (names ??= { metrics: byName(metricKeys.all()), parameters: byName(parameterKeys.all()) }) }
    const parsed = parseRunQuery(query)
    const kept = shelf === 'all' ? [] : [`shelf = ${bind(shelf)}`]
    return { where: [...kept, ...(parsed ? [`(${condition(parsed, context)})`] : [])].join(' AND ') || '1', parameters }
  }
}

function condition(query: RunQuery, context: Context): string {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.parts.map((part) => `(${condition(part, context)})`).join(` ${query.kind.toUpperCase()} `)
    case 'not':
      // a condition on what a run does not have is unknown, not false
      return `NOT coalesce((${condition(query.part, context)}), 0)`
    case 'word': {
      const text = context.bind(query.text.toLowerCase())
      return ['id', 'name', 'datasetName', 'modelKind', 'tags', 'status'].map((place) => `instr(lower(${place}), ${text}) > 0`).join(' OR ')
    }
    case 'comparison':
      return compare(query, context)
  }
}

function compare(comparison: Comparison, context: Context): string {
  const { field, operator, values } = comparison
  const { bind } = context
  const name = field.toLowerCase()
  const any = (one: (value: Comparison['values'][number]) => string): string => values.map((value) => `(${one(value)})`).join(' OR ')
  const text = textColumns[name]
  if (text) return any(({ text: value }) => compareText(text, operator, value, bind))
  if (name === 'tag' || name === 'tags') {
    const found = any(({ text: value }) => compareText('tag.value', operator === '!=' ? '=' : operator, value, bind))
    return `${operator === '!=' ? 'NOT ' : ''}EXISTS (SELECT 1 FROM json_each(runs.tags) AS tag WHERE ${found})`
  }
  const number = numberColumns[name]
  if (number) return any((value) => compareNumber(number, comparison, value, context))
  const { metrics, parameters } = context.names()
  const parameter = parameters.get(field) ?? sameButCase(parameters, field)
  if (parameter !== undefined) {
    const found = any(({ text: value }) => compareAny('found.value', operator, value, bind))
    return `EXISTS (SELECT 1 FROM parameters AS found WHERE found.key = ${parameter} AND found.run = runs.number AND (${found}))`
  }
  const keys = [...metrics].filter(([key]) => key === field || (!field.includes('/') && key.endsWith(`/${field}`))).map(([, key]) => key)
  const isKnown = keys.length > 0 || field.slice(field.lastIndexOf('/') + 1) in metricInfo
  if (!isKnown) {
    if (metrics.size + parameters.size > 0) throw unknownField(comparison, context)
    // of no run at all nothing is known, not even which fields hold text
    return '0'
  }
  const found = any((value) => compareNumber('found.value', comparison, value, context))
  return keys.length === 0 ? '0' : `EXISTS (SELECT 1 FROM figures AS found WHERE found.key IN (${keys.join(', ')}) AND found.run = runs.number AND (${found}))`
}

const sameButCase = (names: Map<string, number>, field: string): number | undefined => {
  for (const [name, number] of names) if (name.toLowerCase() === field.toLowerCase()) return number
  return undefined
}

function unknownField({ field, place }: Comparison, { query, names }: Context): Error {
  const { metrics, parameters } = names()
  const known = [...queryFields.text, ...queryFields.number, ...parameters.keys(), ...metrics.keys()]
  const short = [...metrics.keys()].map((key) => key.slice(key.lastIndexOf('/') + 1))
  return queryProblem('query/unknown-field', query, place, { field, nearest: nearest(field, [...known, ...short]) ?? known.find((name) => name.includes(field)) ?? 'status' })
}

function compareText(column: string, operator: QueryOperator, value: string, bind: Bind): string {
  const text = bind(value.toLowerCase())
  return operator === ':' ? `instr(lower(${column}), ${text}) > 0` : `lower(${column}) ${operator} ${text}`
}

const truth: Record<string, number> = { true: 1, yes: 1, false: 0, no: 0 }

function compareNumber(expression: string, { field, operator }: Comparison, { text, place }: Comparison['values'][number], { query, bind }: Context): string {
  const number = truth[text.toLowerCase()] ?? Number(text)
  if (Number.isNaN(number) || text.trim() === '') throw queryProblem('query/not-a-number', query, place, { field })
  return `${expression} ${operator === ':' ? '=' : operator} ${bind(number)}`
}

/** Fields of specifications hold numbers or texts; what is compared with a number holds for numbers only. */
function compareAny(expression: string, operator: QueryOperator, value: string, bind: Bind): string {
  const number = Number(value)
  if (value.trim() === '' || Number.isNaN(number)) return compareText(expression, operator, value, bind)
  if (operator === '!=') return `typeof(${expression}) = 'text' OR ${expression} != ${bind(number)}`
  if (operator === ':') return `CASE typeof(${expression}) WHEN 'text' THEN ${compareText(expression, operator, value, bind)} ELSE ${expression} = ${bind(number)} END`
  return `typeof(${expression}) != 'text' AND ${expression} ${operator} ${bind(number)}`
}

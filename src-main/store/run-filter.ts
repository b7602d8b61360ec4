import { parseRunQuery, type QueryOperator, type QueryTerm } from '@shared/domain/run-query'

/** A condition for WHERE, with its named parameters. */
export interface RunFilter {
  where: string
  parameters: Record<string, string | number>
}

const textColumns: Record<string, string> = {
  id: 'id',
  name: 'name',
  status: 'status',
  dataset: 'datasetName',
  model: 'modelKind',
  kind: 'modelKind',
  device: 'device',
  runtime: 'runtime',
  notes: 'notes',
  created: 'createdAt',
  started: 'startedAt',
  ended: 'endedAt',
}
const numberColumns: Record<string, string> = {
  iterations: 'iterations',
  epochs: 'epochs',
  converged: 'converged',
  resumable: 'resumable',
  duration: 'durationMs / 1000.0',
  seed: "json_extract(spec, '$.seed')",
}
const specPath = /^(model|inference|split|preprocess|seed|device|runtime|threads)(\.[A-Za-z]\w*)+$/

export function filterRuns(query: string): RunFilter {
  const parameters: RunFilter['parameters'] = {}
  const bind = (value: string | number): string => {
    const name = `p${Object.keys(parameters).length}`
    parameters[name] = value
    return `@${name}`
  }
  const conditions = parseRunQuery(query).map((term) => condition(term, bind))
  return { where: conditions.length === 0 ? '1' : conditions.map((one) => `(${one})`).join(' AND '), parameters }
}

type Bind = (value: string | number) => string

function condition(term: QueryTerm, bind: Bind): string {
  if (term.kind === 'word') {
    const text = bind(term.text.toLowerCase())
    const places = ['id', 'name', 'datasetName', 'modelKind', 'tags', 'status']
    return places.map((place) => `instr(lower(${place}), ${text}) > 0`).join(' OR ')
  }
  const { field, operator, value } = term
  const name = field.toLowerCase()
  const column = textColumns[name]
  if (column) return compareText(column, operator, value, bind)
  if (name === 'tag' || name === 'tags') {
    const found = compareText('tag.value', operator === '!=' ? '=' : operator, value, bind)
    return `${operator === '!=' ? 'NOT ' : ''}EXISTS (SELECT 1 FROM json_each(runs.tags) AS tag WHERE ${found})`
  }
  const number = numberColumns[name]
  if (number) return compareNumber(number, operator, value, bind)
  if (specPath.test(field)) return compareAny(`json_extract(spec, ${bind(`$.${field}`)})`, operator, value, bind)
  const key = bind(field)
  const matches = field.includes('/') ? `metric.key = ${key}` : `metric.key = ${key} OR metric.key LIKE '%/' || ${key}`
  return `EXISTS (SELECT 1 FROM json_each(runs.metrics) AS metric WHERE (${matches}) AND ${compareNumber('metric.value', operator, value, bind)})`
}

function compareText(column: string, operator: QueryOperator, value: string, bind: Bind): string {
  const text = bind(value.toLowerCase())
  return operator === ':' ? `instr(lower(${column}), ${text}) > 0` : `lower(${column}) ${operator} ${text}`
}

const truth: Record<string, number> = { true: 1, yes: 1, false: 0, no: 0 }

function compareNumber(expression: string, operator: QueryOperator, value: string, bind: Bind): string {
  const number = truth[value.toLowerCase()] ?? Number(value)
  return Number.isNaN(number) ? '0' : `${expression} ${operator === ':' ? '=' : operator} ${bind(number)}`
}

function compareAny(expression: string, operator: QueryOperator, value: string, bind: Bind): string {
  const isNumber = value.toLowerCase() in truth || !Number.isNaN(Number(value))
  return isNumber ? compareNumber(expression, operator, value, bind) : compareText(expression, operator, value, bind)
}

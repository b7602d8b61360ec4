import { queryFields } from '@shared/domain/run-query'

export interface Completion {
  /** What is replaced. */
  from: number
  to: number
  options: string[]
  /** Options there are beyond those. */
  more: number
}
export interface KnownNames {
  metrics: readonly string[]
  parameters: readonly string[]
  valuesOf: (field: string) => readonly string[]
}

const mostOptions = 12
const operators = { text: ['=', '!=', ':'], number: ['>', '>=', '<', '<=', '=', '!='] }
const usual = ['status', 'model', 'dataset', 'tag', 'name']

/** What may stand where the caret is: a field, a comparison after a field, or a value after a comparison. */
export function completionsAt(text: string, caret: number, { metrics, parameters, valuesOf }: KnownNames): Completion {
  const before = text.slice(0, caret)
  const typed = /[^\s()=<>!:,"]*$/.exec(before)![0]
  const from = caret - typed.length
  const lead = before.slice(0, from).trimEnd()
  const among = (options: readonly string[], suffix: string): Completion => {
    const lower = typed.toLowerCase()
    const fitting = options.filter((option) => option.toLowerCase().includes(lower) && option !== typed)
    const begins = (option: string): number => (option.toLowerCase().startsWith(lower) ? 0 : 1)
    const sorted = fitting.map((option, index) => ({ option, index })).sort((left, right) => begins(left.option) - begins(right.option) || left.index - right.index)
    return { from, to: caret, options: sorted.slice(0, mostOptions).map(({ option }) => option + suffix), more: Math.max(0, sorted.length - mostOptions) }
  }
  const compared = /([A-Za-z][\w./@[\]-]*)\s*(?:!=|>=|<=|[=<>:])$/.exec(lead) ?? /([A-Za-z][\w./@[\]-]*)\s+in\s*\((?:[^()]*,)?$/i.exec(lead)
  if (compared) return among(valuesOf(compared[1]!).map((value) => (/[\s(),"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value)), ' ')
  const fields = [...usual, ...queryFields.text.filter((name) => !usual.includes(name)), ...queryFields.number, ...parameters, ...metrics]
  const previous = /([A-Za-z][\w./@[\]-]*)$/.exec(lead)?.[1]
  if (typed === '' && previous !== undefined && fields.includes(previous) && before !== lead) {
    const isText = (queryFields.text as readonly string[]).includes(previous)
    return { from, to: caret, options: (isText ? operators.text : operators.number).map((operator) => `${operator} `), more: 0 }
  }
  if (typed === '' && lead !== '' && !/(?:\b(?:and|or|not)|\()$/i.test(lead)) return { from, to: caret, options: ['and ', 'or '], more: 0 }
  return among(fields, ' ')
}

import type { MessageCode } from '../messages/messages'
import { AppError } from '../rpc/errors'

/** Where in the text something stands: first character and number of characters. */
export interface Place {
  at: number
  length: number
}
export const queryOperators = [':', '=', '!=', '>', '>=', '<', '<='] as const
export type QueryOperator = (typeof queryOperators)[number]
export interface Comparison {
  kind: 'comparison'
  field: string
  operator: QueryOperator
  /** Several with `in (…)`: any of them. */
  values: { text: string; place: Place }[]
  place: Place
}
export type RunQuery = { kind: 'and' | 'or'; parts: RunQuery[] } | { kind: 'not'; part: RunQuery } | { kind: 'word'; text: string } | Comparison

interface Token extends Place {
  kind: 'name' | 'text' | 'operator' | 'open' | 'close' | 'comma' | 'end'
  text: string
}

const patterns: readonly [Token['kind'], RegExp][] = [
  ['open', /[(（]/y],
  ['close', /[)）]/y],
  ['comma', /[,，]/y],
  ['operator', /!=|>=|<=|[=<>:：]/y],
  ['text', /"[^"]*"|“[^”]*”/y],
  ['name', /[^\s"“()（）,，=<>:：!]+|!/y],
]

/** Trouble with a query always says where it is. */
export const queryProblem = (code: MessageCode, query: string, { at, length }: Place, details: Record<string, unknown> = {}): AppError =>
  new AppError(code, { query, at, length, part: query.slice(at, at + length), position: at + 1, ...details })

function tokensOf(query: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < query.length; ) {
    if (/\s/.test(query[at]!)) {
      at += 1
      continue
    }
    const found = patterns.flatMap(([kind, pattern]) => {
      pattern.lastIndex = at
      const text = pattern.exec(query)?.[0]
      return text === undefined ? [] : [{ kind, text, at, length: text.length }]
    })[0]
    if (!found) throw queryProblem('query/quote-open', query, { at, length: query.length - at })
    tokens.push(found)
    at += found.length
  }
  return [...tokens, { kind: 'end', text: '', at: query.length, length: 0 }]
}

const isName = (token: Token): boolean => token.kind === 'name' && /^[A-Za-z][\w./@[\]-]*$/.test(token.text)
const keywords = new Set(['and', 'or', 'not'])
const unquote = ({ kind, text }: Token): string => (kind === 'text' ? text.slice(1, -1) : text)

/**
 * `vae status:failed`, `model.kind = vae and (train/elbo > -100 or not tag:old)`, `model.components in (2, 3)`, `"old faithful"`.
 * Words side by side must all hold; `or` binds least. Null for an empty query.
 */
export function parseRunQuery(query: string): RunQuery | null {
  const tokens = tokensOf(query)
  let next = 0
  const here = (): Token => tokens[next]!
  const take = (): Token => tokens[next++]!
  const isKeyword = (word: string): boolean => here().kind === 'name' && here().text.toLowerCase() === word
  const startsPart = (): boolean => here().kind !== 'end' && here().kind !== 'close' && !isKeyword('or')

  function either(): RunQuery {
    const parts = [every()]
    while (isKeyword('or')) {
      const { at, length } = take()
      if (!startsPart()) throw queryProblem('query/nothing-after', query, { at, length })
      parts.push(every())
    }
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts }
  }
  function every(): RunQuery {
    const parts = [one()]
    while (startsPart()) {
      if (isKeyword('and')) {
        const { at, length } = take()
        if (!startsPart()) throw queryProblem('query/nothing-after', query, { at, length })
      }
      parts.push(one())
    }
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts }
  }
  function one(): RunQuery {
    const token = take()
    if (token.kind === 'open') {
      const inside = either()
      if (take().kind !== 'close') throw queryProblem('query/parenthesis-open', query, token)
      return inside
    }
    if (token.kind === 'name' && keywords.has(token.text.toLowerCase()) && here().kind !== 'operator') {
      if (token.text.toLowerCase() !== 'not') throw queryProblem('query/unexpected', query, token)
      if (!startsPart()) throw queryProblem('query/nothing-after', query, token)
      return { kind: 'not', part: one() }
    }
    if (token.kind === 'name' || token.kind === 'text') return comparisonOrWord(token)
    throw queryProblem(token.kind === 'operator' ? 'query/field-missing' : 'query/unexpected', query, token.kind === 'end' ? lastOf(token) : token)
  }
  const lastOf = (end: Token): Place => tokens[tokens.length - 2] ?? end

  function comparisonOrWord(token: Token): RunQuery {
    if (here().kind === 'operator') {
      if (!isName(token)) throw queryProblem('query/field-name', query, token)
      const operator = take()
      const text = operator.text.replace('：', ':')
      if (here().kind === 'operator') throw queryProblem('query/operator', query, { at: operator.at, length: here().at + here().length - operator.at })
      return { kind: 'comparison', field: token.text, operator: text as QueryOperator, values: [value(operator)], place: token }
    }
    if (isName(token) && isKeyword('in') && tokens[next + 1]?.kind === 'open') {
      const operator = take()
      const opening = take()
      const values = [value(operator)]
      while (here().kind === 'comma') values.push(value(take()))
      if (take().kind !== 'close') throw queryProblem('query/parenthesis-open', query, opening)
      return { kind: 'comparison', field: token.text, operator: '=', values, place: token }
    }
    return { kind: 'word', text: unquote(token) }
  }
  function value(after: Token): { text: string; place: Place } {
    const token = take()
    if (token.kind !== 'name' && token.kind !== 'text') throw queryProblem('query/value-missing', query, after)
    return { text: unquote(token), place: token }
  }

  if (here().kind === 'end') return null
  const whole = either()
  if (here().kind !== 'end') throw queryProblem('query/parenthesis-close', query, here())
  return whole
}

/** What is in a query by name, beside metrics and fields of the specification. */
export const queryFields = {
  text: ['id', 'name', 'status', 'dataset', 'model', 'kind', 'device', 'runtime', 'notes', 'tag', 'created', 'started', 'ended'],
  number: ['iterations', 'epochs', 'converged', 'resumable', 'duration', 'seed'],
} as const

import type { ParameterRange, ParameterValue } from '@shared/domain/search-space'
import type { RunSpec } from '@shared/domain/spec'
import { parse } from 'yaml'

export type RangeKind = 'values' | 'uniform' | 'logUniform' | 'integer' | 'logInteger'

/** A parameter as it is being written. */
export interface DraftParameter {
  path: string
  kind: RangeKind
  low: string
  high: string
  values: string
  /** Only in trials in which other parameters have these values: `model.covariance = full`, several separated by semicolons. */
  when: string
  /** What the form does not show, kept as it was: tied places. */
  kept: Pick<ParameterRange, 'also'>
}

export const kindOf = (range: ParameterRange): RangeKind =>
  'values' in range ? 'values' : 'uniform' in range ? 'uniform' : 'logUniform' in range ? 'logUniform' : 'integer' in range ? 'integer' : 'logInteger'

export function draftOf(path: string, range: ParameterRange): DraftParameter {
  const kind = kindOf(range)
  const kept = { ...(range.also && { also: range.also }) }
  const when = Object.entries(range.when ?? {})
    .map(([other, value]) => conditionText(other, value))
    .join('; ')
  if ('values' in range) return { path, kind, low: '', high: '', values: range.values.map(valueText).join(', '), when, kept }
  const [low, high] = (range as unknown as Record<string, [number, number]>)[kind]!
  return { path, kind, low: String(low), high: String(high), values: '', when, kept }
}

/** What is typed as YAML values would be; what is no number stays as it is and is explained by the check. */
export function rangeOf({ kind, low, high, values, when, kept }: DraftParameter): unknown {
  const conditions = when.trim() === '' ? {} : { when: conditionsOf(when) }
  if (kind !== 'values') return { [kind]: [numberOf(low), numberOf(high)], ...conditions, ...kept }
  return { values: listOf(values), ...conditions, ...kept }
}

const valueText = (value: ParameterValue): string => (Array.isArray(value) ? JSON.stringify(value) : String(value))
export const conditionText = (path: string, value: ParameterValue): string => `${path} = ${valueText(value)}`
function conditionsOf(text: string): Record<string, ParameterValue> {
  return Object.fromEntries(
    text
      .split(';')
      .filter((one) => one.trim() !== '')
      .map((one) => {
        const [path = '', ...value] = one.split('=')
        return [path.trim(), listOf(value.join('='))[0] ?? '']
      }),
  )
}
/** What a parameter may wait for: every listed value of the others. */
export const possibleConditions = (parameters: readonly DraftParameter[], path: string): string[] =>
  parameters.flatMap((other) => (other.path === path || other.kind !== 'values' ? [] : listOf(other.values).map((value) => conditionText(other.path, value))))

const numberOf = (text: string): unknown => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text))
function listOf(text: string): ParameterValue[] {
  try {
    return parse(`[${text}]`) as ParameterValue[]
  } catch {
    return text.split(',').map((one) => one.trim())
  }
}

/** Fields of a specification that a sweep can vary: numbers, choices and lists of numbers. */
export function variablePaths(spec: RunSpec): string[] {
  const paths: string[] = []
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      if (path !== 'preprocess' && value.every((one) => typeof one === 'number')) value.forEach((_, index) => paths.push(`${path}.${index}`))
      return
    }
    if (typeof value === 'object' && value !== null) return Object.entries(value).forEach(([name, below]) => walk(below, path === '' ? name : `${path}.${name}`))
    if (!path.endsWith('kind') && ['number', 'string', 'boolean'].includes(typeof value) && /^(model|inference|split)\./.test(path)) paths.push(path)
  }
  walk(spec, '')
  return paths
}

/** A range to begin with, around the value that a field has. */
export function rangeAround(path: string, spec: RunSpec): DraftParameter {
  const value = path.split('.').reduce<unknown>((place, name) => (place as Record<string, unknown> | undefined)?.[name], spec)
  const shape = { path, low: '', high: '', values: '', when: '', kept: {} }
  if (typeof value !== 'number') return { ...shape, kind: 'values', values: String(value ?? '') }
  const isSmall = value > 0 && value < 1
  if (isSmall) return { ...shape, kind: 'logUniform', low: String(Number((value / 10).toPrecision(2))), high: String(Number((value * 10).toPrecision(2))) }
  if (Number.isInteger(value) && value >= 1) return { ...shape, kind: 'integer', low: String(Math.max(1, Math.floor(value / 2))), high: String(value * 2) }
  return { ...shape, kind: 'uniform', low: '0', high: String(value > 0 ? value * 2 : 1) }
}

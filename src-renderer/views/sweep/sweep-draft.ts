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
  /** What the form does not show, kept as it was: conditions and tied places. */
  kept: Pick<ParameterRange, 'when' | 'also'>
}

export const kindOf = (range: ParameterRange): RangeKind =>
  'values' in range ? 'values' : 'uniform' in range ? 'uniform' : 'logUniform' in range ? 'logUniform' : 'integer' in range ? 'integer' : 'logInteger'

export function draftOf(path: string, range: ParameterRange): DraftParameter {
  const kind = kindOf(range)
  const kept = { ...(range.when && { when: range.when }), ...(range.also && { also: range.also }) }
  if ('values' in range) return { path, kind, low: '', high: '', values: range.values.map((value) => (Array.isArray(value) ? JSON.stringify(value) : String(value))).join(', '), kept }
  const [low, high] = (range as unknown as Record<string, [number, number]>)[kind]!
  return { path, kind, low: String(low), high: String(high), values: '', kept }
}

/** What is typed as YAML values would be; what is no number stays as it is and is explained by the check. */
export function rangeOf({ kind, low, high, values, kept }: DraftParameter): unknown {
  if (kind !== 'values') return { [kind]: [numberOf(low), numberOf(high)], ...kept }
  return { values: listOf(values), ...kept }
}
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
  const shape = { path, low: '', high: '', values: '', kept: {} }
  if (typeof value !== 'number') return { ...shape, kind: 'values', values: String(value ?? '') }
  const isSmall = value > 0 && value < 1
  if (isSmall) return { ...shape, kind: 'logUniform', low: String(Number((value / 10).toPrecision(2))), high: String(Number((value * 10).toPrecision(2))) }
  if (Number.isInteger(value) && value >= 1) return { ...shape, kind: 'integer', low: String(Math.max(1, Math.floor(value / 2))), high: String(value * 2) }
  return { ...shape, kind: 'uniform', low: '0', high: String(value > 0 ? value * 2 : 1) }
}

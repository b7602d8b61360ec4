import { z } from 'zod'
import { assign } from '../math/assignment'
import type { Truth } from './generator'

/* A fit held against what its data were made from. */

export const truthScoreSchema = z.object({
  /** Mean per row, nats; null where either is not known, or preprocessing gave the rows other units. */
  logLikelihood: z.object({ run: z.number(), truth: z.number() }).nullable(),
  adjustedRandIndex: z.number().nullable(),
  normalizedMutualInformation: z.number().nullable(),
  /** The part of the fit that stands for each part of the truth; null where their numbers differ, or nothing can be matched. */
  match: z.array(z.int()).nullable(),
  parameters: z.array(z.object({ name: z.string(), largest: z.number(), mean: z.number() })),
})
export type TruthScore = z.infer<typeof truthScoreSchema>

type Nested = number | readonly Nested[]

const flat = (value: Nested): number[] => (typeof value === 'number' ? [value] : value.flatMap(flat))
const isNested = (value: unknown): value is readonly Nested[] => Array.isArray(value) && flat(value as Nested[]).every((one) => typeof one === 'number')
/** Whose rows tell components, states and topics apart. */
const telling = ['means', 'rates', 'probabilities', 'topics']
const namesInFit: Record<string, string> = { mixingWeights: 'weights' }

/** Parts are matched so that the rows of the telling parameter lie nearest; then every parameter that both name is compared. */
export function compareParameters(fitted: Record<string, unknown>, truth: Pick<Truth, 'parameters'>): Pick<TruthScore, 'match' | 'parameters'> {
  const known = new Map(truth.parameters.map((parameter) => [parameter.name, parameter]))
  const by = telling.find((name) => known.has(name) && isNested(fitted[name]))
  const own = by === undefined ? null : (fitted[by] as Nested[]).map(flat)
  const shape = by === undefined ? null : known.get(by)!.shape
  if (!own || !shape || own.length !== shape[0] || own[0]?.length !== shape.slice(1).reduce((product, size) => product * size, 1)) return { match: null, parameters: [] }
  const width = own[0].length
  const { values } = known.get(by!)!
  const distance = (part: number, row: readonly number[]): number => row.reduce((sum, value, at) => sum + (value - values[part * width + at]!) ** 2, 0)
  const match = assign(own.map((_, part) => own.map((row) => distance(part, row))))
  const parameters = truth.parameters.flatMap(({ name, values: wanted }) => {
    const got = fitted[namesInFit[name] ?? name]
    if (!isNested(got) || got.length !== match.length) return []
    const ordered = reordered(got, match).flatMap(flat)
    if (ordered.length !== wanted.length) return []
    const errors = ordered.map((value, at) => Math.abs(value - wanted[at]!))
    return [{ name, largest: Math.max(...errors), mean: errors.reduce((sum, error) => sum + error, 0) / errors.length }]
  })
  return { match, parameters }
}

/** Parts in the order of the truth; a square matrix between parts, as of transitions, in its columns too. */
function reordered(values: readonly Nested[], match: readonly number[]): Nested[] {
  const rows = match.map((part) => values[part]!)
  const isBetweenParts = rows.every((row) => Array.isArray(row) && row.length === match.length && row.every((one) => typeof one === 'number'))
  const sums = rows.every((row) => Math.abs(flat(row).reduce((sum, value) => sum + value, 0) - 1) < 1e-6)
  return isBetweenParts && sums ? rows.map((row) => match.map((part) => (row as Nested[])[part]!)) : rows
}

import { z } from 'zod'

/** A value that a parameter of a specification takes in a trial; a list is one value, e.g. the widths of layers. */
export const parameterValueSchema = z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.union([z.number(), z.string()]))])
export type ParameterValue = z.infer<typeof parameterValueSchema>

const range = (number: z.ZodNumber) =>
  z.tuple([number, number]).refine(([low, high]) => low < high, { message: 'the lower bound must be below the upper one' })

const common = {
  /** Only in trials in which another parameter has that value. */
  when: z.record(z.string(), parameterValueSchema).optional(),
  /** Further places of the specification that get the same value. */
  also: z.array(z.string()).optional(),
}
/** What a sweep draws a parameter from. */
export const parameterRangeSchema = z.union([
  z.strictObject({ values: z.array(parameterValueSchema).min(1), ...common }),
  z.strictObject({ uniform: range(z.number()), ...common }),
  z.strictObject({ logUniform: range(z.number().positive()), ...common }),
  z.strictObject({ integer: range(z.int()), ...common }),
  z.strictObject({ logInteger: range(z.int().min(1)), ...common }),
])
export type ParameterRange = z.infer<typeof parameterRangeSchema>
export const rangeKinds = ['values', 'uniform', 'logUniform', 'integer', 'logInteger'] as const

/** By path in the specification, e.g. `model.latent`. */
export const searchSpaceSchema = z.record(z.string(), parameterRangeSchema).refine((space) => Object.keys(space).length > 0, {
  message: 'the space is empty: name at least one parameter',
})
export type SearchSpace = z.infer<typeof searchSpaceSchema>

/** The parameters of one trial; those whose condition does not hold are absent. */
export type Point = Readonly<Record<string, ParameterValue>>

/** Lists are compared by their contents. */
export const sameValue = (one: ParameterValue | undefined, other: ParameterValue | undefined): boolean =>
  one === other || (Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((value, index) => value === other[index]))

/** Whether a value is one that a parameter may take. */
export function takes(range: ParameterRange, value: ParameterValue): boolean {
  if ('values' in range) return range.values.some((listed) => sameValue(listed, value))
  const [low, high] = 'uniform' in range ? range.uniform : 'logUniform' in range ? range.logUniform : 'integer' in range ? range.integer : range.logInteger
  const isWhole = 'uniform' in range || 'logUniform' in range || Number.isInteger(value)
  return typeof value === 'number' && isWhole && value >= low && value <= high
}

/** A trial as samplers see it: smaller values are better; null while it runs, or where it gave none. */
export interface Observation {
  point: Point
  value: number | null
  failed?: boolean
  /** One value for each of several objectives, smaller is better; `value` is then the first. */
  values?: readonly number[]
}

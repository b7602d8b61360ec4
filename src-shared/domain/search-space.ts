import { z } from 'zod'

/** A value that a parameter of a specification takes in a trial. */
export const parameterValueSchema = z.union([z.number(), z.string(), z.boolean(), z.null()])
export type ParameterValue = z.infer<typeof parameterValueSchema>

const range = (number: z.ZodNumber) =>
  z.tuple([number, number]).refine(([low, high]) => low < high, { message: 'the lower bound must be below the upper one' })

/** What a sweep draws a parameter from. `when`: only in trials in which another parameter has that value. */
const conditional = { when: z.record(z.string(), parameterValueSchema).optional() }
export const parameterRangeSchema = z.union([
  z.strictObject({ values: z.array(parameterValueSchema).min(1), ...conditional }),
  z.strictObject({ uniform: range(z.number()), ...conditional }),
  z.strictObject({ logUniform: range(z.number().positive()), ...conditional }),
  z.strictObject({ integer: range(z.int()), ...conditional }),
  z.strictObject({ logInteger: range(z.int().min(1)), ...conditional }),
])
export type ParameterRange = z.infer<typeof parameterRangeSchema>

/** By path in the specification, e.g. `model.latent`. */
export const searchSpaceSchema = z.record(z.string(), parameterRangeSchema).refine((space) => Object.keys(space).length > 0, {
  message: 'the space is empty: name at least one parameter',
})
export type SearchSpace = z.infer<typeof searchSpaceSchema>

/** The parameters of one trial; those whose condition does not hold are absent. */
export type Point = Readonly<Record<string, ParameterValue>>

/** A trial as samplers see it: smaller values are better; null while it runs, or where it gave none. */
export interface Observation {
  point: Point
  value: number | null
  failed?: boolean
}

import { z } from 'zod'

/** Words that the methods of every subject share. */

export const id = z.strictObject({ id: z.string() })
export const none = z.strictObject({})
export const nothing = z.null()
export const method = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output })

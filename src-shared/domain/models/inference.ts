import { z } from 'zod'

/* Ways of fitting that belong to single families of models. */

/** The optimum by a formula. */
export const closedFormSpecSchema = z.strictObject({ kind: z.literal('closed-form') })
export type ClosedFormSpec = z.infer<typeof closedFormSpecSchema>

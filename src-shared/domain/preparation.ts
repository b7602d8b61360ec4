import { z } from 'zod'
import { preprocessStepSchema, splitSchema } from './spec'

/** How runs on a dataset begin unless they say otherwise: chosen where it is imported. */
export const preparationSchema = z.strictObject({ split: splitSchema, preprocess: z.array(preprocessStepSchema) })
export type Preparation = z.infer<typeof preparationSchema>

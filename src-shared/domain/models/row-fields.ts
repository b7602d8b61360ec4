import { z } from 'zod'

/** What the rows of a mixture can tell of themselves besides their features. */
export const rowFields = {
  /** Column that says how often each row counts. */
  weights: z.string().min(1).optional(),
  /** Labels of the dataset, where a row has one, say which components it may be of. */
  labels: z.enum(['ignore', 'clamp']).default('ignore'),
  /** Components that each class has for itself, where labels count; components beyond are of no class. */
  componentsPerClass: z.int().min(1).max(100).default(1),
}

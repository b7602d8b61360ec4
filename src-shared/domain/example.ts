import { z } from 'zod'
import { selectionRequestSchema } from './selection'

/*
 * A ready-made experiment on bundled data: one run, several that are to be compared, or a selection. What it fits is an ordinary
 * specification, which can be read, changed and started like any other.
 */

const inBoth = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) })

/** Name of bundled data; the rest is checked where runs are. */
const exampleSpecSchema = z.looseObject({ dataset: z.string().min(1) })

/** As it stands in a file of resources/experiments. */
export const exampleFileSchema = z
  .strictObject({
    /** Where it stands in the list of its subject. */
    order: z.int(),
    subject: z.enum(['em', 'vae']),
    title: inBoth,
    /** One sentence. */
    description: inBoth,
    /** One after the other; label: what sets a run apart from the others. */
    runs: z.array(z.strictObject({ label: inBoth.optional(), spec: exampleSpecSchema })).default([]),
    selection: selectionRequestSchema.optional(),
  })
  .refine(({ runs, selection }) => runs.length > 0 !== (selection !== undefined), { message: 'an example has runs, or a selection' })

export const exampleSchema = exampleFileSchema.and(z.object({ name: z.string() }))
export type Example = z.infer<typeof exampleSchema>

/** The specification of one of its runs, named after the example. */
export function exampleSpec({ title, runs }: Pick<Example, 'title' | 'runs'>, index: number, language: 'en' | 'zh'): Record<string, unknown> & { dataset: string } {
  const { label, spec } = runs[index]!
  const between = language === 'zh' ? '：' : ': '
  return { name: label ? `${title[language]}${between}${label[language]}` : title[language], ...spec }
}

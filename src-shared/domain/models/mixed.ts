import { z } from 'zod'
import type { Column } from '../dataset'
import { rowFields } from './row-fields'

/* A mixture over columns of different types, independent within a component (latent class analysis with any kind of column). */

export const columnFamilyNameSchema = z.enum(['real', 'count', 'binary', 'category'])
export type ColumnFamilyName = z.infer<typeof columnFamilyNameSchema>
export const columnFamilyNames = columnFamilyNameSchema.options

const columnNames = z.array(z.string().min(1)).max(10000).default([])

/** Columns whose family is not what their values look like. */
export const columnFamilyFields = { real: columnNames, count: columnNames, binary: columnNames, category: columnNames }

export const mixedMixtureSpecSchema = z.strictObject({
  kind: z.literal('mixed-mixture'),
  components: z.int().min(1).max(1000).default(3),
  ...columnFamilyFields,
  /** No variance of a real column falls below this fraction of the column's variance. */
  varianceFloor: z.number().min(1e-8).max(1).default(1e-6),
  /** No probability falls below this. */
  clamp: z.number().positive().max(0.1).default(1e-10),
  ...rowFields,
})
export type MixedMixtureSpec = z.infer<typeof mixedMixtureSpecSchema>

/**
 * What a column looks like: names are categories; of whole numbers, 0 and 1 are binary and those from 0 on that are spread at least half as
 * much as counts of one rate would be are counts; all others are real.
 */
export function guessColumnFamily({ type, categories, summary }: Pick<Column, 'type' | 'categories' | 'summary'>): ColumnFamilyName {
  if (categories) return 'category'
  if (type !== 'integer' || !summary || summary.minimum < 0) return 'real'
  if (summary.maximum <= 1) return 'binary'
  return summary.standardDeviation ** 2 >= summary.mean / 2 ? 'count' : 'real'
}

/** The family of each feature column, as guessed or as the specification says. */
export function columnFamiliesOf(model: Record<ColumnFamilyName, readonly string[]>, columns: readonly Column[]): ColumnFamilyName[] {
  const said = new Map(columnFamilyNames.flatMap((family) => model[family].map((name) => [name, family] as const)))
  return columns.filter(({ role }) => role === 'feature').map((column) => said.get(column.name) ?? guessColumnFamily(column))
}

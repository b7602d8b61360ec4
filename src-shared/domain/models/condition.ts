import { z } from 'zod'
import type { Column } from '../dataset'
import type { ModelSpec } from '../spec'

/* What both networks of a conditional model are told beside the row: p(x|z, y), q(z|x, y). Sohn et al. 2015 */

export const conditionSchema = z.union([
  z.literal('none'),
  /** The class of the row. */
  z.literal('labels'),
  /** Columns that are then no part of x. */
  z.strictObject({ columns: z.array(z.string()).min(1).max(10000) }),
])
export type ConditionSpec = z.infer<typeof conditionSchema>

/** Specifications of earlier versions, and other models, do not say. */
export const conditionOf = (model: ModelSpec): ConditionSpec => ('condition' in model && model.condition ? model.condition : 'none')

/** The columns that are told and not modelled. */
export function toldColumns(model: ModelSpec): readonly string[] {
  const condition = conditionOf(model)
  return typeof condition === 'string' ? [] : condition.columns
}

/** Numbers that tell a column: one, or one for each of its categories. */
export const toldWidth = ({ categories }: Pick<Column, 'categories'>): number => categories?.length ?? 1

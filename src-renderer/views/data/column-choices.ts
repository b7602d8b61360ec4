import type { Column, ColumnRole, ImportOptions } from '@shared/domain/dataset'

type Choices = Pick<ImportOptions, 'label' | 'ignore' | 'ids' | 'categorical'>

const without = (names: readonly string[] | undefined, name: string): string[] => (names ?? []).filter((other) => other !== name)

/** What the options become when a column is given another role. Names that are a feature are categories. */
export function withRole(options: Choices, columns: readonly Pick<Column, 'name' | 'role' | 'type'>[], name: string, role: ColumnRole): Choices {
  const column = columns.find((one) => one.name === name)
  const isNamed = column?.type === 'category' || column?.type === 'text'
  const label = options.label ?? columns.find((one) => one.role === 'label')?.name
  return {
    label: role === 'label' ? name : label === name ? '' : options.label,
    ignore: role === 'ignore' ? [...without(options.ignore, name), name] : without(options.ignore, name),
    ids: role === 'id' ? [...without(options.ids, name), name] : without(options.ids, name),
    categorical: role === 'feature' && isNamed ? [...without(options.categorical, name), name] : without(options.categorical, name),
  }
}

/** A column of numbers read as names of categories, or as numbers again. */
export const withType = (options: Choices, name: string, categories: boolean): Choices => ({
  categorical: categories ? [...without(options.categorical, name), name] : without(options.categorical, name),
})

/** An option of a question as its form shows it; `part` may be left open, and 0 `rows` are all of them. */
export type OptionField =
  | { kind: 'number'; key: string; least: number; most: number; step?: number }
  | { kind: 'choice'; key: string; options: readonly string[] }
  | { kind: 'check'; key: string }
  | { kind: 'rows'; key: 'rows'; most: number }
  | { kind: 'part'; key: 'part' }

export const rowsField = { kind: 'rows', key: 'rows', most: 1_000_000 } as const
export const partField = { kind: 'part', key: 'part' } as const
export const seedField = { kind: 'number', key: 'seed', least: 0, most: 4294967295 } as const

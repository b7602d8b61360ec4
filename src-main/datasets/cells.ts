/** How one cell of a text file is read. A cell that is a number is turned into one by `numberOf`; the others are NaN and have a kind. */

const missingMarks = new Set(['', 'na', 'n/a', 'nan', 'null', '?'])
const longestMark = 4
const infinite = /^[+-]?inf(inity)?$/i
const otherBase = /^0[xbo]/i

/** The finite number a cell holds, else NaN. Decimal notation only: 0x10 is text. */
export function numberOf(cell: string, decimalComma: boolean): number {
  const value = Number(decimalComma ? cell.replace(',', '.') : cell)
  if (value === 0 && cell.trim() === '') return NaN
  if (!Number.isFinite(value)) return NaN
  return cell.length > 2 && otherBase.test(cell.trim()) ? NaN : value
}

/** Of a cell that is not a number: missing, beyond the range of numbers, or text. */
export function kindOf(cell: string, decimalComma: boolean): 'missing' | 'infinite' | 'text' {
  const trimmed = cell.trim()
  if (trimmed.length <= longestMark && missingMarks.has(trimmed.toLowerCase())) return 'missing'
  if (infinite.test(trimmed)) return 'infinite'
  const value = Number(decimalComma ? trimmed.replace(',', '.') : trimmed)
  return value === Infinity || value === -Infinity ? 'infinite' : 'text'
}

/** Natural order: numbers by value where all names are numbers, else text with its digits compared as numbers. */
export function naturalOrder(names: string[]): string[] {
  const values = names.map((name) => numberOf(name, false))
  if (values.every((value) => !Number.isNaN(value))) return names.toSorted((a, b) => Number(a) - Number(b))
  const collator = new Intl.Collator('en', { numeric: true })
  return names.toSorted((a, b) => collator.compare(a, b) || (a < b ? -1 : 1))
}

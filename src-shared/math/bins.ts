export interface Bin {
  from: number
  to: number
  count: number
}

/** Equal widths; about the square root of the values, at most 40. */
export function binned(values: readonly number[]): Bin[] {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity)
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity)
  const count = Math.max(1, Math.min(40, Math.ceil(Math.sqrt(values.length)) + 2))
  const width = (high - low) / count || 1
  const bins = Array.from({ length: count }, (_, index) => ({ from: low + index * width, to: low + (index + 1) * width, count: 0 }))
  for (const value of values) bins[Math.min(count - 1, Math.floor((value - low) / width))]!.count += 1
  return bins
}

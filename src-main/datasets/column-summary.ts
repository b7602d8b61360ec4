import type { Column } from '@shared/domain/dataset'
import { blocksOf, type Numbers } from './number-blocks'
import { yieldToEventLoop } from './parsed-data'

type Summary = NonNullable<Column['summary']>

const bins = 20
const cellsPerTurn = 1 << 20

/**
 * Minimum, maximum, mean, population standard deviation and a histogram of 20 equal bins over [minimum, maximum], of each column of a
 * row-major matrix; what is not finite is left out. Null for a column without a number.
 */
export async function summarizeColumns(values: Numbers, columns: number): Promise<(Summary | null)[]> {
  const count = new Float64Array(columns)
  const sum = new Float64Array(columns)
  const minimum = new Float64Array(columns).fill(Infinity)
  const maximum = new Float64Array(columns).fill(-Infinity)
  await eachCell(values, columns, (value, column) => {
    count[column]! += 1
    sum[column]! += value
    if (value < minimum[column]!) minimum[column] = value
    if (value > maximum[column]!) maximum[column] = value
  })
  const mean = sum.map((total, column) => total / count[column]!)
  const width = minimum.map((low, column) => (maximum[column]! - low) / bins)
  const squares = new Float64Array(columns)
  const histograms = new Int32Array(columns * bins)
  await eachCell(values, columns, (value, column) => {
    const deviation = value - mean[column]!
    squares[column]! += deviation * deviation
    histograms[column * bins + binOf(value, minimum[column]!, width[column]!)]! += 1
  })
  return Array.from(count, (present, column) =>
    present === 0
      ? null
      : {
          minimum: minimum[column]!,
          maximum: maximum[column]!,
          mean: mean[column]!,
          standardDeviation: Math.sqrt(squares[column]! / present),
          histogram: [...histograms.subarray(column * bins, (column + 1) * bins)],
        },
  )
}

/** Bin b holds [minimum + b·width, minimum + (b + 1)·width), the last one its upper end too; as numpy does, whatever division rounds to. */
function binOf(value: number, minimum: number, width: number): number {
  if (!(width > 0)) return 0
  const bin = Math.min(bins - 1, Math.floor((value - minimum) / width))
  if (value < minimum + bin * width) return bin - 1
  return bin < bins - 1 && value >= minimum + (bin + 1) * width ? bin + 1 : bin
}

async function eachCell(values: Numbers, columns: number, visit: (value: number, column: number) => void): Promise<void> {
  if (columns === 0) return
  const cells = Math.max(1, Math.floor(cellsPerTurn / columns)) * columns
  for (const block of blocksOf(values)) {
    for (let start = 0; start < block.length; start += cells) {
      const end = Math.min(block.length, start + cells)
      for (let at = start, column = 0; at < end; at += 1) {
        const value = block[at]!
        if (value - value === 0) visit(value, column)
        column = column + 1 === columns ? 0 : column + 1
      }
      await yieldToEventLoop()
    }
  }
}

/** The same for bytes, by counting how often each value occurs. */
export async function summarizeBytes(bytes: Uint8Array): Promise<Summary> {
  const counts = new Float64Array(256)
  for (let start = 0; start < bytes.length; start += cellsPerTurn * 8) {
    const end = Math.min(bytes.length, start + cellsPerTurn * 8)
    for (let index = start; index < end; index += 1) counts[bytes[index]!]! += 1
    await yieldToEventLoop()
  }
  const minimum = counts.findIndex((count) => count > 0)
  const maximum = counts.findLastIndex((count) => count > 0)
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / bytes.length
  const variance = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0) / bytes.length
  const histogram = Array.from({ length: bins }, () => 0)
  for (const [value, count] of counts.entries()) {
    if (count > 0) histogram[binOf(value, minimum, (maximum - minimum) / bins)]! += count
  }
  return { minimum, maximum, mean, standardDeviation: Math.sqrt(variance), histogram }
}

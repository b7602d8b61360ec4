export type NumberBounds = { integer: boolean; minimum: number | null; maximum: number | null; exclusiveMinimum?: boolean }

export type NumberProblem = 'notANumber' | 'notWhole' | 'outOfRange'

/** Small and large numbers in scientific notation, as one would type them. */
export const numberText = (value: unknown): string => {
  if (typeof value !== 'number') return value === undefined || value === null ? '' : String(value)
  const size = Math.abs(value)
  return value !== 0 && (size < 1e-3 || size >= 1e7) && !(Number.isInteger(value) && size < 1e10)
    ? value.toExponential().replace('e+', 'e')
    : String(value)
}

export function parseNumber(text: string): number | null {
  const cleaned = text.trim().replace('−', '-')
  if (cleaned === '') return null
  const value = Number(cleaned)
  return Number.isFinite(value) ? value : Number.NaN
}

export function numberProblem(value: number, bounds: NumberBounds): NumberProblem | null {
  if (Number.isNaN(value)) return 'notANumber'
  if (bounds.integer && !Number.isInteger(value)) return 'notWhole'
  const tooLow = bounds.minimum !== null && (bounds.exclusiveMinimum ? value <= bounds.minimum : value < bounds.minimum)
  const tooHigh = bounds.maximum !== null && value > bounds.maximum
  return tooLow || tooHigh ? 'outOfRange' : null
}

/** One press of an arrow key: 1 for whole numbers, a factor of ten for small scales, else a twentieth of the range. */
export function stepped(value: number, bounds: NumberBounds, direction: 1 | -1): number {
  if (bounds.integer) return clamp(value + direction, bounds)
  if (value !== 0 && Math.abs(value) < 0.01) return clamp(Number((value * 10 ** direction).toPrecision(12)), bounds)
  const span = bounds.maximum !== null && bounds.minimum !== null && bounds.maximum - bounds.minimum <= 2 ? 0.05 : 0.1
  return clamp(Number((value + direction * span).toPrecision(12)), bounds)
}

const clamp = (value: number, { minimum, maximum, exclusiveMinimum }: NumberBounds): number => {
  const low = minimum === null ? value : Math.max(exclusiveMinimum && value <= minimum ? Number.EPSILON : minimum, value)
  return maximum === null ? low : Math.min(maximum, low)
}

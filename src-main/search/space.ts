import { type ParameterRange, type ParameterValue, type Point, type SearchSpace, sameValue } from '@shared/domain/search-space'

/*
 * Every parameter as one coordinate in [0, 1]: ranges linearly or by their logarithm, whole numbers in cells of equal length (of equal
 * ratio), listed values in cells of equal length. Samplers work there; points are made from coordinates and coordinates from points.
 */

export interface Dimension {
  path: string
  range: ParameterRange
  /** Number of values where they can be counted, else null. */
  cells: number | null
  /** Values without an order: a distance between them means nothing. */
  isCategorical: boolean
}

export const dimensionsOf = (space: SearchSpace): Dimension[] =>
  Object.entries(space).map(([path, range]) => ({
    path,
    range,
    cells: 'values' in range ? range.values.length : 'integer' in range ? range.integer[1] - range.integer[0] + 1 : 'logInteger' in range ? range.logInteger[1] - range.logInteger[0] + 1 : null,
    isCategorical: 'values' in range && !range.values.every((value) => typeof value === 'number'),
  }))

const between = (low: number, high: number, share: number): number => low + (high - low) * share
const clampIndex = (share: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(share * count)))

/** The value at a coordinate. */
export function valueAt({ range }: Dimension, coordinate: number): ParameterValue {
  const share = Math.min(1, Math.max(0, coordinate))
  if ('values' in range) return range.values[clampIndex(share, range.values.length)]!
  if ('uniform' in range) return between(...range.uniform, share)
  if ('logUniform' in range) return Math.exp(between(Math.log(range.logUniform[0]), Math.log(range.logUniform[1]), share))
  if ('integer' in range) return range.integer[0] + clampIndex(share, range.integer[1] - range.integer[0] + 1)
  const [low, high] = range.logInteger
  return Math.min(high, Math.max(low, Math.round(Math.exp(between(Math.log(low - 0.5), Math.log(high + 0.5), share)))))
}

/** The coordinate of a value: the middle of its cell where values are counted. */
export function coordinateOf({ range }: Dimension, value: ParameterValue): number {
  if ('values' in range) return (Math.max(0, range.values.findIndex((listed) => sameValue(listed, value))) + 0.5) / range.values.length
  const number = Number(value)
  const share = (low: number, high: number, at: number): number => Math.min(1, Math.max(0, (at - low) / (high - low)))
  if ('uniform' in range) return share(...range.uniform, number)
  if ('logUniform' in range) return share(Math.log(range.logUniform[0]), Math.log(range.logUniform[1]), Math.log(number))
  if ('integer' in range) return share(range.integer[0] - 0.5, range.integer[1] + 0.5, number)
  return share(Math.log(range.logInteger[0] - 0.5), Math.log(range.logInteger[1] + 0.5), Math.log(number))
}

/** Does a parameter exist in a trial whose other parameters are these? */
export const isActive = ({ range }: Dimension, point: Point): boolean =>
  Object.entries(range.when ?? {}).every(([path, value]) => sameValue(point[path], value))

/** The point at coordinates [dimensions]; parameters whose condition does not hold are left out. */
export function pointAt(dimensions: readonly Dimension[], coordinates: ArrayLike<number>): Point {
  const whole: Record<string, ParameterValue> = {}
  for (const [index, dimension] of dimensions.entries()) whole[dimension.path] = valueAt(dimension, coordinates[index]!)
  // A condition may hang on a parameter that is itself conditional: leave out until nothing changes.
  for (let changed = true; changed; ) {
    changed = false
    for (const dimension of dimensions) {
      if (!(dimension.path in whole) || isActive(dimension, whole)) continue
      delete whole[dimension.path]
      changed = true
    }
  }
  return whole
}

/** Coordinates of a point; NaN where the parameter is absent. */
export const coordinatesOf = (dimensions: readonly Dimension[], point: Point): Float64Array =>
  Float64Array.from(dimensions, (dimension) => (dimension.path in point ? coordinateOf(dimension, point[dimension.path]!) : NaN))

/** A grid may have so many points. */
export const mostGridPoints = 1_000_000

/** How many different points there are; null where some range is continuous, or there are too many to look at. */
export function countPoints(dimensions: readonly Dimension[], isAllowed?: (point: Point) => boolean): number | null {
  if (dimensions.some(({ cells }) => cells === null)) return null
  const product = dimensions.reduce((sum, { cells }) => sum * cells!, 1)
  if (isAllowed === undefined && dimensions.every(({ range }) => range.when === undefined)) return product
  if (product > mostGridPoints) return null
  const points = gridPoints(dimensions)
  return isAllowed ? points.filter(isAllowed).length : points.length
}

/** Every point of a space that can be counted, each once, the last parameter changing fastest. */
export function gridPoints(dimensions: readonly Dimension[]): Point[] {
  let coordinates: number[][] = [[]]
  for (const dimension of dimensions) {
    const { cells, range } = dimension
    // Values of a logarithmic range have cells of different lengths.
    const steps = Array.from({ length: cells! }, (_, index) => ('logInteger' in range ? coordinateOf(dimension, range.logInteger[0] + index) : (index + 0.5) / cells!))
    coordinates = coordinates.flatMap((start) => steps.map((step) => [...start, step]))
  }
  const seen = new Map<string, Point>()
  for (const each of coordinates) {
    const point = pointAt(dimensions, each)
    seen.set(JSON.stringify(point), point)
  }
  return [...seen.values()]
}

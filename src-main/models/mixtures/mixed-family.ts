import { fillUniform } from '@shared/math/random'
import type { ColumnFamily } from './column-families'
import type { MixtureFamily, Standardization } from './mixture-family'
import { type ProductMixture, productFamily } from './product-family'

export interface MixedShape {
  components: number
  columns: readonly ColumnFamily[]
  varianceFloor: number
}

interface Places {
  /** Where the φ and the parameters of each column begin. */
  phi: number[]
  parameters: number[]
  width: number
  parameterCount: number
}

function placesOf(columns: readonly ColumnFamily[]): Places {
  const places: Places = { phi: [], parameters: [], width: 0, parameterCount: 0 }
  for (const column of columns) {
    places.phi.push(places.width)
    places.parameters.push(places.parameterCount)
    places.width += column.width
    places.parameterCount += column.parameters
  }
  return places
}

/**
 * A mixture over columns of different exponential families: p(x | k) = Π_d p_d(x_d | θ_kd). Real columns are fitted in units where they have
 * variance 1, all others as they are. An absent entry has φ = 0, so that the likelihood is that of what was observed.
 */
export function mixedFamily({ components, columns, varianceFloor }: MixedShape): MixtureFamily<ProductMixture> {
  const places = placesOf(columns)
  const { width, parameterCount } = places
  const phiOf = (values: Float64Array, at: number): Float64Array => values.subarray(places.phi[at]!, places.phi[at]! + columns[at]!.width)
  const thetaOf = (values: Float64Array, at: number): Float64Array =>
    values.subarray(places.parameters[at]!, places.parameters[at]! + columns[at]!.parameters)
  const product = productFamily({
    name: 'mixed-mixture',
    components,
    columns: columns.length,
    width,
    parameterCount,
    freeParametersOfComponent: columns.reduce((sum, { freeParameters }) => sum + freeParameters, 0),
    encode(features) {
      const rows = features.length / columns.length
      const encoded = new Float64Array(rows * width)
      for (let row = 0; row < rows; row += 1) {
        const phi = encoded.subarray(row * width, (row + 1) * width)
        columns.forEach((column, at) => {
          const value = features[row * columns.length + at]!
          if (!Number.isNaN(value)) column.encode(value, phiOf(phi, at))
        })
      }
      return encoded
    },
    natural: (parameters) => joined(columns.map((column, at) => column.natural(thetaOf(parameters, at)))),
    maximize: (sums) => joined(columns.map((column, at) => column.maximize(phiOf(sums, at)))),
    describe: (parameters) => ({ parameters: parameters.map((own) => columns.map((_, at) => [...thetaOf(own, at)])) }),
    moments: (parameters) => ({
      mean: Float64Array.from(columns, (column, at) => column.mean(thetaOf(parameters, at))),
      variance: Float64Array.from(columns, (column, at) => column.variance(thetaOf(parameters, at))),
    }),
    uniformsPerRow: columns.length,
    fill: fillUniform,
    draw: (parameters, uniform, row) => columns.forEach((column, at) => (row[at] = column.draw(thetaOf(parameters, at), uniform[at]!))),
  })
  const realColumns = columns.flatMap(({ name }, at) => (name === 'real' ? [at] : []))
  const inUnits = (mixture: ProductMixture, mean: (value: number, at: number) => number, factor: (at: number) => number): ProductMixture => {
    const parameters = mixture.parameters.slice()
    for (let k = 0; k < mixture.components; k += 1) {
      const own = parameters.subarray(k * parameterCount, (k + 1) * parameterCount)
      for (const at of realColumns) {
        const theta = thetaOf(own, at)
        theta[0] = mean(theta[0]!, at)
        theta[1]! *= factor(at) ** 2
      }
    }
    return { ...mixture, parameters }
  }
  return {
    ...product,
    units: columns.map(({ name }) => name === 'real'),
    toModelUnits: (mixture, { shift, scale }: Standardization) => inUnits(mixture, (value, at) => value * scale[at]! + shift[at]!, (at) => scale[at]!),
    toStandardUnits: (mixture, { shift, scale }: Standardization) =>
      inUnits(mixture, (value, at) => (value - shift[at]!) / scale[at]!, (at) => 1 / scale[at]!),
    spurious({ weights, parameters }) {
      if (components > 1 && weights.some((weight) => weight < 0.01)) return 'small'
      const isFlat = (k: number): boolean =>
        realColumns.some((at) => thetaOf(parameters.subarray(k * parameterCount, (k + 1) * parameterCount), at)[1]! <= 1.001 * varianceFloor)
      return weights.some((_, k) => isFlat(k)) ? 'flat' : null
    },
    codeProbabilities: (mixture, k, at) =>
      columns[at]!.name === 'category' ? thetaOf(mixture.parameters.subarray(k * parameterCount, (k + 1) * parameterCount), at) : null,
    distances: (features) => distances(features, columns),
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/**
 * Rows between which distances mean something: real columns in standard units, counts by their square roots (whose spread does not depend on
 * their rate) in standard units, categories by indicators.
 */
function distances(features: Float64Array, columns: readonly ColumnFamily[]): { features: Float64Array; columns: number } {
  const widths = columns.map(({ name, width }) => (name === 'category' ? width : 1))
  const total = widths.reduce((sum, width) => sum + width, 0)
  const rows = features.length / columns.length
  const placed = new Float64Array(rows * total)
  let start = 0
  for (const [at, { name }] of columns.entries()) {
    for (let row = 0; row < rows; row += 1) {
      const value = features[row * columns.length + at]!
      const place = row * total + start
      if (Number.isNaN(value)) placed.fill(NaN, place, place + widths[at]!)
      else if (name === 'category') placed[place + value] = 1
      else placed[place] = name === 'count' ? Math.sqrt(value) : value
    }
    if (name === 'count') standardizeColumn(placed, total, start)
    start += widths[at]!
  }
  return { features: placed, columns: total }
}

function standardizeColumn(values: Float64Array, columns: number, column: number): void {
  let [count, sum, squares] = [0, 0, 0]
  for (let at = column; at < values.length; at += columns) {
    const value = values[at]!
    if (Number.isNaN(value)) continue
    count += 1
    sum += value
    squares += value * value
  }
  const mean = sum / count
  const deviation = Math.sqrt(Math.max(squares / count - mean * mean, 0))
  for (let at = column; at < values.length; at += columns) values[at] = (values[at]! - mean) / (deviation > 0 ? deviation : 1)
}

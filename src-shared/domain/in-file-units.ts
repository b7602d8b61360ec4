import type { EmFrame, Matrix, ModelData, Pictures, StateSequences } from './run'
import { type AffineBack, type WayBack, affineBack, covarianceBack, directionsBack, logVolumeBack, meanBack, pointsBack, turnsParameters, turnsPoints, wayBackOf } from './way-back'

/* Answers about a fitted run, from the units that the model saw to those of the file. What has no units stays as it is. */

type Row = number[]
type Table = number[][]

/** The points of a run, where rows go back. */
export const dataInFileUnits = (way: WayBack, data: ModelData): ModelData =>
  turnsPoints(way) ? { ...data, featureNames: way.featureNames, features: Float32Array.from(pointsBack(way, data.features)) } : data

/** Inputs, reconstructions and samples of an epoch, where rows go back. */
export function picturesInFileUnits(way: WayBack, pictures: Pictures): Pictures {
  if (!turnsPoints(way)) return pictures
  const back = (rows: Float32Array): Float32Array => Float32Array.from(pointsBack(way, rows))
  const { inputs, reconstructions, samples } = pictures
  return { ...pictures, imageShape: way.imageShape, features: way.featureNames.length, inputs: back(inputs), reconstructions: back(reconstructions), samples: back(samples) }
}

/**
 * A matrix that begins with columns of rows, as draws and reconstructions do; deviations beside them (`sd NAME`) go back too, where columns go
 * back one by one. Null where it holds no rows, or they do not go back.
 */
export function matrixInFileUnits(way: WayBack, { columns, rows, values }: Matrix): Matrix | null {
  const names = way.seen.filter((name) => columns.includes(name))
  const own = wayBackOf(way, names)
  const isRows = names.length > 0 && names.every((name, at) => columns[at] === name)
  if (!isRows || (own.kind !== 'same' && !turnsPoints(own))) return null
  const further = columns.slice(names.length)
  const hasDeviations = further.some((name) => name.startsWith(deviationOf))
  const back = hasDeviations ? affineBack(own) : null
  if (hasDeviations && !back?.diagonal) return null
  const [width, wide] = [names.length, own.featureNames.length + further.length]
  const told = pointsBack(own, values.filter((_, index) => index % columns.length < width))
  const factors = further.map((name) => (back && name.startsWith(deviationOf) ? Math.abs(back.matrix[names.indexOf(name.slice(deviationOf.length))]!) : 1))
  const out = new Float64Array(rows * wide)
  for (let row = 0; row < rows; row += 1) {
    out.set(told.subarray(row * own.featureNames.length, (row + 1) * own.featureNames.length), row * wide)
    factors.forEach((factor, at) => (out[row * wide + own.featureNames.length + at] = values[row * columns.length + width + at]! * factor))
  }
  return { columns: [...own.featureNames, ...further], rows, values: out }
}

const deviationOf = 'sd '

/** An iteration of EM, where parameters go back. */
export function frameInFileUnits(way: WayBack, frame: EmFrame): EmFrame {
  const back = turnsParameters(way) ? affineBack(way) : null
  if (!back) return frame
  return { ...frame, means: frame.means.map((mean) => meanBack(back, mean)), covariances: frame.covariances.map((own) => covarianceBack(back, own)) }
}

/** Means, observations and forecasts of a chain; the column that tells sequences apart is none of them. */
export function statesInFileUnits(way: WayBack, found: StateSequences): StateSequences {
  const own = wayBackOf(way, found.featureNames)
  const back = turnsParameters(own) ? affineBack(own) : null
  if (!back) return found
  return {
    ...found,
    featureNames: own.featureNames,
    means: found.means.map((mean) => meanBack(back, mean)),
    observations: pointsBack(own, found.observations),
    forecast: found.forecast.map((ahead) => ({ ...ahead, means: ahead.means.map((mean) => meanBack(back, mean)) })),
  }
}

type Rule = (value: unknown, back: AffineBack) => Record<string, unknown>

const isTable = (value: unknown): value is Table => Array.isArray(value) && Array.isArray(value[0])
const isStack = (value: unknown): value is Table[] => isTable(value) && Array.isArray((value[0] as unknown[])[0])

const diagonalOf = (values: Row): Table => values.map((value, at) => values.map((_, other) => (other === at ? value : 0)))
/** Noise that is independent by columns before is so afterwards only where columns go back one by one. */
function noiseBack(values: Row, back: AffineBack): { variances: Row; covariance: Table | null } {
  if (back.diagonal) return { variances: values.map((value, column) => value * back.matrix[column]! ** 2), covariance: null }
  const covariance = covarianceBack(back, diagonalOf(values))
  return { variances: covariance.map((row, column) => row[column]!), covariance }
}

/** How each parameter goes back, by the name under which models tell it. */
const rules: Record<string, Rule> = {
  mean: (value, back) => ({ mean: meanBack(back, value as Row) }),
  means: (value, back) => ({ means: (value as Table).map((mean) => meanBack(back, mean)) }),
  centres: (value, back) => ({ centres: (value as Table).map((mean) => meanBack(back, mean)) }),
  covariances: (value, back) => ({ covariances: (value as Table[]).map((own) => covarianceBack(back, own)) }),
  scales: (value, back) => ({ scales: (value as Table[]).map((own) => covarianceBack(back, own)) }),
  loadings: (value, back) => ({ loadings: isStack(value) ? value.map((own) => directionsBack(back, own)) : directionsBack(back, value as Table) }),
  uniquenesses(value, back) {
    if (isTable(value)) {
      const found = value.map((own) => noiseBack(own, back))
      return { uniquenesses: found.map(({ variances }) => variances), ...(back.diagonal ? {} : { noiseCovariances: found.map(({ covariance }) => covariance) }) }
    }
    const { variances, covariance } = noiseBack(value as Row, back)
    return { uniquenesses: variances, ...(covariance ? { noiseCovariance: covariance } : {}) }
  },
  /** One variance for all columns stays one where all go back by the same factor. */
  noiseVariance: (value, back) => isotropicBack('noiseVariance', value as number | Row, back),
  variance: (value, back) => isotropicBack('variance', value as number | Row, back),
  noise(value, back) {
    const { weight, logDensity } = value as { weight: number; logDensity: number }
    const shift = logVolumeBack(back)
    return { noise: shift === null ? { weight } : { weight, volume: Math.exp(shift - logDensity), logDensity: logDensity - shift } }
  },
}

function isotropicBack(name: 'noiseVariance' | 'variance', value: number | Row, back: AffineBack): Record<string, unknown> {
  const variance = Array.isArray(value) ? value[0]! : value
  const { variances, covariance } = noiseBack(new Array<number>(back.seen).fill(variance), back)
  if (back.diagonal && variances.every((own) => own === variances[0])) return { [name]: Array.isArray(value) ? [variances[0]!] : variances[0]! }
  return { [`${name}s`]: variances, ...(covariance ? { [name === 'variance' ? 'covariance' : 'noiseCovariance']: covariance } : {}) }
}

/** Columns of numbers of a mixture over columns of different types. */
function mixedBack(columns: Record<string, Record<string, unknown>>, way: WayBack, { offset, matrix }: AffineBack): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => {
      const at = way.seen.indexOf(name)
      if (column['family'] !== 'real' || at < 0) return [name, column]
      return [
        way.featureNames[at]!,
        {
          ...column,
          means: (column['means'] as Row).map((mean) => mean * matrix[at]! + offset[at]!),
          standardDeviations: (column['standardDeviations'] as Row).map((deviation) => deviation * Math.abs(matrix[at]!)),
        },
      ]
    }),
  )
}

/** Kinds of parameters that have the units of the data. */
export const hasUnits = (params: Readonly<Record<string, unknown>>): boolean => 'columns' in params || Object.keys(params).some((name) => name in rules)

/** The fitted parameters of a run in the units of the file, where they go back; else as they are. */
export function paramsInFileUnits(way: WayBack, params: Record<string, unknown>): Record<string, unknown> {
  const names = (params['featureNames'] as string[] | undefined) ?? way.seen
  const own = wayBackOf(way, names)
  const back = turnsParameters(own) && hasUnits(params) ? affineBack(own) : null
  if (!back) return params
  const mixed = params['columns'] as Record<string, Record<string, unknown>> | undefined
  if (mixed) return back.diagonal ? { ...params, columns: mixedBack(mixed, own, back), featureNames: own.featureNames } : params
  const told = Object.entries(params).flatMap(([name, value]) => Object.entries(rules[name]?.(value, back) ?? { [name]: value }))
  return { ...sharesExplained(Object.fromEntries(told)), ...('featureNames' in params ? { featureNames: own.featureNames } : {}) }
}

/** Of factor analysis, the share of each column's variance that the factors explain, of the columns that there are now. */
function sharesExplained(params: Record<string, unknown>): Record<string, unknown> {
  if (!('communalities' in params)) return params
  const [loadings, noise] = [params['loadings'] as Table, params['uniquenesses'] as Row]
  const communalities = loadings.map((row, column) => {
    const explained = row.reduce((sum, value) => sum + value ** 2, 0)
    return explained / (explained + noise[column]!)
  })
  return { ...params, communalities }
}

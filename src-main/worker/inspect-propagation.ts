import type { Dataset } from '@shared/domain/dataset'
import type { Propagation } from '@shared/domain/inside'
import { cholesky } from '@shared/math/cholesky'
import { AppError } from '@shared/rpc/errors'
import { prepareData } from '../datasets/prepare'
import type { OpenedArrays } from '../files/dataset-arrays'
import { Draws } from '../models/draws'
import { type Clutter, clutterLogJoint, matchRow } from '../models/propagation/clutter'
import { type Gaussian, type LogDensity, type Marginal, exactPosterior } from '../models/propagation/exact-posterior'
import { type Probit, logProbability, probitLogJoint } from '../models/propagation/probit'
import { answering, rowsFor, storedParams } from './inspect-answers'
import { type InspectedModel, type InspectedRun, matrixOf } from './inspected-run'
import { type NamedArrays, loadModel } from './model-file'
import { designOf, labelledRows } from './train-propagation'

/** Which rows are clutter, and what new ones may look like. */
export function inspectClutter(run: InspectedRun): InspectedModel {
  const { model } = run.spec
  if (model.kind !== 'clutter') throw new Error(`${model.kind} is no clutter problem`)
  const { tensors } = loadModel(run.files)
  const mean = tensors['mean']!.values
  const posterior: Clutter = { ...model, columns: mean.length, mean, variance: tensors['variance']!.values[0]! }
  const data = prepareData(run.dataset, run.arrays, run.spec, 'float64')
  const match = (rows: Float64Array) =>
    Array.from({ length: rows.length / mean.length }, (_, row) => matchRow(posterior, rows, row * mean.length, mean, posterior.variance))

  return answering(run, {
    params: () => ({ ...storedParams(run), featureNames: data.featureNames }),
    data,
    own: {
      propagation: () => {
        const rows = data.train.features as Float64Array
        const covariance = new Float64Array(mean.length ** 2)
        for (let d = 0; d < mean.length; d += 1) covariance[d * (mean.length + 1)] = posterior.variance
        return pictureOf(tensors, { mean, covariance }, { names: data.featureNames, logJoint: clutterLogJoint(posterior, rows), rows: data.train.rows })
      },
    },
    sample: (count, seed) => {
      const draws = new Draws({ seed, stream: 'sample' })
      const rows = new Float64Array(count * mean.length)
      for (let row = 0; row < count; row += 1) {
        const clutter = draws.uniform() < model.clutterWeight
        const spread = Math.sqrt(clutter ? model.clutterVariance : 1 + posterior.variance)
        for (const [d, centre] of mean.entries()) rows[row * mean.length + d] = (clutter ? 0 : centre) + spread * draws.normal()
      }
      return matrixOf(data.featureNames, rows)
    },
    apply: {
      responsibilities: (...from) => matrixOf(['signal', 'clutter'], match(rowsFor(run, data, ...from)).flatMap(({ signal }) => [signal, 1 - signal])),
      assignments: (...from) => matrixOf(['clutter'], match(rowsFor(run, data, ...from)).map(({ signal }) => (signal >= 0.5 ? 0 : 1))),
      logDensity: (...from) => matrixOf(['logDensity'], match(rowsFor(run, data, ...from)).map(({ logMass }) => logMass)),
    },
  })
}

/** Class probabilities averaged over the coefficients; samples are coefficients. */
export function inspectProbit(run: InspectedRun): InspectedModel {
  const { model } = run.spec
  if (model.kind !== 'probit-regression') throw new Error(`${model.kind} is no probit regression`)
  const { tensors } = loadModel(run.files)
  const mean = tensors['coefficients']!.values
  const q: Probit = { columns: mean.length, mean, covariance: tensors['covariance']!.values }
  const data = prepareData(run.dataset, run.arrays, run.spec, 'float64')
  const intercept = model.intercept === 'constant'
  const names = [...(intercept ? ['intercept'] : []), ...data.featureNames]
  const second = (rows: Float64Array): number[] => {
    const design = designOf(rows, data.features, intercept)
    return Array.from({ length: rows.length / data.features }, (_, row) => Math.exp(logProbability(q, design, row * q.columns, 1)))
  }

  return answering(run, {
    params: () => ({ ...storedParams(run), coefficientNames: names, classes: data.classes }),
    data,
    own: {
      propagation: () => {
        const { rows, signs } = labelledRows(data.train, data.features, intercept)
        const logJoint = probitLogJoint(rows, signs, q.columns, model.priorVariance)
        return pictureOf(tensors, q, { names, logJoint, rows: signs.length })
      },
    },
    sample: (count, seed) => {
      const draws = new Draws({ seed, stream: 'sample' })
      const factor = cholesky(q.covariance, q.columns)!
      const values = new Float64Array(count * q.columns)
      for (let row = 0; row < count; row += 1) {
        const noise = Array.from(mean, () => draws.normal())
        for (const [d, centre] of mean.entries()) {
          values[row * q.columns + d] = centre
          for (let e = 0; e <= d; e += 1) values[row * q.columns + d]! += factor[d * q.columns + e]! * noise[e]!
        }
      }
      return matrixOf(names, values)
    },
    apply: {
      responsibilities: (...from) => matrixOf(data.classes!, second(rowsFor(run, data, ...from)).flatMap((share) => [1 - share, share])),
      assignments: (...from) => matrixOf(['class'], second(rowsFor(run, data, ...from)).map((share) => (share > 0.5 ? 1 : 0))),
      /** log p(class | x) of the row's own class; absent where it has none. */
      logDensity: (dataset, arrays) => {
        const codes = ownClasses(data.classes!, dataset, arrays)
        const shares = second(rowsFor(run, data, dataset, arrays))
        return matrixOf(['logDensity'], shares.map((share, row) => (codes[row]! < 0 ? NaN : Math.log(codes[row] === 1 ? share : 1 - share))))
      },
    },
  })
}

/** The class of each row as the model counts them, −1 where it has none of these. */
function ownClasses(known: readonly string[], { classes, name }: Dataset, { labels }: OpenedArrays): Int32Array {
  if (!labels || !classes) throw new AppError('probit/no-labels', { dataset: name })
  const codes = classes.map((one) => known.indexOf(one))
  return labels.map((label) => codes[label] ?? -1)
}

/** Sites as training kept them, and the posterior beside the exact one. */
function pictureOf(tensors: NamedArrays, q: Gaussian, of: { names: string[]; logJoint: LogDensity; rows: number }): Propagation {
  const kept = (name: string): Float64Array => tensors[`unit/${name}`]?.values ?? new Float64Array(0)
  const exact = exactPosterior(q, of.logJoint, of.rows, { seed: 0, stream: 'exact-posterior' })
  const size = q.mean.length
  const marginals = of.names.map((name, d) => {
    const [mean, deviation] = [q.mean[d]!, Math.sqrt(q.covariance[d * (size + 1)]!)]
    const own = exact?.marginals[d]
    const low = Math.min(mean - 4 * deviation, own ? own.mean - 4 * own.deviation : Infinity)
    const high = Math.max(mean + 4 * deviation, own ? own.mean + 4 * own.deviation : -Infinity)
    const at = Float64Array.from({ length: 161 }, (_, index) => low + ((high - low) * index) / 160)
    return {
      name,
      mean,
      deviation,
      exactMean: own?.mean ?? null,
      exactDeviation: own?.deviation ?? null,
      at,
      density: at.map((x) => Math.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI))),
      exact: own ? at.map((x) => interpolated(own, x)) : new Float64Array(0),
    }
  })
  return {
    rowIndex: Int32Array.from(kept('siteRow')),
    precision: kept('sitePrecision'),
    agreement: kept('siteAgreement'),
    logMass: kept('siteLogMass'),
    logEvidence: kept('logEvidence')[0] ?? NaN,
    exactLogEvidence: exact?.logEvidence ?? null,
    marginals,
    exactBy: exact?.by ?? 'none',
    samples: exact?.samples ?? null,
    effectiveSamples: exact?.effectiveSamples ?? null,
  }
}

/** A density between the places it was evaluated at; 0 beyond them. */
function interpolated({ at, density }: Marginal, x: number): number {
  const place = (x - at[0]!) / (at[1]! - at[0]!)
  const left = Math.floor(place)
  if (left < 0 || left + 1 >= at.length) return 0
  return density[left]! + (place - left) * (density[left + 1]! - density[left]!)
}

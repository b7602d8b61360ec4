import type { Dataset } from '@shared/domain/dataset'
import type { OpenedArrays } from '../files/dataset-arrays'
import { cutIntoChunks } from '../inference/chunks'
import { asGaussians, factorMixtureScores } from '../inference/factor-mixture-problem'
import { imputeGaussian, missingPosterior } from '../inference/missing-gaussian'
import { logScale, toStandard } from '../inference/standard-units'
import { Draws } from '../models/draws'
import type { FactorMixture } from '../models/factors/factor-mixture'
import { posteriorOf } from '../models/factors/factor-model'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'
import { gaussianViews } from './gaussian-view'
import { type Filled, besideEachOther } from './imputation'
import { answering, fillingIn, rowsFor, storedParams } from './inspect-answers'
import { type InspectedModel, type InspectedRun, matrixOf, parametersOf, preparedFor } from './inspected-run'
import { largest } from './train-bayesian'

/** A fitted mixture of factor analysers: which component, and where on its plane. */
export function inspectFactorMixture(run: InspectedRun): InspectedModel {
  const tensors = parametersOf(run)
  const stored = (name: string): Float64Array => tensors[`unit/${name}`]!.values
  const [components, columns, latent] = tensors['loadings']!.shape as [number, number, number]
  const part = (name: string, size: number, k: number): Float64Array => stored(name).slice(k * size, (k + 1) * size)
  const mixture: FactorMixture = {
    weights: tensors['weights']!.values,
    factors: Array.from({ length: components }, (_, k) => ({
      columns,
      latent,
      mean: part('means', columns, k),
      loadings: part('loadings', columns * latent, k),
      noise: part('noise', columns, k),
    })),
  }
  const units = { shift: stored('shift'), scale: stored('scale') }
  const data = preparedFor(run)
  const posteriors = mixture.factors.map(posteriorOf)

  const place = async (dataset: Dataset, arrays: OpenedArrays) => {
    const x = toStandard(rowsFor(run, data, dataset, arrays), units)
    return { x, ...(await factorMixtureScores(run.runtime, cutIntoChunks(x, columns), mixture)) }
  }
  /** E[z | x, component k] */
  const latentOf = (x: Float64Array, row: number, k: number): Float64Array =>
    Float64Array.from({ length: latent }, (_, a) => {
      let sum = 0
      for (let d = 0; d < columns; d += 1) {
        sum += posteriors[k]!.projection[a * columns + d]! * (x[row * columns + d]! - mixture.factors[k]!.mean[d]!)
      }
      return sum
    })
  const addDecoded = (into: Float64Array, at: number, k: number, z: Float64Array, share: number): void => {
    const { mean, loadings } = mixture.factors[k]!
    for (let d = 0; d < columns; d += 1) {
      let value = mean[d]!
      for (let a = 0; a < latent; a += 1) value += loadings[d * latent + a]! * z[a]!
      into[at + d]! += share * value
    }
  }
  const toUnits = (values: Float64Array): Float64Array =>
    values.map((value, index) => value * units.scale[index % columns]! + units.shift[index % columns]!)

  const gaussians = lazily((): GaussianMixture => ({ covariance: 'full', components, weights: mixture.weights, ...asGaussians(mixture) }))
  /** Absent entries by their expectations over components, with the standard deviation of each entry. */
  const fill = async (rows: Float64Array): Promise<Filled> => {
    const x = toStandard(rows, units)
    const { responsibilities } = await missingPosterior(run.runtime, x, { structure: 'VVV', components, columns, regularization: 0 }, gaussians())
    const { values, deviations } = imputeGaussian(x, gaussians(), responsibilities)
    const told = toUnits(values)
    return {
      values: told.map((value, index) => (Number.isNaN(rows[index]!) ? value : rows[index]!)),
      deviations: deviations.map((deviation, index) => deviation * units.scale[index % columns]!),
    }
  }

  const { views, ...mixtureAnswers } = gaussianViews({ run, data, units, mixture: gaussians() })

  return answering(run, {
    ...mixtureAnswers,
    imageShape: data.imageShape,
    params: () => ({ ...storedParams(run), featureNames: data.featureNames }),
    data,
    own: { ...fillingIn(run, data, fill), ...views },
    sample: (count, seed) => {
      const draws = new Draws({ seed, stream: 'sample' })
      const values = new Float64Array(count * columns)
      for (let row = 0; row < count; row += 1) {
        const k = draws.index(mixture.weights)
        addDecoded(values, row * columns, k, Float64Array.from({ length: latent }, () => draws.normal()), 1)
        for (let d = 0; d < columns; d += 1) values[row * columns + d]! += Math.sqrt(mixture.factors[k]!.noise[d]!) * draws.normal()
      }
      return matrixOf(data.featureNames, toUnits(values))
    },
    apply: {
      responsibilities: async (...from) =>
        matrixOf(Array.from({ length: components }, (_, k) => `component ${k + 1}`), (await place(...from)).responsibilities),
      assignments: async (...from) => {
        const { responsibilities, logDensity } = await place(...from)
        return matrixOf(['component'], logDensity.map((_, row) => largest(responsibilities, row * components, components)))
      },
      logDensity: async (...from) => matrixOf(['logDensity'], (await place(...from)).logDensity.map((value) => value - logScale(units))),
      /** The most responsible component and the latents there. */
      encode: async (...from) => {
        const { x, responsibilities, logDensity } = await place(...from)
        const rows = Array.from(logDensity, (_, row) => {
          const k = largest(responsibilities, row * components, components)
          return [k, ...latentOf(x, row, k)]
        })
        return matrixOf(['component', ...Array.from({ length: latent }, (_, a) => `z${a + 1}`)], rows.flat())
      },
      /** E[mean + Λz | x], over components too. */
      reconstruct: async (...from) => {
        const { x, responsibilities, logDensity } = await place(...from)
        const values = new Float64Array(x.length)
        for (let row = 0; row < logDensity.length; row += 1) {
          for (let k = 0; k < components; k += 1) addDecoded(values, row * columns, k, latentOf(x, row, k), responsibilities[row * components + k]!)
        }
        return matrixOf(data.featureNames, toUnits(values))
      },
      impute: async (...from) =>
        matrixOf(
          [...data.featureNames, ...data.featureNames.map((name) => `sd ${name}`)],
          besideEachOther(await fill(rowsFor(run, data, ...from)), columns),
        ),
    },
  })
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => (made ??= { value: make() }).value
}

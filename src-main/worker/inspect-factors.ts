import type { Dataset } from '@shared/domain/dataset'
import type { Matrix } from '@shared/domain/run'
import { fillNormal } from '@shared/math/random'
import { AppError } from '@shared/rpc/errors'
import type { OpenedArrays } from '../files/dataset-arrays'
import { cutIntoChunks } from '../inference/chunks'
import { factorScores } from '../inference/factor-problem'
import { type FactorModel, posteriorOf } from '../models/factors/factor-model'
import { factorEvidence } from './factor-evidence'
import { completeRows, observedLogDensity } from './factor-rows'
import { type Filled, besideEachOther } from './imputation'
import { answering, fillingIn, rowsFor, storedParams } from './inspect-answers'
import { type InspectedModel, type InspectedRun, matrixOf, parametersOf, preparedFor } from './inspected-run'

/** A fitted PPCA or factor analysis: latents of rows and rows of latents. */
export function inspectFactors(run: InspectedRun): InspectedModel {
  const tensors = parametersOf(run)
  const stored = (name: string): Float64Array => tensors[`unit/${name}`]!.values
  const [columns, latent] = tensors['loadings']!.shape as [number, number]
  const model: FactorModel = { columns, latent, mean: stored('mean'), loadings: stored('loadings'), noise: stored('noise') }
  const units = { shift: stored('shift'), scale: stored('scale') }
  const data = preparedFor(run)
  const { featureNames } = data

  const toUnits = (values: Float64Array): Float64Array =>
    values.map((value, index) => value * units.scale[index % columns]! + units.shift[index % columns]!)
  const decode = (latents: ArrayLike<number>, noise: Float64Array | null): Matrix => {
    const values = new Float64Array((latents.length / latent) * columns)
    for (let index = 0; index < values.length; index += 1) {
      const d = index % columns
      const row = Math.floor(index / columns)
      values[index] = model.mean[d]! + (noise ? noise[index]! * Math.sqrt(model.noise[d]!) : 0)
      for (let a = 0; a < latent; a += 1) values[index]! += model.loadings[d * latent + a]! * latents[row * latent + a]!
    }
    return matrixOf(featureNames, toUnits(values))
  }
  /** The posterior mean of z is linear in x, so it is that of the expected row where entries are absent. */
  const scores = (dataset: Dataset, arrays: OpenedArrays) =>
    factorScores(run.runtime, cutIntoChunks(completeRows(rowsFor(run, data, dataset, arrays), units, model).values, columns), model)
  /** Absent entries by their expectations, with the standard deviation of each entry beside. */
  const fill = (rows: Float64Array): Filled => {
    const { values, deviations } = completeRows(rows, units, model)
    const told = toUnits(values)
    return {
      values: told.map((value, index) => (Number.isNaN(rows[index]!) ? value : rows[index]!)),
      deviations: deviations.map((deviation, index) => deviation * units.scale[index % columns]!),
    }
  }
  const latentNames = Array.from({ length: latent }, (_, index) => `z${index + 1}`)

  return answering(run, {
    imageShape: data.imageShape,
    params: () => ({ ...storedParams(run), featureNames }),
    data,
    own: fillingIn(run, data, fill),
    codeVariances: () => {
      const { covariance } = posteriorOf(model)
      return Float64Array.from({ length: latent }, (_, a) => covariance[a * latent + a]!)
    },
    evidence: (request) => factorEvidence(run, data, { model, units }, request),
    /** x = mean + Λz + noise, z ~ N(0, I). */
    sample: (count, seed) => {
      const latents = new Float64Array(count * latent)
      const noise = new Float64Array(count * columns)
      fillNormal(latents, { seed, stream: 'sample/latent' })
      fillNormal(noise, { seed, stream: 'sample/noise' })
      return decode(latents, noise)
    },
    decode: (latents) => {
      const wrong = latents.find((one) => one.length !== latent)
      if (wrong) throw new AppError('run/latent-shape', { got: wrong.length, expected: latent })
      return decode(latents.flat(), null)
    },
    apply: {
      encode: async (...from) => matrixOf(latentNames, (await scores(...from)).latentMeans),
      reconstruct: async (...from) => matrixOf(featureNames, toUnits((await scores(...from)).reconstructions)),
      logDensity: async (...from) => matrixOf(['logDensity'], await observedLogDensity(run.runtime, rowsFor(run, data, ...from), units, model)),
      impute: (...from) =>
        matrixOf([...featureNames, ...featureNames.map((name) => `sd ${name}`)], besideEachOther(fill(rowsFor(run, data, ...from)), columns)),
    },
  })
}

import type { Dataset } from '@shared/domain/dataset'
import type { Matrix } from '@shared/domain/run'
import { fillNormal } from '@shared/math/random'
import { AppError } from '@shared/rpc/errors'
import { prepareData } from '../datasets/prepare'
import type { OpenedArrays } from '../files/dataset-arrays'
import { cutIntoChunks } from '../inference/chunks'
import { factorScores } from '../inference/factor-problem'
import { logScale, toStandard } from '../inference/standard-units'
import type { FactorModel } from '../models/factors/factor-model'
import { answering, modelDataOf, rowsFor, storedParams } from './inspect-answers'
import { type InspectedModel, type InspectedRun, matrixOf } from './inspected-run'
import { loadModel } from './model-file'

/** A fitted PPCA or factor analysis: latents of rows and rows of latents. */
export function inspectFactors(run: InspectedRun): InspectedModel {
  const { tensors } = loadModel(run.files)
  const stored = (name: string): Float64Array => tensors[`unit/${name}`]!.values
  const [columns, latent] = tensors['loadings']!.shape as [number, number]
  const model: FactorModel = { columns, latent, mean: stored('mean'), loadings: stored('loadings'), noise: stored('noise') }
  const units = { shift: stored('shift'), scale: stored('scale') }
  const data = prepareData(run.dataset, run.arrays, run.spec, 'float64')
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
  const scores = (dataset: Dataset, arrays: OpenedArrays) =>
    factorScores(run.runtime, cutIntoChunks(toStandard(rowsFor(run, data, dataset, arrays), units), columns), model)
  const latentNames = Array.from({ length: latent }, (_, index) => `z${index + 1}`)

  return answering(run, {
    imageShape: data.imageShape,
    params: () => ({ ...storedParams(run), featureNames }),
    data: () => modelDataOf(data),
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
      logDensity: async (...from) => matrixOf(['logDensity'], (await scores(...from)).logDensity.map((value) => value - logScale(units))),
    },
  })
}

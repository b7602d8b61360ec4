import type { Dataset } from '@shared/domain/dataset'
import { fillUniform } from '@shared/math/random'
import { prepareData } from '../datasets/prepare'
import type { OpenedArrays } from '../files/dataset-arrays'
import { mixturePosterior } from '../inference/mixture-problem'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import { type GaussianMixture, toStandardUnits } from '../models/mixtures/gaussian-parameters'
import { nested } from '../models/mixtures/nested'
import { answering, rowsFor } from './inspect-answers'
import { type InspectedModel, type InspectedRun, matrixOf } from './inspected-run'
import { assignments } from './mixture-figures'
import { loadModel } from './model-file'
import { classProbabilities } from './train-classifier'

/** A fitted Bayes classifier: p(y | x), the class it decides for, and p(x). */
export function inspectClassifier(run: InspectedRun): InspectedModel {
  const { tensors } = loadModel(run.files)
  const [components, columns] = tensors['means']!.shape as [number, number]
  const values = (name: string): Float64Array => tensors[name]!.values
  const mixture: GaussianMixture = { covariance: 'full', components, columns, weights: values('weights'), means: values('means'), covariances: values('covariances') }
  const classOf = [...values('classOfComponent')]
  const data = prepareData(run.dataset, run.arrays, run.spec, 'float64')
  const classes = data.classes!
  const units = standardUnits(data.train.features as Float64Array, data.featureNames, 'column', 'refuse')
  const family = gaussianFamily({ structure: 'VVV', components, columns, regularization: 0 })
  const posterior = (dataset: Dataset, arrays: OpenedArrays) =>
    mixturePosterior({
      runtime: run.runtime,
      features: toStandard(rowsFor(run, data, dataset, arrays), units),
      family,
      mixture: toStandardUnits(mixture, units),
    })
  const probabilities = async (...from: [Dataset, OpenedArrays]): Promise<Float64Array> =>
    classProbabilities((await posterior(...from)).responsibilities, classOf, classes.length)

  return answering(run, {
    params: () => ({
      weights: [...mixture.weights],
      means: nested(mixture.means, columns),
      covariances: Array.from({ length: components }, (_, k) => nested(mixture.covariances.subarray(k * columns ** 2, (k + 1) * columns ** 2), columns)),
      classes: classOf.map((code) => classes[code]!),
      featureNames: data.featureNames,
    }),
    data,
    sample(count, seed) {
      const uniform = new Float64Array(count)
      fillUniform(uniform, { seed, stream: 'sample/component' })
      const which = Int32Array.from(uniform, (value) => {
        let component = 0
        for (let rest = value - mixture.weights[0]!; rest >= 0 && component < components - 1; ) rest -= mixture.weights[(component += 1)]!
        return component
      })
      return matrixOf(data.featureNames, family.sample(mixture, which, { seed, stream: 'sample/noise' }))
    },
    apply: {
      responsibilities: async (...from) => matrixOf(classes, await probabilities(...from)),
      assignments: async (...from) => matrixOf(['class'], assignments(await probabilities(...from), classes.length)),
      logDensity: async (...from) => matrixOf(['logDensity'], (await posterior(...from)).logDensity.map((value) => value - logScale(units))),
    },
  })
}

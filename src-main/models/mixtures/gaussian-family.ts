import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import { cholesky } from '@shared/math/cholesky'
import { fillNormal } from '@shared/math/random'
import { covarianceParameters } from './covariance-structures'
import {
  type MixtureStructure,
  expectedCompleteLogLikelihood,
  gaussianSums,
  maximizeGaussian,
  scatterOf,
} from './gaussian-maximization'
import {
  type CovarianceStorage,
  type GaussianMixture,
  covarianceOf,
  covarianceShape,
  storageOf,
  toModelUnits,
  toStandardUnits,
} from './gaussian-parameters'
import {
  type GaussianForm,
  gaussianJoint,
  gaussianState,
  gaussianStatistics,
  gaussianTensors,
  isNarrow,
  pooledProducts,
} from './gaussian-pass'
import { gaussianLinear } from './gaussian-linear'
import { spuriousGaussian } from './gaussian-spurious'
import type { MixtureFamily, PassShape, Sums } from './mixture-family'
import { nested } from './nested'

/** Structures that a change of scale of single columns leads out of: their fits depend on the units, so that all columns share one. */
const sharesUnits: ReadonlySet<CovarianceStructure> = new Set(['EII', 'VII', 'EVE', 'VVE', 'EEV', 'VEV'])

/** A mixture of Gaussians whose covariances have one of the fourteen structures. */
export function gaussianFamily(shape: MixtureStructure, careful = false): MixtureFamily<GaussianMixture> {
  const { structure, components, columns } = shape
  const storage = storageOf(structure)
  // Side by side, tied mixtures differ in their covariances.
  const storageIn = (pass: PassShape): CovarianceStorage => (storage === 'tied' && pass.components > components ? 'full' : storage)
  const formOf = (stored: CovarianceStorage): GaussianForm => (stored === 'full' && !careful ? 'quadratic' : stored)
  return {
    name: `gaussian-mixture-${structure}`,
    components,
    columns,
    width: columns,
    encode: (features) => features,
    units: sharesUnits.has(structure) ? 'common' : 'column',
    freeParameters: components - 1 + components * columns + covarianceParameters(structure, components, columns),
    work: columns * (storage === 'full' ? columns : 1),
    tensors: (pass, prefix) => gaussianTensors(pass, formOf(storageIn(pass)), prefix),
    joint: (x, pass, tensors) => gaussianJoint(x, pass, formOf(storageIn(pass)), tensors),
    statistics: (x, responsibilities, pass) => gaussianStatistics(x, responsibilities, pass, formOf(storage)),
    ...(storage === 'tied' ? { constants: (x, weight) => ({ products: pooledProducts(x, weight) }) } : {}),
    state: (mixtures) => gaussianState(mixtures, careful),
    ...(careful ? {} : { linear: gaussianLinear(shape) }),
    ...(careful || storage === 'diagonal' || storage === 'spherical' ? {} : { careful: { family: gaussianFamily(shape, true), needed: isNarrow } }),
    maximize: (sums, previous) => maximizeGaussian(gaussianSums(sums, columns), shape, previous),
    begin: (sums) => beginGaussian(sums, shape),
    expectedComplete: (mixture, sums) => expectedCompleteLogLikelihood(mixture, gaussianSums(sums, columns)),
    spurious: (mixture, rows) => spuriousGaussian(mixture, rows, shape.regularization),
    toModelUnits,
    toStandardUnits,
    arrays: ({ weights, means, covariances }) => ({
      weights: { shape: [components], values: weights },
      means: { shape: [components, columns], values: means },
      covariances: { shape: covarianceShape(storage, components, columns), values: covariances },
    }),
    fromArrays: ({ weights, means, covariances }) => ({
      covariance: storage,
      components,
      columns,
      weights: weights!.values,
      means: means!.values,
      covariances: covariances!.values,
    }),
    describe: (mixture) => ({
      weights: [...mixture.weights],
      means: nested(mixture.means, columns),
      covariances: Array.from({ length: components }, (_, component) => nested(covarianceOf(mixture, component), columns)),
    }),
    moments: (mixture, component) => ({
      mean: mixture.means.slice(component * columns, (component + 1) * columns),
      covariance: covarianceOf(mixture, component),
    }),
    sample: sampleGaussians,
  }
}

/** As if each cluster also held columns + 1 rows that are spread like the pooled within-cluster scatter around its own mean. */
function beginGaussian(sums: Sums, shape: MixtureStructure): GaussianMixture {
  const { components, columns, structure } = shape
  const storage = storageOf(structure)
  const statistics = { ...gaussianSums(sums, columns), own: false }
  const counts = statistics.counts.map((count) => Math.max(count, 1e-3))
  const means = new Float64Array(components * columns)
  for (let index = 0; index < means.length; index += 1) means[index] = statistics.sums[index]! / counts[Math.floor(index / columns)]!
  const scatter = scatterOf({ ...statistics, counts }, means, { ...shape, regularization: 0 })
  const total = counts.reduce((all, count) => all + count, 0)
  const pooled = new Float64Array(scatter.matrices[0]!.length)
  for (const matrix of scatter.matrices) for (let index = 0; index < pooled.length; index += 1) pooled[index]! += matrix[index]! / total
  // A thousandth of unit variance, so that it has a factor.
  const stride = storage === 'full' || storage === 'tied' ? columns + 1 : 1
  for (let index = 0; index < pooled.length; index += stride) pooled[index]! += storage === 'spherical' ? 1e-3 * columns : 1e-3
  const prior = columns + 1
  const padded = counts.map((count) => count + prior)
  const enlarged = scatter.flat
  const weight = storage === 'tied' ? padded.reduce((all, count) => all + count, 0) - total : prior
  for (let index = 0; index < enlarged.length; index += 1) enlarged[index]! += weight * pooled[index % pooled.length]!
  // Around means of zero, products are scatter; the means are put in afterwards.
  const centred = maximizeGaussian(
    { counts: padded, sums: new Float64Array(statistics.sums.length), products: enlarged, own: true },
    shape,
    null,
  )
  return { ...centred, components, means, weights: counts.map((count) => count / total) }
}

/** means_k + L_k ε with Σ_k = L_k L_kᵀ. */
const sampleGaussians: MixtureFamily<GaussianMixture>['sample'] = (mixture, which, key) => {
  const { columns, components, means } = mixture
  const factors = Array.from({ length: components }, (_, component) => cholesky(covarianceOf(mixture, component), columns)!)
  const noise = new Float64Array(which.length * columns)
  fillNormal(noise, key)
  const values = new Float64Array(noise.length)
  for (const [row, component] of which.entries()) {
    for (let column = 0; column < columns; column += 1) {
      let value = means[component * columns + column]!
      for (let k = 0; k <= column; k += 1) value += factors[component]![column * columns + k]! * noise[row * columns + k]!
      values[row * columns + column] = value
    }
  }
  return values
}

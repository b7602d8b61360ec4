import type { EmFrame, Matrix } from '@shared/domain/run'
import type { InspectOperation } from '@shared/domain/worker-protocol'
import type { PreparedData } from '../datasets/prepare'
import { transformSelected } from '../datasets/transform'
import { openDatasetArrays } from '../files/dataset-arrays'
import { missingPosterior } from '../inference/missing-gaussian'
import { logScales, toStandard } from '../inference/standard-units'
import { gaussianFamily } from '../models/mixtures/gaussian-family'
import type { GaussianMixture } from '../models/mixtures/gaussian-parameters'
import type { Mixture, Standardization } from '../models/mixtures/mixture-family'
import { nested } from '../models/mixtures/nested'
import { conditionOf, conditionalRows } from './conditional-answers'
import { conditionalPicture } from './conditional-picture'
import type { FittedMixture } from './fitted-mixture'
import type { Answers } from './inspect-answers'
import type { InspectedRun } from './inspected-run'
import { mergesOf } from './merge-answers'
import type { AnyFamily } from './mixture-families'

/*
 * Models that are not fitted as Gaussian mixtures, and whose components are Gaussians all the same once they are: what is told of mixtures,
 * clusters of components, some columns given others, components beside those of another fit, holds for them too.
 */

interface Gaussians {
  run: InspectedRun
  data: PreparedData
  /** In the units of the fit. */
  mixture: GaussianMixture
  units: Standardization
  /** Responsibilities [rows, K] of whole rows in the units of the fit, where the model has more to say than the Gaussians alone. */
  shares?(rows: Float64Array): Promise<Float64Array>
}

function gaussianView({ run, data, mixture, units, shares }: Gaussians): FittedMixture {
  const { components, columns } = mixture
  const shape = { structure: 'VVV' as const, components, columns, regularization: 0 }
  const family = gaussianFamily(shape)
  const own = family.toModelUnits(mixture, units)
  return {
    run,
    family: family as unknown as AnyFamily,
    mixture: own,
    units,
    data,
    rowsAt(dataset, folder, rowIndex) {
      const raw = openDatasetArrays(folder, dataset).features
      const from = { transform: data.transform, raw, rows: rowIndex, columns: raw.length / dataset.rows, precision: 'float64' as const }
      return transformSelected({ ...from, binarizeKey: null }) as Float64Array
    },
    async posterior(features, other: Mixture = own) {
      const rows = toStandard(features, units)
      const found = await missingPosterior(run.runtime, rows, shape, family.toStandardUnits(other as GaussianMixture, units))
      const scales = logScales(features, units)
      const isWhole = shares && other === own && !features.some(Number.isNaN)
      return {
        responsibilities: isWhole ? await shares(rows) : found.responsibilities,
        logDensity: found.logDensity.map((value, row) => value - scales[row]!),
      }
    },
  }
}

/** The answers that a model of Gaussian components shares with Gaussian mixtures. */
export function gaussianViews(gaussians: Gaussians): Required<Pick<Answers, 'conditional' | 'mixture'>> & { views: NonNullable<Answers['own']> } {
  let made: FittedMixture | null = null
  const fitted = (): FittedMixture => (made ??= gaussianView(gaussians))
  const { train } = gaussians.data
  return {
    views: {
      merges: () => mergesOf(fitted(), train.rows),
      conditional: (operation) => conditionalPicture(fitted(), operation as Extract<InspectOperation, { kind: 'conditional' }>),
      emFrame: (operation) => lastFrame(fitted(), (operation as Extract<InspectOperation, { kind: 'emFrame' }>).iteration),
    },
    conditional: async ({ dataset, datasetFolder, given = [], target }): Promise<Matrix> => {
      const rows = fitted().rowsAt(dataset, datasetFolder, Int32Array.from({ length: dataset.rows }, (_, row) => row))
      return conditionalRows(fitted(), [rows], dataset, conditionOf(fitted(), given, target))
    },
    mixture: () => ({ fitted: fitted(), total: train.rows }),
  }
}

/** The fit as it ended; these models keep no frames of the way there. */
async function lastFrame({ data, family, mixture, posterior }: FittedMixture, iteration: number): Promise<EmFrame> {
  const moments = Array.from({ length: mixture.components }, (_, component) => family.moments(mixture, component))
  const { responsibilities } = await posterior(data.train.features as Float64Array)
  return {
    iteration,
    iterations: iteration,
    weights: [...mixture.weights],
    means: moments.map(({ mean }) => [...mean]),
    covariances: moments.map(({ covariance }) => nested(covariance, mixture.columns)),
    responsibilities: Float32Array.from(responsibilities),
    bound: null,
  }
}

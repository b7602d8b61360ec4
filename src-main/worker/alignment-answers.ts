import type { AlignedRestarts, Alignment } from '@shared/domain/merging'
import { Agreement } from '@shared/math/cluster-agreement'
import { alignComponents } from '../models/mixtures/align'
import type { Mixture } from '../models/mixtures/mixture-family'
import type { FittedMixture } from './fitted-mixture'
import { AppError } from '@shared/rpc/errors'
import { requireSameFeatures } from './inspected-run'
import { assignments } from './mixture-figures'
import { loadRestarts } from './mixture-files'

type Side = NonNullable<Alignment['pairs'][number]['left']>

function sideOf({ family, mixture }: FittedMixture, component: number): Side {
  const { mean, covariance } = family.moments(mixture, component)
  const standardDeviation = Array.from(mean, (_, at) => Math.sqrt(Math.max(0, covariance[at * (mean.length + 1)]!)))
  return { component, weight: mixture.weights[component]!, mean: [...mean], standardDeviation }
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The components of two fits side by side, matched by what they say of the first one's training rows; each in the units it was fitted in. */
export async function alignedFits(left: FittedMixture, right: FittedMixture, total: number): Promise<Alignment> {
  requireSameFeatures(left.run, left.data.featureNames, right.run, right.data.featureNames)
  const { rowIndex, features } = left.data.train
  const other = right.rowsAt(left.run.dataset, left.run.datasetFolder, rowIndex)
  const [a, b] = [await left.posterior(features as Float64Array), await right.posterior(other)]
  const [K, L] = [left.mixture.components, right.mixture.components]
  const { partners, overlap } = alignComponents(a.responsibilities, K, b.responsibilities, L)
  const sums = (values: Float64Array, count: number): Float64Array => {
    const all = new Float64Array(count)
    values.forEach((value, index) => (all[index % count]! += value))
    return all
  }
  const [massA, massB] = [sums(a.responsibilities, K), sums(b.responsibilities, L)]
  const matched = partners.flatMap((partner, own) =>
    partner < 0 ? [] : [{ left: sideOf(left, own), right: sideOf(right, partner), overlap: overlap[own]![partner]! / Math.max(massA[own]!, massB[partner]!, 1e-300) }],
  )
  const aloneLeft = partners.flatMap((partner, own) => (partner < 0 ? [{ left: sideOf(left, own), right: null, overlap: 0 }] : []))
  const taken = new Set(partners)
  const aloneRight = Array.from(massB.keys()).flatMap((other) => (taken.has(other) ? [] : [{ left: null, right: sideOf(right, other), overlap: 0 }]))
  const rows = a.logDensity.length
  let difference = 0
  for (let row = 0; row < rows; row += 1) {
    partners.forEach((partner, own) => {
      difference += Math.abs(a.responsibilities[row * K + own]! - (partner < 0 ? 0 : b.responsibilities[row * L + partner]!))
    })
    for (const { right: alone } of aloneRight) difference += b.responsibilities[row * L + alone.component]!
  }
  return {
    featureNames: left.data.featureNames,
    rows,
    total,
    pairs: [...matched, ...aloneLeft, ...aloneRight],
    distance: difference / (2 * rows),
    adjustedRandIndex: new Agreement().add(assignments(a.responsibilities, K), assignments(b.responsibilities, L)).adjustedRandIndex(),
    logDensity: [left, right].map((side, at) => (isLimit(side) ? null : meanOf([a, b][at]!.logDensity))) as [number | null, number | null],
  }
}

const isLimit = ({ run }: FittedMixture): boolean => run.spec.model.kind === 'k-means' && run.spec.model.softness === 0

/** The restarts whose ends are kept, with their components in the order of the fit that was chosen. */
export async function alignedRestarts(fitted: FittedMixture, chosen: number, tell: (index: number) => number | null): Promise<AlignedRestarts> {
  const { family, mixture, units, data, run } = fitted
  const restarts = loadRestarts(run.files, family)
  const features = data.train.features as Float64Array
  const base = (await fitted.posterior(features)).responsibilities
  const own = assignments(base, mixture.components)
  const told: AlignedRestarts['restarts'] = []
  for (const { index, parameters } of restarts) {
    const logLikelihood = tell(index)
    if (!parameters || logLikelihood === null) continue
    const other: Mixture = family.toModelUnits(parameters, units)
    const { responsibilities } = await fitted.posterior(features, other)
    const { partners } = alignComponents(base, mixture.components, responsibilities, other.components)
    told.push({
      index,
      logLikelihood,
      chosen: index === chosen,
      order: partners,
      weights: partners.map((partner) => other.weights[partner]!),
      means: partners.map((partner) => [...family.moments(other, partner).mean]),
      adjustedRandIndex: new Agreement().add(own, assignments(responsibilities, other.components)).adjustedRandIndex(),
    })
  }
  if (told.length === 0) throw new AppError('mixture/no-restarts-kept', { id: run.runId })
  return { featureNames: data.featureNames, restarts: told.sort((a, b) => b.logLikelihood - a.logLikelihood) }
}

import type { MergeTreeAnswer } from '@shared/domain/merging'
import { Agreement } from '@shared/math/cluster-agreement'
import { elbowOf, entropyMerges, mergedShares } from '@shared/math/entropy-merges'
import type { FittedMixture } from './fitted-mixture'
import { assignments } from './mixture-figures'

/** Merges the components of a mixture one pair at a time, by the entropy of their classification of the training rows. */
export async function mergesOf(fitted: FittedMixture, total: number): Promise<MergeTreeAnswer> {
  const { components } = fitted.mixture
  const { train } = fitted.data
  const { responsibilities } = await fitted.posterior(train.features as Float64Array)
  const { entropies, merges, groups } = entropyMerges(responsibilities, components)
  const labels = train.labels
  const agreement =
    labels &&
    groups.map((own) => new Agreement().add(labels, assignments(mergedShares(responsibilities, components, own), own.length)).adjustedRandIndex())
  return { components, rows: train.rows, total, entropies, merges, groups, agreement, elbow: elbowOf(entropies) }
}

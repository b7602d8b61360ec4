import { type Estimator, type EvidenceOptions, usualChains } from '@shared/domain/evidence'
import { isMixture } from '@shared/domain/models/mixtures'
import type { ModelKind } from '@shared/domain/spec'
import { type OptionField, partField, rowsField, seedField } from '../questions/option-field'

/** What the form of the evidence lab holds. */
export type EvidenceDraft = Required<Omit<EvidenceOptions, 'part' | 'rows'>> & Pick<EvidenceOptions, 'part' | 'rows'>

type Fitted = { model: { kind: ModelKind } }
type Latents = 'continuous' | 'discrete' | 'none'

/** What there is to sample in a model of this kind. */
export function latentsOf({ model }: Fitted): Latents | null {
  if (model.kind === 'k-means') return null
  if (isMixture<{ kind: string }>(model)) return 'discrete'
  switch (model.kind) {
    case 'ppca':
    case 'factor-analysis':
    case 'vae':
      return 'continuous'
    case 'mixture-of-factor-analyzers':
    case 'bayes-classifier':
      return 'none'
    default:
      return null
  }
}

const estimators: Record<Latents, readonly Estimator[]> = {
  continuous: ['importance', 'iwae', 'naive', 'ais'],
  discrete: ['exact', 'naive', 'importance'],
  none: ['exact'],
}
/** The estimators that apply, the one to begin with first. */
export const estimatorsFor = (spec: Fitted): readonly Estimator[] => {
  const latents = latentsOf(spec)
  if (!latents) return []
  return spec.model.kind === 'ppca' || spec.model.kind === 'factor-analysis' ? ['exact', ...estimators.continuous] : estimators[latents]
}

export const newEvidenceDraft = (estimator: Estimator): EvidenceDraft => ({
  estimator,
  samples: estimator === 'ais' ? usualChains : 1000,
  repeats: estimator === 'ais' || estimator === 'exact' ? 1 : 5,
  seed: 0,
  proposal: 'model',
  rows: 100,
  refineSteps: 300,
  annealFrom: 'refined',
  temperatures: 100,
  leapfrogSteps: 5,
  sandwich: false,
})

export function optionsOf({ part, rows, ...draft }: EvidenceDraft): EvidenceOptions {
  return { ...draft, ...(part ? { part } : {}), ...(rows ? { rows } : {}) }
}

/** What can be set for an estimator of a model. */
export function evidenceFields(
  { estimator, annealFrom, proposal }: EvidenceDraft,
  { estimators: possible, isContinuous }: { estimators: readonly Estimator[]; isContinuous: boolean },
): OptionField[] {
  const anneals = estimator === 'ais'
  const proposes = isContinuous && (estimator === 'importance' || estimator === 'iwae')
  /** Is a Gaussian sought for each row. */
  const refines = anneals ? annealFrom === 'refined' : proposes && proposal === 'refined'
  const sampled: OptionField[] = [
    ...(proposes ? [{ kind: 'choice', key: 'proposal', options: ['model', 'refined'] } as const] : []),
    { kind: 'number', key: 'samples', least: 1, most: 1_000_000 },
    { kind: 'number', key: 'repeats', least: 1, most: 1000 },
    ...(anneals ? [{ kind: 'choice', key: 'annealFrom', options: ['refined', 'prior'] } as const] : []),
    ...(refines ? [{ kind: 'number', key: 'refineSteps', least: 1, most: 100_000 } as const] : []),
    ...(anneals ? [{ kind: 'number', key: 'temperatures', least: 2, most: 100_000 } as const, { kind: 'number', key: 'leapfrogSteps', least: 1, most: 1000 } as const] : []),
  ]
  return [
    { kind: 'choice', key: 'estimator', options: possible },
    ...(estimator === 'exact' ? [] : sampled),
    partField,
    rowsField,
    seedField,
    ...(anneals ? [{ kind: 'check', key: 'sandwich' } as const] : []),
  ]
}

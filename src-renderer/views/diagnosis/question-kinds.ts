import { disentanglingOptionsSchema } from '@shared/domain/disentangling'
import { estimatorBenchOptionsSchema } from '@shared/domain/estimator-bench'
import { gapsOptionsSchema } from '@shared/domain/gaps'
import type { InquiryQuestion } from '@shared/domain/inquiry'
import { hasCodes, type ModelKind } from '@shared/domain/spec'
import { type OptionField, partField, rowsField, seedField } from '../questions/option-field'

/* What can be asked on the diagnosis page: for each kind which models it is for, and its options with the values they begin with. */

export const askedKinds = ['gaps', 'disentangle', 'estimators'] as const
export type AskedKind = (typeof askedKinds)[number]

export type QuestionDraft = Readonly<Record<string, unknown>>

interface Kind {
  /** A model of the kind may still have parts that it is not for; then the answer says so. */
  fits(kind: ModelKind): boolean
  start(): QuestionDraft
  fields: readonly OptionField[]
}

const continuous: readonly ModelKind[] = ['vae', 'ppca', 'factor-analysis']

export const kinds: Readonly<Record<AskedKind, Kind>> = {
  gaps: {
    fits: (kind) => continuous.includes(kind),
    start: () => ({ ...gapsOptionsSchema.parse({}), samples: 500, refineSteps: 300, rows: 100 }),
    fields: [
      { kind: 'number', key: 'samples', least: 2, most: 1_000_000 },
      { kind: 'number', key: 'refineSteps', least: 1, most: 100_000 },
      { kind: 'choice', key: 'estimator', options: ['importance', 'ais'] },
      partField,
      rowsField,
      seedField,
    ],
  },
  disentangle: {
    fits: hasCodes,
    start: () => disentanglingOptionsSchema.parse({}),
    fields: [{ kind: 'number', key: 'bins', least: 2, most: 1000 }, { kind: 'number', key: 'penalty', least: 0, most: 1000, step: 0.01 }, seedField],
  },
  estimators: {
    fits: (kind) => kind === 'categorical-vae' || kind === 'vae',
    start: () => estimatorBenchOptionsSchema.parse({}),
    fields: [
      { kind: 'number', key: 'replicates', least: 100, most: 1_000_000 },
      { kind: 'number', key: 'samples', least: 2, most: 1000 },
      partField,
      { kind: 'number', key: 'rows', least: 1, most: 1000 },
      seedField,
    ],
  },
}

/** As it is sent: what was left open is left out. */
export function questionOf(kind: AskedKind, draft: QuestionDraft, factors: string): InquiryQuestion {
  const options = Object.fromEntries(Object.entries(draft).filter(([key, value]) => value !== '' && !(key === 'rows' && value === 0)))
  return { kind, ...(kind === 'disentangle' && factors !== '' ? { dataset: factors } : {}), options } as unknown as InquiryQuestion
}

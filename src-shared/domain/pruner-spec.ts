import { type PrunerSpec, prunerSchema } from './sweep'

export type Pruner =
  | { kind: 'none' }
  | { kind: 'median'; startTrials: number; warmup: number; interval: number }
  | { kind: 'asha'; minimum?: number | undefined; reduction: number }
  | { kind: 'hyperband'; minimum?: number | undefined; reduction: number }

/** A pruner with its settings, whichever way it was written. */
export function parsePruner(spec: PrunerSpec): Pruner {
  if (spec === 'none') return { kind: 'none' }
  const full = typeof spec === 'string' ? prunerSchema.parse({ [spec]: {} }) : spec
  if (typeof full === 'string') throw new Error(`the pruner ${full} has no settings`)
  if ('median' in full) return { kind: 'median', ...full.median }
  if ('asha' in full) return { kind: 'asha', ...full.asha }
  return { kind: 'hyperband', ...full.hyperband }
}

import type { Run, SeriesByKey } from './run'

/** A run of another program as it was read: what it did is known by its parameters and points alone. */
export interface ForeignRun {
  program: 'tensorboard' | 'mlflow'
  name: string
  /** What tells it from others of its program: the path of its folder, or its id. */
  source: string
  status: Extract<Run['status'], 'completed' | 'failed' | 'cancelled' | 'interrupted'>
  /** Milliseconds since 1970. */
  start: number | null
  end: number | null
  series: SeriesByKey
  parameters: Record<string, string>
  tags: Record<string, string>
  notes: string
  /** Points that a later beginning of the same run took back. */
  takenBack: number
  /** Values that are no scalars. */
  passedBy: number
  isCutOff: boolean
}

/** Kind of model of a run that another program made: nothing inside it can be looked at here. */
export const foreignKind = 'imported'
export const isForeign = (run: { spec: { model: { kind: string } } }): boolean => run.spec.model.kind === foreignKind

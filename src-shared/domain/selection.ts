import { z } from 'zod'
import { covarianceStructureSchema } from './models/mixtures'

/** Choosing the number of components and, for Gaussians, the structure of their covariances. */

export const selectionRequestSchema = z.strictObject({
  /** A specification of a mixture; components and covariance come from the grid. */
  spec: z.unknown(),
  components: z.array(z.int().min(1).max(1000)).min(1).max(100),
  /** Empty for families that have no structure. */
  structures: z.array(covarianceStructureSchema).default([]),
  /** Fits that go on to the end, in each cell. */
  restarts: z.int().min(1).max(1000).default(3),
  /** Parts of a cross-validation of the log-likelihood; 0 is none. */
  folds: z.int().min(0).max(100).default(0),
})
export type SelectionRequest = z.infer<typeof selectionRequestSchema>
export type SelectionGrid = Omit<SelectionRequest, 'spec'>

export const selectionCellSchema = z.object({
  components: z.int(),
  structure: covarianceStructureSchema.nullable(),
  /** Total, nats; null where every start collapsed. */
  logLikelihood: z.number().nullable(),
  freeParameters: z.int(),
  /** As mclust defines them: larger is better. */
  bic: z.number().nullable(),
  icl: z.number().nullable(),
  aic: z.number().nullable(),
  /** Mean per held-out row, nats. */
  crossValidated: z.number().nullable(),
  converged: z.boolean(),
  /** Only a spurious optimum was found; such a cell is not chosen. */
  spurious: z.boolean(),
})
export type SelectionCell = z.infer<typeof selectionCellSchema>

const choiceSchema = z.object({ components: z.int(), structure: covarianceStructureSchema.nullable(), value: z.number() }).nullable()

export const selectionSchema = z.object({
  rows: z.int(),
  cells: z.array(selectionCellSchema),
  best: z.object({ bic: choiceSchema, icl: choiceSchema, aic: choiceSchema, crossValidated: choiceSchema }),
  durationMs: z.number(),
})
export type Selection = z.infer<typeof selectionSchema>

export type Criterion = keyof Selection['best']

/** The proper cell where a criterion is largest. */
export function chooseCell(cells: readonly SelectionCell[], criterion: Criterion): Selection['best'][Criterion] {
  const proper = cells.filter((cell) => !cell.spurious && cell[criterion] !== null)
  const best = proper.reduce<SelectionCell | null>((most, cell) => (most === null || cell[criterion]! > most[criterion]! ? cell : most), null)
  return best && { components: best.components, structure: best.structure, value: best[criterion]! }
}

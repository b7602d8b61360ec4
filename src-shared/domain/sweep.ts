import { z } from 'zod'
import { noticeSchema } from './run'
import { parameterValueSchema, searchSpaceSchema } from './search-space'

/*
 * A sweep tries points of a space: each trial is one point, with one run per seed. What is written under `sweep:` in a specification is its
 * plan; the rest is the specification that every trial starts from.
 */

export const samplerNames = ['grid', 'random', 'sobol', 'tpe', 'gp', 'cma-es', 'nsga-ii'] as const
export const samplerSchema = z.enum(samplerNames)
export type SamplerName = z.infer<typeof samplerSchema>

const rungs = (reduction: number) =>
  z.strictObject({
    /** Epochs before a trial is first judged; without a value, a twentieth of them all. */
    minimum: z.int().min(1).max(100000).optional(),
    /** One in so many goes on. */
    reduction: z.int().min(2).max(100).default(reduction),
  })
export const prunerSchema = z.union([
  z.enum(['none', 'median', 'asha', 'hyperband']),
  z.strictObject({
    median: z.strictObject({
      /** Trials that are let through before anyone is judged. */
      startTrials: z.int().min(1).max(100000).default(5),
      /** Epochs before a trial is judged, and from one judgement to the next. */
      warmup: z.int().min(0).max(100000).default(1),
      interval: z.int().min(1).max(100000).default(1),
    }),
  }),
  z.strictObject({ asha: rungs(4) }),
  z.strictObject({ hyperband: rungs(3) }),
])
export type PrunerSpec = z.infer<typeof prunerSchema>
export const prunerNames = ['none', 'median', 'asha', 'hyperband'] as const

export const directionSchema = z.enum(['maximize', 'minimize'])
export const sweepObjectiveSchema = z.strictObject({
  /** A metric of the runs, e.g. validation/elbo. */
  metric: z.string().min(1),
  /** Without it: the way the metric is better. */
  direction: directionSchema.optional(),
})

export const sweepInputSchema = z.strictObject({
  parameters: searchSpaceSchema,
  /** Conditions on the parameters, e.g. `model.latent * 2 <= inference.batchSize`. */
  constraints: z.array(z.string()).max(100).default([]),
  sampler: samplerSchema.default('tpe'),
  pruner: prunerSchema.default('none'),
  trials: z.int().min(1).max(1000000).default(20),
  /** Without them: the seed of the specification. */
  seeds: z.array(z.int().min(0).max(4294967295)).min(1).max(1000).optional(),
  /** Trials that go on at once. */
  parallel: z.int().min(1).max(256).default(1),
  objective: z.union([sweepObjectiveSchema, z.array(sweepObjectiveSchema).min(1).max(4)]),
  /** Of the sampler. */
  seed: z.int().min(0).max(4294967295).default(1),
  /** The sweep ends when its first so many trials all fail; 0 is never. */
  stopAfterFailures: z.int().min(0).max(100000).default(5),
  /** A trial that takes longer is ended; 0 is never. */
  maxMinutes: z.number().min(0).max(1000000).default(0),
})
export type SweepInput = z.infer<typeof sweepInputSchema>

/** With everything filled in. */
export const sweepPlanSchema = sweepInputSchema.extend({
  seeds: z.array(z.int()),
  objective: z.array(z.object({ metric: z.string(), direction: directionSchema })),
})
export type SweepPlan = z.infer<typeof sweepPlanSchema>

export const trialStatusSchema = z.enum(['running', 'completed', 'pruned', 'failed', 'cancelled'])
export type TrialStatus = z.infer<typeof trialStatusSchema>

export const trialSchema = z.object({
  index: z.int(),
  parameters: z.record(z.string(), parameterValueSchema),
  status: trialStatusSchema,
  /** Mean over the seeds, one for each objective; of a pruned trial the last that was reported. */
  values: z.array(z.number().nullable()),
  /** Why it was pruned: the rule and its threshold; why it failed. */
  reason: noticeSchema.nullable(),
  /** Whether the sampler proposed it or a person. */
  source: z.enum(['sampler', 'user']),
  runs: z.array(z.object({ seed: z.int(), id: z.string() })),
  /** Of all its runs together. */
  epochs: z.int().nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
})
export type Trial = z.infer<typeof trialSchema>

export const sweepStatusSchema = z.enum(['running', 'paused', 'completed', 'failed', 'cancelled', 'interrupted'])
export type SweepStatus = z.infer<typeof sweepStatusSchema>

export const sweepSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: sweepStatusSchema,
  /** What every trial starts from, as it was written. */
  spec: z.record(z.string(), z.unknown()),
  plan: sweepPlanSchema,
  datasetName: z.string(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  error: noticeSchema.nullable(),
  /** Points of a person that wait to be tried. */
  enqueued: z.array(z.record(z.string(), parameterValueSchema)),
  counts: z.object({ running: z.int(), completed: z.int(), pruned: z.int(), failed: z.int(), cancelled: z.int() }),
  /** Index of the best completed trial; null where there is none, or several objectives. */
  best: z.int().nullable(),
  bestValue: z.number().nullable(),
  etaMs: z.number().nullable(),
})
export type Sweep = z.infer<typeof sweepSchema>

export const isSweepOver = (status: SweepStatus): boolean => status !== 'running' && status !== 'paused'
export const isTrialOver = (status: TrialStatus): boolean => status !== 'running'

/** Smaller is better, whatever the direction: what samplers and pruners compare. */
export const asCost = (value: number, direction: 'maximize' | 'minimize'): number => (direction === 'maximize' ? -value : value)

/** Trials that no other is better than in every objective, by index. */
export function paretoTrials(trials: readonly Trial[], plan: Pick<SweepPlan, 'objective'>): Trial[] {
  const costs = trials
    .filter(({ status, values }) => status === 'completed' && values.every((value) => value !== null))
    .map((trial) => ({ trial, cost: trial.values.map((value, index) => asCost(value!, plan.objective[index]!.direction)) }))
  const dominates = (a: number[], b: number[]): boolean => a.every((value, index) => value <= b[index]!) && a.some((value, index) => value < b[index]!)
  return costs.filter(({ cost }) => !costs.some((other) => dominates(other.cost, cost))).map(({ trial }) => trial)
}

/** The completed trial with the best value of the first objective; the earlier of equals. */
export function bestTrial(trials: readonly Trial[], plan: Pick<SweepPlan, 'objective'>): Trial | null {
  const { direction } = plan.objective[0]!
  let best: Trial | null = null
  for (const trial of trials) {
    const value = trial.values[0]
    if (trial.status !== 'completed' || value === null || value === undefined) continue
    if (best === null || asCost(value, direction) < asCost(best.values[0]!, direction)) best = trial
  }
  return best
}

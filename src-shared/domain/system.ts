import { z } from 'zod'
import { deviceKindSchema, runtimeNameSchema } from './devices'
import { noticeSchema } from './run'

export const runtimeInfoSchema = z.object({
  name: runtimeNameSchema,
  device: deviceKindSchema,
  precision: z.array(z.enum(['float32', 'float64'])),
  available: z.boolean(),
  /** unchecked: nothing speaks against it, but its self-test was not run yet. */
  state: z.enum(['passed', 'failed', 'absent', 'unchecked']),
  /** Why it is not available, in English; `notice` says it in every language. */
  reason: z.string().optional(),
  notice: noticeSchema.optional(),
  /** One larger training step in the self-test. */
  msPerStep: z.number().optional(),
  /** Largest relative deviation from the figures of the CPU in float64. */
  largestError: z.number().optional(),
  /** When its self-test was run. */
  checkedAt: z.string().optional(),
})
export type RuntimeInfo = z.infer<typeof runtimeInfoSchema>

export const systemInfoSchema = z.object({
  version: z.string(),
  node: z.string(),
  electron: z.string().optional(),
  platform: z.string(),
  cores: z.int(),
  runtimes: z.array(runtimeInfoSchema),
  home: z.string(),
  host: z.enum(['electron', 'server', 'cli']),
})
export type SystemInfo = z.infer<typeof systemInfoSchema>

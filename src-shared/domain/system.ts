import { z } from 'zod'

export const runtimeInfoSchema = z.object({
  name: z.enum(['onnx', 'tensorflow']),
  device: z.enum(['cpu', 'webgpu', 'cuda']),
  precision: z.array(z.enum(['float32', 'float64'])),
  available: z.boolean(),
  reason: z.string().optional(),
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

import { z } from 'zod'

/** Where a program can be computed. Without a vendor: webgpu. dml is DirectML (Windows), coreml is Apple's. */
export const deviceKinds = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const
export const deviceKindSchema = z.enum(deviceKinds)
export type DeviceKind = z.infer<typeof deviceKindSchema>

export const runtimeNameSchema = z.enum(['onnx', 'tensorflow'])
export type RuntimeName = z.infer<typeof runtimeNameSchema>

/** One way of computing: a library on a device. */
export interface Place {
  runtime: RuntimeName
  device: DeviceKind
}
export const samePlace = (one: Place, other: Place): boolean => one.runtime === other.runtime && one.device === other.device

/** Used where a specification leaves the choice open; kept in the data folder. */
export const settingsSchema = z.strictObject({
  device: z.enum(['auto', ...deviceKinds]).default('auto'),
  runtime: z.enum(['auto', 'onnx', 'tensorflow']).default('auto'),
  /** Runs at once; 0 leaves it to the program. */
  parallelRuns: z.int().min(0).max(64).default(0),
  /** Threads of one run; 0 shares the cores among the runs at once. */
  threadsPerRun: z.int().min(0).max(256).default(0),
})
export type Settings = z.infer<typeof settingsSchema>
export const defaultSettings: Settings = settingsSchema.parse({})

/** Mean time of the self-test's larger step has to be shorter than the CPU's for `auto` to choose a device. */
export const isFaster = (msPerStep: number | null | undefined, cpuMsPerStep: number | null | undefined): boolean =>
  typeof msPerStep === 'number' && (typeof cpuMsPerStep !== 'number' || msPerStep < cpuMsPerStep)

import { z } from 'zod'
import { deviceKindSchema, runtimeNameSchema, settingsSchema } from '../../domain/devices'
import { exampleSchema } from '../../domain/example'
import { runtimeInfoSchema, systemInfoSchema } from '../../domain/system'
import { method, none } from './words'

export const devicesStateSchema = z.object({
  runtimes: z.array(runtimeInfoSchema),
  /** The self-test that is under way. */
  checking: z.object({ runtime: runtimeNameSchema, device: deviceKindSchema, done: z.int(), total: z.int() }).nullable(),
})
export type DevicesState = z.infer<typeof devicesStateSchema>

/** Of the host, its devices and settings, and what it brings along. */
export const hostMethods = {
  'system.info': method(none, systemInfoSchema),

  /** What is known of the devices of this machine; nothing is tried. */
  'devices.list': method(none, devicesStateSchema),
  /** Runs every self-test now, each in a process of its own; resolves when all are done. */
  'devices.probe': method(none, devicesStateSchema),
  'settings.get': method(none, settingsSchema),
  'settings.set': method(settingsSchema, settingsSchema),

  /** Ready-made experiments on bundled data. */
  'examples.list': method(none, z.array(exampleSchema)),
}

import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { type Settings, defaultSettings, settingsSchema } from '@shared/domain/devices'
import { type RuntimeInfo, runtimeInfoSchema } from '@shared/domain/system'
import { AppError } from '@shared/rpc/errors'
import { writeFileAtomic } from './atomic-write'
import type { DataFolder } from './data-folder'

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** What was found out about devices on a machine described by `key`. */
const deviceCacheSchema = z.object({ key: z.string(), runtimes: z.array(runtimeInfoSchema) })

/** Null where nothing was found out on this machine; a file that cannot be read is as good as none, and is written anew. */
export function readDeviceCache(folder: Pick<DataFolder, 'devices'>, key: string): RuntimeInfo[] | null {
  try {
    const cache = deviceCacheSchema.parse(JSON.parse(readFileSync(folder.devices, 'utf8')))
    return cache.key === key ? cache.runtimes : null
  } catch {
    return null
  }
}

export const writeDeviceCache = (folder: Pick<DataFolder, 'devices'>, key: string, runtimes: readonly RuntimeInfo[]): void =>
  writeFileAtomic(folder.devices, pretty({ key, runtimes }))

/** Settings are the user's own: where they cannot be read, that is said and nothing is assumed. */
export function readSettings(folder: Pick<DataFolder, 'settings'>): Settings {
  if (!existsSync(folder.settings)) return defaultSettings
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(folder.settings, 'utf8')))
  } catch (error) {
    const reason = error instanceof z.ZodError ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') : (error as Error).message
    throw new AppError('settings/damaged', { path: folder.settings, reason })
  }
}

export const writeSettings = (folder: Pick<DataFolder, 'settings'>, settings: Settings): void => writeFileAtomic(folder.settings, pretty(settings))

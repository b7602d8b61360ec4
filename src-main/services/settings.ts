import type { Settings } from '@shared/domain/devices'
import { defaultSettings } from '@shared/domain/devices'
import type { HostEvent } from '@shared/rpc/contract'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { DataFolder } from '../files/data-folder'
import { readSettings, writeSettings } from '../files/json-files'

export interface SettingsService {
  methods: MethodsOf<'settings'>
  /** Throws settings/damaged. */
  get(): Settings
  /** For what must go on in any case: the defaults where the file is damaged, which `get` reports. */
  orDefault(): Settings
}

export function createSettingsService(folder: DataFolder, publish: (event: HostEvent) => void): SettingsService {
  let known: Settings | null = null
  const get = (): Settings => (known ??= readSettings(folder))
  return {
    get,
    orDefault: () => {
      try {
        return get()
      } catch {
        return defaultSettings
      }
    },
    methods: {
      'settings.get': () => get(),
      'settings.set': (settings) => {
        writeSettings(folder, settings)
        known = settings
        publish({ name: 'settings.changed', payload: { settings } })
        return settings
      },
    },
  }
}

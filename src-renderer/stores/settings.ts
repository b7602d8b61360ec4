import { type Settings } from '@shared/domain/devices'
import type { Notice } from '@shared/domain/run'
import type { DevicesState } from '@shared/rpc/contract'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { host } from '../api/host'
import { noticeOf } from './notice'

/** What is known of the devices, and what is used where a specification leaves the choice open. */
export const useSettingsStore = defineStore('settings', () => {
  const devices = shallowRef<DevicesState | null>(null)
  const settings = shallowRef<Settings | null>(null)
  const error = shallowRef<Notice | null>(null)

  async function load(): Promise<void> {
    error.value = null
    const asked = [
      host().call('devices.list', {}).then((state) => (devices.value = state)),
      host().call('settings.get', {}).then((found) => (settings.value = found)),
    ]
    for (const result of await Promise.allSettled(asked)) if (result.status === 'rejected') error.value = noticeOf(result.reason)
  }

  /** Resolves when every device was tried; events tell how far it is. */
  async function probe(): Promise<void> {
    devices.value = await host().call('devices.probe', {})
  }

  async function change(changes: Settings): Promise<void> {
    // at once, so that a second change made before the reply builds on this one
    settings.value = changes
    try {
      await host().call('settings.set', changes)
      error.value = null
    } catch (problem) {
      await load()
      throw problem
    }
  }

  host().on('devices.changed', (state) => (devices.value = state))
  host().on('settings.changed', (changed) => (settings.value = changed.settings))
  host().onGap(() => void load())
  return { devices, settings, error, load, probe, change }
})

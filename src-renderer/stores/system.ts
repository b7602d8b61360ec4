import type { Notice } from '@shared/domain/run'
import type { SystemInfo } from '@shared/domain/system'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { noticeOf } from './notice'

export const useSystemStore = defineStore('system', () => {
  const info = shallowRef<SystemInfo | null>(null)
  const error = shallowRef<Notice | null>(null)
  const connected = ref(true)

  async function load(): Promise<void> {
    try {
      info.value = await host().call('system.info', {})
      error.value = null
    } catch (problem) {
      error.value = noticeOf(problem)
    }
  }

  host().on('devices.changed', ({ runtimes }) => {
    if (info.value) info.value = { ...info.value, runtimes }
  })
  host().onStatus((value) => (connected.value = value))
  host().onGap(() => void load())
  void load()

  return { info, error, connected, load }
})

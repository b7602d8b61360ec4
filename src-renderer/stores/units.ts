import type { Notice, Run } from '@shared/domain/run'
import type { WayBack } from '@shared/domain/way-back'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { noticeOf } from './notice'

export type UnitsWanted = 'file' | 'model'

/** The way back from what a run's model saw to the units of its file, and in which of the two it is to be shown. */
export const useUnitsStore = defineStore('units', () => {
  const id = ref('')
  const way = shallowRef<WayBack | null>(null)
  const error = shallowRef<Notice | null>(null)
  /** Null: what suits the run. */
  const wanted = ref<UnitsWanted | null>(null)

  async function open(run: Pick<Run, 'id' | 'spec'>): Promise<void> {
    if (id.value === run.id && way.value !== null) return
    if (id.value !== run.id) way.value = null
    id.value = run.id
    error.value = null
    if (run.spec.preprocess.length === 0) return
    try {
      const found = await host().call('inspect.wayBack', { id: run.id })
      if (id.value === run.id) way.value = found
    } catch (problem) {
      if (id.value === run.id) error.value = noticeOf(problem)
    }
  }

  return { id, way, error, wanted, open }
})

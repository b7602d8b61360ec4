import type { AlignedRestarts, Alignment, MergeTreeAnswer } from '@shared/domain/merging'
import type { Notice } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { noticeOf } from './notice'

/** Components of a fitted mixture merged into clusters, beside those of its restarts and of another run. */
export const useClustersStore = defineStore('clusters', () => {
  const runId = ref('')
  const tree = shallowRef<MergeTreeAnswer | null>(null)
  const error = shallowRef<Notice | null>(null)
  const restarts = shallowRef<AlignedRestarts | null>(null)
  const alignment = shallowRef<Alignment | null>(null)
  const alignmentError = shallowRef<Notice | null>(null)

  async function open(id: string, hasRestarts: boolean): Promise<void> {
    runId.value = id
    tree.value = restarts.value = alignment.value = error.value = alignmentError.value = null
    try {
      const [merges, aligned] = await Promise.all([
        host().call('inspect.merges', { id }),
        hasRestarts ? host().call('inspect.alignedRestarts', { id }).catch(() => null) : null,
      ])
      if (runId.value !== id) return
      tree.value = merges
      restarts.value = aligned
    } catch (problem) {
      if (runId.value === id) error.value = noticeOf(problem)
    }
  }

  async function compare(id: string, other: string): Promise<void> {
    alignmentError.value = null
    try {
      const found = await host().call('inspect.alignment', { id, other })
      if (runId.value === id) alignment.value = found
    } catch (problem) {
      if (runId.value === id) alignmentError.value = noticeOf(problem)
    }
  }

  return { tree, error, restarts, alignment, alignmentError, open, compare }
})

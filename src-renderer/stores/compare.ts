import type { ComparedCurve, Comparison } from '@shared/domain/comparison'
import { primaryMetric } from '@shared/domain/metric'
import type { Notice } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { noticeOf } from './notice'
import { useRunsStore } from './runs'

/** The runs that stand side by side, with the statistics and curves of one metric. */
export const useCompareStore = defineStore('compare', () => {
  const state = ref<'empty' | 'loading' | 'ready' | 'error'>('empty')
  const error = shallowRef<Notice | null>(null)
  const comparison = shallowRef<Comparison | null>(null)
  const curves = shallowRef<ComparedCurve[]>([])
  const keys = shallowRef<string[]>([])
  const metric = ref<string | null>(null)
  let asked = 0

  /** The figure a list shows first, where the runs have it; else the first they have. */
  function usualMetric(first: string, names: readonly string[]): string | null {
    const kind = useRunsStore().byId.get(first)?.spec.model.kind
    const usual = kind && primaryMetric[kind]
    return usual && names.includes(usual) ? usual : (names[0] ?? null)
  }

  async function open(runs: readonly string[], wanted: string | null): Promise<void> {
    const turn = ++asked
    if (runs.length < 2) {
      state.value = 'empty'
      return
    }
    if (state.value !== 'ready') state.value = 'loading'
    try {
      const outline = await host().call('compare.runs', { runs: [...runs], metrics: [] })
      const names = Object.keys(outline.metrics)
      const key = wanted !== null && names.includes(wanted) ? wanted : usualMetric(outline.runs[0]!.id, names)
      const [full, drawn] = key === null ? [outline, []] : await Promise.all([
        host().call('compare.runs', { runs: [...runs], metrics: [key] }),
        host().call('compare.curves', { runs: [...runs], key }),
      ])
      if (turn !== asked) return
      comparison.value = full
      curves.value = drawn
      keys.value = names
      metric.value = key
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      if (turn !== asked) return
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }
  return { state, error, comparison, curves, keys, metric, open }
})

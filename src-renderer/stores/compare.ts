import type { CommonPictures, ComparedCurve, Comparison, GroupEnvelope } from '@shared/domain/comparison'
import { primaryMetric } from '@shared/domain/metric'
import type { Notice, Pictures } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { afterPaint } from '../composables/after-paint'
import { noticeOf } from './notice'
import { useRunsStore } from './runs'

/** Above so many lines, groups are drawn as envelopes. */
export const mostLines = 200
/** A curve of more points is drawn by its extremes. */
const mostPoints = 4000
/** With more groups than this, each is tested against the best instead of every other. */
const mostGroups = 20

/** The runs that stand side by side: curves of one metric first, its statistics as soon as they are there. */
export const useCompareStore = defineStore('compare', () => {
  const state = ref<'empty' | 'loading' | 'ready' | 'error'>('empty')
  const error = shallowRef<Notice | null>(null)
  const comparison = shallowRef<Comparison | null>(null)
  const curves = shallowRef<ComparedCurve[]>([])
  const envelopes = shallowRef<GroupEnvelope[] | null>(null)
  const keys = shallowRef<string[]>([])
  const metric = ref<string | null>(null)
  /** Tests are of every group against the best one. */
  const isAgainstBest = ref(false)
  const pictures = shallowRef<CommonPictures | null>(null)
  let asked = 0
  let shown = ''

  /** The figure a list shows first, where the runs have it; else the first they have. */
  function usualMetric(first: string, names: readonly string[]): string | null {
    const kind = useRunsStore().byId.get(first)?.spec.model.kind
    const usual = kind && primaryMetric[kind]
    return usual && names.includes(usual) ? usual : (names[0] ?? null)
  }

  const curvesOf = (runs: readonly string[], key: string): Promise<ComparedCurve[]> => host().call('compare.curves', { runs: [...runs], key, most: mostPoints })
  /** `early`: curves that were asked for before it was known whether they are the ones to draw. */
  async function drawn(outline: Comparison, key: string | null, early: { key: string; curves: Promise<ComparedCurve[]> } | null): Promise<{ curves: ComparedCurve[]; envelopes: GroupEnvelope[] | null }> {
    if (key === null) return { curves: [], envelopes: null }
    if (outline.runs.length > mostLines) return { curves: [], envelopes: await host().call('compare.envelopes', { groups: outline.statistics.groups.map(({ runs }) => runs), key }) }
    return { curves: await (early?.key === key ? early.curves : curvesOf(outline.runs.map(({ id }) => id), key)), envelopes: null }
  }

  async function open(runs: readonly string[], wanted: string | null): Promise<void> {
    const turn = ++asked
    if (runs.length < 2) {
      state.value = 'empty'
      return
    }
    // with another metric the picture stays until the next is there; other runs are another page
    const named = runs.join(',')
    if (state.value !== 'ready' || named !== shown) state.value = 'loading'
    shown = named
    const early = wanted !== null && runs.length <= mostLines ? { key: wanted, curves: curvesOf(runs, wanted) } : null
    early?.curves.catch(() => undefined)
    try {
      const outline = await host().call('compare.runs', { runs: [...runs], metrics: [] })
      const names = Object.keys(outline.metrics)
      const key = wanted !== null && names.includes(wanted) ? wanted : usualMetric(outline.runs[0]!.id, names)
      const lines = await drawn(outline, key, early)
      if (turn !== asked) return
      comparison.value = outline
      curves.value = lines.curves
      envelopes.value = lines.envelopes
      keys.value = names
      metric.value = key
      error.value = null
      state.value = 'ready'
      // thousands of resamples come after the picture
      await afterPaint()
      if (turn !== asked) return
      const isMany = outline.statistics.groups.length > mostGroups
      const full = key === null ? outline : await host().call('compare.runs', { runs: [...runs], metrics: [key], ...(isMany && { against: 'best' as const }) })
      const common = await host().call('compare.pictures', { runs: [...runs] })
      if (turn !== asked) return
      isAgainstBest.value = isMany
      comparison.value = full
      pictures.value = common
    } catch (problem) {
      if (turn !== asked) return
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }
  const picturesOf = (id: string, step: number): Promise<Pictures> => host().call('runs.pictures', { id, step })
  return { state, error, comparison, curves, envelopes, keys, metric, isAgainstBest, pictures, open, picturesOf }
})

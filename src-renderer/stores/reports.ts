import { type ComposedReport, type FigureFormat, type FigureLook, type Report, type ReportBlock, type ReportFormat, type ReportPlan, type ReportTemplate } from '@shared/domain/report'
import { figureQuerySchema, type FigureQuery, type LiveFigure } from '@shared/domain/figure-query'
import type { PinnedChart } from '@shared/domain/report-figure'
import type { Notice } from '@shared/domain/run'
import type { MethodOutput } from '@shared/rpc/contract'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'
import { usePreferencesStore } from './preferences'
import { useUnitsStore } from './units'

const settleMs = 300

/** The question of a chart with the ids that its screen is about. */
function completed(live: LiveFigure, { runs, sweep }: { runs: readonly string[]; sweep: string | null }): FigureQuery {
  const { shape } = figureQuerySchema.options.find((option) => option.shape.kind.value === live.kind)!
  const { wanted } = useUnitsStore()
  const units = 'units' in shape && wanted !== null ? { units: wanted } : {}
  const ids = { ...units, ...('run' in shape && runs[0] !== undefined ? { run: runs[0] } : {}), ...('runs' in shape && runs.length > 0 ? { runs: [...runs] } : {}), ...('sweep' in shape && sweep !== null ? { sweep } : {}) }
  return figureQuerySchema.parse({ ...ids, ...live })
}
const runsOf = (query: FigureQuery): string[] => [...('run' in query && query.run !== undefined ? [query.run] : []), ...(('runs' in query && query.runs) || [])]

/** Saved reports, and the one that is being built: every change is stored and the page made anew from the store. */
export const useReportsStore = defineStore('reports', () => {
  const list = shallowRef<MethodOutput<'reports.list'>>([])
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)

  const current = shallowRef<Report | null>(null)
  const openState = ref<'loading' | 'ready' | 'error'>('loading')
  const openError = shallowRef<Notice | null>(null)
  const page = shallowRef<ComposedReport | null>(null)
  const pageError = shallowRef<Notice | null>(null)
  const figures = shallowRef<FigureQuery[]>([])
  const dirty = ref(false)
  const composing = ref(false)
  const plan = computed(() => current.value?.plan ?? null)
  /** The report that charts of other screens go into. */
  const lastOpened = ref<string | null>(null)

  async function load(): Promise<void> {
    try {
      list.value = await host().call('reports.list', {})
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  const compose = newestWins(async (wanted: ReportPlan): Promise<void> => {
    composing.value = true
    try {
      page.value = await host().call('reports.compose', { plan: wanted })
      pageError.value = null
    } catch (problem) {
      pageError.value = noticeOf(problem)
    } finally {
      composing.value = false
    }
  })
  const findFigures = newestWins(async ({ runs, sweep }: Pick<ReportPlan, 'runs' | 'sweep'>): Promise<void> => {
    // of runs that are gone the page itself tells
    figures.value = await host().call('reports.figures', { runs, sweep }).catch(() => [])
  })
  const store = newestWins(async ({ id, plan: wanted }: { id: string; plan: ReportPlan }): Promise<void> => {
    try {
      const saved = await host().call('reports.save', { id, plan: wanted })
      if (current.value?.id !== id || current.value.plan !== wanted) return
      current.value = { ...saved, plan: wanted }
      dirty.value = false
    } catch (problem) {
      pageError.value = noticeOf(problem)
    }
  })

  async function open(id: string): Promise<void> {
    await flush()
    openState.value = 'loading'
    page.value = null
    try {
      current.value = await host().call('reports.get', { id })
      lastOpened.value = id
      dirty.value = false
      openError.value = null
      openState.value = 'ready'
      await Promise.all([compose(current.value.plan), findFigures(current.value.plan)])
    } catch (problem) {
      openError.value = noticeOf(problem)
      openState.value = 'error'
    }
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  async function flush(): Promise<void> {
    clearTimeout(timer)
    if (current.value && dirty.value) await store({ id: current.value.id, plan: current.value.plan })
  }
  function edit(change: Partial<ReportPlan>): void {
    if (!current.value) return
    current.value = { ...current.value, plan: { ...current.value.plan, ...change } }
    dirty.value = true
    clearTimeout(timer)
    timer = setTimeout(refresh, settleMs)
    if (change.runs || change.sweep !== undefined) void findFigures(current.value.plan)
  }
  function refresh(): void {
    if (!current.value) return
    if (dirty.value) void store({ id: current.value.id, plan: current.value.plan })
    void compose(current.value.plan)
  }

  /** A new report of these runs, saved; gives its id. */
  async function create(choice: { runs: string[]; sweep: string | null; template?: ReportTemplate }): Promise<string> {
    const made = await host().call('reports.template', { ...choice, language: usePreferencesStore().language })
    return (await host().call('reports.save', { plan: made })).id
  }
  const remove = async (id: string): Promise<void> => void (await host().call('reports.remove', { id }))
  const freeze = async (index: number): Promise<void> => {
    if (!plan.value) return
    const wanted = plan.value
    const block = await host().call('reports.freeze', { plan: wanted, index })
    if (plan.value === wanted) edit({ blocks: wanted.blocks.map((one, at) => (at === index ? block : one)) })
  }
  const render = (format: ReportFormat): Promise<MethodOutput<'reports.render'>> => host().call('reports.render', { plan: plan.value!, format })
  const renderFigure = (index: number, format: FigureFormat, look: FigureLook): Promise<MethodOutput<'reports.renderFigure'>> =>
    host().call('reports.renderFigure', { plan: plan.value!, index, format, look })

  /**
   * A chart of another screen goes to the end of the report that was open last, or into a new one; gives its title. Where the host can draw it, it
   * is live: the screen's runs or sweep become part of its question, and of the report.
   */
  async function pin(pinned: PinnedChart, live: LiveFigure | null, shown: { runs: readonly string[]; sweep: string | null }): Promise<string> {
    await flush()
    const block: ReportBlock = live ? { kind: 'figure', figure: completed(live, shown), frozen: null } : { kind: 'pinned', pinned, at: new Date().toISOString() }
    const runs = block.kind === 'figure' ? runsOf(block.figure) : shown.runs
    const before = lastOpened.value === null ? null : await host().call('reports.get', { id: lastOpened.value }).catch(() => null)
    const wanted: ReportPlan = before?.plan ?? { title: pinned.title, language: usePreferencesStore().language, runs: [...runs], sweep: shown.sweep, blocks: [] }
    const { id, plan: saved } = await host().call('reports.save', { ...(before ? { id: before.id } : {}), plan: { ...wanted, runs: [...new Set([...wanted.runs, ...runs])], blocks: [...wanted.blocks, block] } })
    lastOpened.value = id
    return saved.title
  }

  host().on('report.changed', ({ report }) => {
    void load()
    if (report.id !== current.value?.id || dirty.value || report.updatedAt <= current.value.updatedAt) return
    current.value = report
    void compose(report.plan)
  })
  host().on('report.removed', () => void load())
  /* Figures are live: what ends or is renamed is drawn anew. */
  host().on('run.changed', ({ run }) => {
    if (!plan.value?.runs.includes(run.id)) return
    clearTimeout(timer)
    timer = setTimeout(refresh, settleMs)
  })
  host().onGap(() => void load())
  void load()

  return { list, state, error, load, current, plan, page, pageError, figures, dirty, composing, openState, openError, lastOpened, open, flush, edit, create, remove, freeze, render, renderFigure, pin }
})

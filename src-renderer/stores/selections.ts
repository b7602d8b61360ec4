import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Notice, Run } from '@shared/domain/run'
import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import { type Selection, type SelectionRequestInput, type SelectionUnit, cellSpec } from '@shared/domain/selection'
import { unitKey } from '@shared/domain/selection-units'
import { host } from '../api/host'
import { oncePerFrame } from '../composables/once-per-frame'
import { noticeOf } from './notice'
import { useRunsStore } from './runs'

export const isGoingOn = ({ status }: Selection): boolean => status === 'queued' || status === 'running'

/** All selections, and the units of the one that is looked at: a snapshot, continued by events. */
export const useSelectionsStore = defineStore('selections', () => {
  const byId = shallowRef(new Map<string, Selection>())
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)
  const list = computed(() => [...byId.value.values()].sort((left, right) => right.createdAt.localeCompare(left.createdAt)))
  const active = computed(() => list.value.filter(isGoingOn))

  const openId = ref<string | null>(null)
  const openError = shallowRef<Notice | null>(null)
  const units = shallowRef<readonly SelectionUnit[]>([])
  let known = new Map<string, SelectionUnit>()
  const redraw = oncePerFrame(() => (units.value = [...known.values()]))

  const put = (selection: Selection): void => void (byId.value = new Map(byId.value).set(selection.id, selection))

  async function load(): Promise<void> {
    try {
      byId.value = new Map((await host().call('selections.list', {})).map((selection) => [selection.id, selection]))
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  /** Units are told once and never change; whichever way one arrives, it takes its place. */
  async function open(id: string): Promise<void> {
    if (openId.value !== id) {
      openId.value = id
      known = new Map()
      units.value = []
    }
    openError.value = null
    try {
      const snapshot = await host().call('selections.open', { id })
      if (openId.value !== id) return
      put(snapshot.selection)
      for (const unit of snapshot.units) known.set(unitKey(unit), unit)
      redraw()
    } catch (problem) {
      if (openId.value === id) openError.value = noticeOf(problem)
    }
  }

  async function start(request: SelectionRequestInput): Promise<Selection> {
    const selection = await host().call('selections.start', request)
    if (!byId.value.has(selection.id)) put(selection)
    return selection
  }
  const cancel = async (id: string): Promise<void> => void (await host().call('selections.cancel', { id }))
  const resume = async (id: string): Promise<void> => void (await host().call('selections.resume', { id }))
  const remove = async (id: string): Promise<void> => void (await host().call('selections.remove', { id }))

  /** The run that has the specification of a cell: the newest there is that did not fail, or a new one. */
  async function runOf({ question, datasetId }: Selection, components: number, structure: CovarianceStructure | null): Promise<Run> {
    const runs = useRunsStore()
    const spec = { ...cellSpec(question.spec, components, structure), name: '' }
    const wanted = canonical(spec)
    const query = `status != failed model = ${spec.model.kind} seed = ${spec.seed} model.components = ${components}`
    const { ids } = await host().call('table.match', { query, shelf: 'all' })
    for (const id of ids) {
      const known = runs.byId.get(id)
      if (known?.datasetId !== datasetId || known.shelf === 'trash') continue
      const run = await runs.whole(id)
      if (canonical({ ...run.spec, name: '' }) === wanted) return run
    }
    return runs.start(spec)
  }

  host().on('selection.changed', ({ selection }) => put(selection))
  host().on('selection.removed', ({ id }) => {
    const next = new Map(byId.value)
    next.delete(id)
    byId.value = next
  })
  host().on('selection.units', ({ id, units: told }) => {
    if (id !== openId.value) return
    for (const unit of told) known.set(unitKey(unit), unit)
    redraw()
  })
  host().onGap(() => {
    void load()
    if (openId.value) void open(openId.value)
  })
  void load()

  return { byId, state, error, list, active, openId, openError, units, load, open, start, cancel, resume, remove, runOf }
})

/** The same for equal values, whatever the order of their fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  )
}

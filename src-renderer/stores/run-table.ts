import type { Notice, Shelf } from '@shared/domain/run'
import type { RunSummary, SavedView, TableView } from '@shared/domain/run-table'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'
import { type CellValue, columnKeyOf, useRunColumnsStore } from './run-columns'
import { type Grouping, useRunsTableGrouping } from './run-grouping'
import { useRunsStore } from './runs'

export const usualColumns = ['dataset', 'model', 'figure', 'progress', 'duration', 'created', 'tags', 'notes']
export const builtInColumns = [...usualColumns, 'seed', 'status', 'iterations', 'epochs', 'device', 'id'] as const

/** What a run is sorted by in a column that is built in. */
const sortValues: Record<string, (run: RunSummary) => CellValue> = {
  name: ({ name }) => name.toLowerCase(),
  status: ({ status }) => status,
  dataset: ({ datasetName }) => datasetName.toLowerCase(),
  model: ({ spec }) => spec.model.kind,
  figure: ({ figure }) => figure,
  progress: ({ progress }) => progress?.fraction ?? null,
  duration: ({ durationMs }) => durationMs,
  created: ({ createdAt }) => createdAt,
  tags: ({ tags }) => tags.join(', ').toLowerCase() || null,
  notes: ({ notes }) => notes.toLowerCase() || null,
  seed: ({ spec }) => spec.seed,
  iterations: ({ iterations }) => iterations,
  epochs: ({ epochs }) => epochs,
  device: ({ device }) => device,
  id: ({ id }) => id,
}

const reorderMs = 1000
const typingRestMs = 300
/** Numbers before texts, each in their order; what is missing stands at the end whichever way it is sorted. */
export function compareCells(left: CellValue, right: CellValue): number {
  if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1
  return left! < right! ? -1 : left! > right! ? 1 : 0
}

/** What the table of runs shows: which runs, which columns, in which order. */
export const useRunTableStore = defineStore('run-table', () => {
  const runs = useRunsStore()
  const columnStore = useRunColumnsStore()
  const grouping = useRunsTableGrouping()
  const query = ref('')
  const shelf = ref<Shelf>('current')
  const columns = shallowRef<string[]>(usualColumns)
  const hideConstant = ref(true)
  const sort = shallowRef<TableView['sort']>(null)
  const selected = shallowRef<ReadonlySet<string>>(new Set())
  /** What is wrong with the query that is typed; the last one that could be read stays in force. */
  const problem = shallowRef<Notice | null>(null)
  const matchingIds = shallowRef<ReadonlySet<string> | null>(null)

  const counts = computed(() => {
    const found: Record<Shelf, number> = { current: 0, archive: 0, trash: 0 }
    for (const run of runs.all) found[run.shelf] += 1
    return found
  })
  const matching = computed(() => {
    const ids = matchingIds.value
    return runs.all.filter((run) => run.shelf === shelf.value && (ids === null || ids.has(run.id)))
  })

  const ask = newestWins((input: { query: string; shelf: Shelf }) => host().call('table.match', input))
  async function match(): Promise<void> {
    const wanted = { query: query.value, shelf: shelf.value }
    if (wanted.query.trim() === '') {
      matchingIds.value = null
      problem.value = null
      return
    }
    try {
      const found = await ask(wanted)
      if (!found || query.value !== wanted.query || shelf.value !== wanted.shelf) return
      matchingIds.value = new Set(found.ids)
      problem.value = null
    } catch (caught) {
      if (query.value === wanted.query) problem.value = noticeOf(caught)
    }
  }
  async function search(text: string): Promise<void> {
    query.value = text
    await match()
  }
  async function show(next: Shelf): Promise<void> {
    shelf.value = next
    selected.value = new Set()
    await match()
  }

  /** Rows in order. While runs go on, the order is taken anew once a second at most. */
  const rows = shallowRef<readonly RunSummary[]>([])
  function arrange(): void {
    const by = sort.value
    const found = matching.value
    if (!by) {
      rows.value = found
      return
    }
    const builtIn = sortValues[by.column]
    const read = builtIn ? null : columnStore.reader(by.column)
    const keyed = found.map((run) => ({ run, key: builtIn ? builtIn(run) : read!(run.id) }))
    const present = keyed.filter(({ key }) => key !== null).sort((left, right) => (by.descending ? -1 : 1) * compareCells(left.key, right.key))
    rows.value = [...present, ...keyed.filter(({ key }) => key === null)].map(({ run }) => run)
  }
  async function sortBy(next: TableView['sort']): Promise<void> {
    sort.value = next
    if (next && columnKeyOf(next.column)) await columnStore.ensure([next.column])
    arrange()
  }
  watch([matchingIds, shelf, sort], arrange)
  let waiting: ReturnType<typeof setTimeout> | undefined
  watch(
    () => [runs.byId, sort.value ? columnStore.version : 0],
    () => {
      const ids = new Set(rows.value.map(({ id }) => id))
      const current = matching.value
      if (!sort.value) arrange()
      else if (current.length !== rows.value.length || current.some(({ id }) => !ids.has(id))) arrange()
      else rows.value = rows.value.map(({ id }) => runs.byId.get(id)!)
      waiting ??= setTimeout(() => {
        waiting = undefined
        if (matchingIds.value) void match()
        if (sort.value) arrange()
      }, reorderMs)
    },
    { immediate: true },
  )

  /** Columns of metrics and fields that are the same in all runs shown; null: not known yet. */
  const varying = shallowRef<ReadonlySet<string> | null>(null)
  const askVarying = newestWins((input: { query: string; shelf: Shelf }) => host().call('table.varying', input))
  const needsVarying = computed(() => hideConstant.value && columns.value.some((column) => columnKeyOf(column)))
  async function findVarying(): Promise<void> {
    if (!needsVarying.value || problem.value) return
    const found = await askVarying({ query: query.value, shelf: shelf.value })
    if (found) varying.value = new Set([...found.metrics.flatMap((name) => [`metric:${name}`, `best:${name}`]), ...found.parameters.map((name) => `parameter:${name}`)])
  }
  watch([needsVarying, shelf], () => void findVarying())
  /** Thousands of columns are looked through when typing rests, not between two letters. */
  let resting: ReturnType<typeof setTimeout> | undefined
  watch(matchingIds, () => {
    clearTimeout(resting)
    resting = setTimeout(() => void findVarying(), typingRestMs)
  })
  const constant = computed(() => (needsVarying.value && varying.value ? columns.value.filter((column) => columnKeyOf(column) && !varying.value!.has(column)) : []))
  const shownColumns = computed(() => {
    const hidden = new Set(constant.value)
    return hidden.size === 0 ? columns.value : columns.value.filter((column) => !hidden.has(column))
  })

  const views = shallowRef<SavedView[]>([])
  const loadViews = async (): Promise<void> => void (views.value = await host().call('views.list', {}))
  const current = (): TableView => ({
    ...{ query: query.value, shelf: shelf.value, columns: [...columns.value], hideConstant: hideConstant.value, sort: sort.value },
    ...{ grouping: grouping.grouping, selected: [...selected.value] },
  })
  async function saveView(name: string): Promise<void> {
    views.value = await host().call('views.save', { name, view: current() })
  }
  async function removeView(name: string): Promise<void> {
    views.value = await host().call('views.remove', { name })
  }
  async function applyView({ view }: SavedView): Promise<void> {
    ;[query.value, shelf.value, hideConstant.value] = [view.query, view.shelf, view.hideConstant]
    columns.value = view.columns
    grouping.grouping = view.grouping as Grouping
    selected.value = new Set(view.selected.filter((id) => runs.byId.has(id)))
    await match()
    await sortBy(view.sort)
  }

  return {
    ...{ query, shelf, columns, hideConstant, sort, selected, problem, counts, matching, rows, constant, shownColumns, views },
    ...{ search, show, sortBy, loadViews, saveView, removeView, applyView },
  }
})

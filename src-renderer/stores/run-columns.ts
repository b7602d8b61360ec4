import { flattenSpec } from '@shared/domain/flat-spec'
import { metricInfo } from '@shared/domain/metric'
import type { Run } from '@shared/domain/run'
import { type ColumnKey, columnValue, type ColumnValues } from '@shared/domain/run-table'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { oncePerFrame } from '../composables/once-per-frame'

interface Column {
  at: Map<string, number>
  values: ColumnValues
  /** What was told since. */
  told: Map<string, number | string | null>
}
export type CellValue = number | string | null

/** `metric:train/elbo` → what the host is asked for, `heldOut:test/elbo` → what is known of it; null for columns that are built in. */
export function columnKeyOf(column: string): ColumnKey | null {
  const [, kind, name] = /^(metric|best|heldOut|parameter):(.*)$/s.exec(column) ?? []
  if (kind === undefined || name === undefined) return null
  return { kind: kind === 'parameter' ? 'parameter' : 'metric', name, of: kind === 'best' || kind === 'heldOut' ? kind : 'end' }
}

const isLower = (key: string): boolean => metricInfo[key.slice(key.indexOf('/') + 1).replace(/\[\d+\]$/, '')]?.better === 'lower'

/** Columns of metrics and fields over all runs. Only those that were asked for are here; events keep them up to date. */
export const useRunColumnsStore = defineStore('run-columns', () => {
  const columns = new Map<string, Column>()
  /** Counts what came in, so that what reads cells is computed again. */
  const version = ref(0)
  const names = shallowRef<{ metrics: string[]; parameters: string[] }>({ metrics: [], parameters: [] })
  const redraw = oncePerFrame(() => (version.value += 1))

  let wanted = new Set<string>()
  const underWay = new Set<string>()
  let asking: Promise<void> | null = null
  /** Resolves when all of them are here. */
  async function ensure(ids: readonly string[]): Promise<void> {
    for (const id of ids) if (!columns.has(id) && !underWay.has(id) && columnKeyOf(id)) wanted.add(id)
    if (wanted.size === 0) return asking ?? undefined
    asking = (asking ?? Promise.resolve()).then(fetchWanted)
    return asking
  }
  async function fetchWanted(): Promise<void> {
    const asked = [...wanted]
    wanted = new Set()
    if (asked.length === 0) return
    for (const id of asked) underWay.add(id)
    try {
      const found = await host().call('table.columns', { keys: asked.map((id) => columnKeyOf(id)!) })
      const at = new Map(found.ids.map((id, index) => [id, index]))
      asked.forEach((id, index) => columns.set(id, { at, values: found.columns[index]!, told: columns.get(id)?.told ?? new Map() }))
      version.value += 1
    } finally {
      for (const id of asked) underWay.delete(id)
    }
  }

  /** Reads cells of one column; null where a run has no such value or the column is not here yet. */
  function reader(id: string): (run: string) => CellValue {
    const column = columns.get(id)
    if (!column) return () => null
    const { at, values, told } = column
    return (run) => {
      const heard = told.size > 0 ? told.get(run) : undefined
      if (heard !== undefined) return heard
      const index = at.get(run)
      const value = index === undefined ? null : (values[index] ?? null)
      return typeof value === 'number' && Number.isNaN(value) ? null : value
    }
  }

  function hear(run: Run): void {
    if (columns.size === 0) return
    let fields: Record<string, CellValue> | null = null
    for (const [id, { at, told }] of columns) {
      const { kind, name, of } = columnKeyOf(id)!
      if (kind === 'parameter') {
        if (at.has(run.id) || told.has(run.id)) continue
        fields ??= { ...Object.fromEntries(Object.entries(flattenSpec(run.spec)).map(([path, value]) => [path, columnValue(value)])), dataset: run.datasetName }
        if (name in fields) told.set(run.id, fields[name]!)
        continue
      }
      if (of === 'heldOut') {
        if (run.heldOut[name]) told.set(run.id, JSON.stringify(run.heldOut[name]))
        continue
      }
      const value = run.metrics[name]
      if (value === undefined || value === null) continue
      const before = of === 'best' ? reader(id)(run.id) : null
      told.set(run.id, typeof before === 'number' ? (isLower(name) ? Math.min(before, value) : Math.max(before, value)) : value)
    }
    redraw()
  }

  async function loadNames(): Promise<void> {
    names.value = await host().call('table.names', {})
  }

  host().on('run.changed', ({ run }) => hear(run))
  host().onGap(() => {
    columns.clear()
    version.value += 1
  })
  return { version, names, ensure, reader, loadNames }
})

import { rmSync } from 'node:fs'
import type { Dataset } from '@shared/domain/dataset'
import type { Notice } from '@shared/domain/run'
import type { Selection, SelectionUnit } from '@shared/domain/selection'
import { type UnitTask, nextUnits, unitCost } from '@shared/domain/selection-units'
import type { HostEvent } from '@shared/rpc/contract'
import { notice, toNotice } from '@shared/rpc/errors'
import type { DataFolder } from '../files/data-folder'
import { storageError } from '../store/storage-error'
import type { Store } from '../store/store'
import { createInspector, type Inspector, selectionAnswerMs } from './inspector'
import type { NodeCommand } from './node-command'
import { createQueue } from './queue'
import { createTimeLeft } from './time-left'
import type { WorkerLimits } from './worker-process'

/** Selections, one after another, each on as many processes as there are cores. What a unit gave is stored first and told afterwards. */
export interface SelectionRunner {
  enqueue(id: string): void
  cancel(selection: Selection): void
  /** Puts right what the end of the last host left behind. */
  recover(options: { startQueued: boolean }): void
  isIdle(): boolean
  close(): Promise<void>
}

export interface SelectionRunnerOptions {
  store: Store
  folder: DataFolder
  publish: (event: HostEvent) => void
  command: NodeCommand
  workerPath: string
  cores: number
  limits: WorkerLimits
}

const tellEveryMs = 100

export function createSelectionRunner(options: SelectionRunnerOptions): SelectionRunner {
  const { store, folder, publish } = options
  const underWay = new Map<string, Fitting>()
  const ends = new Set<Promise<void>>()
  const change = (id: string, fields: Partial<Selection>): void => {
    publish({ name: 'selection.changed', payload: { selection: store.selections.update(id, fields) } })
  }
  const queue = createQueue(() => 1, async (id) => {
    const end = answer(id)
    ends.add(end)
    await end
    ends.delete(end)
  })

  async function answer(id: string): Promise<void> {
    const selection = store.selections.get(id)
    if (selection?.status !== 'queued') return
    const before = selection.durationMs ?? 0
    const began = performance.now()
    const end = (fields: Partial<Selection>): void => {
      const durationMs = before + performance.now() - began
      const last = store.selections.get(id)?.progress ?? null
      const progress = last && { ...last, etaMs: null, etaLowMs: null, etaHighMs: null }
      change(id, { endedAt: new Date().toISOString(), durationMs, progress, ...fields })
    }
    try {
      const dataset = store.datasets.get(selection.datasetId)
      if (!dataset) return end({ status: 'failed', error: notice('dataset/not-found', { name: selection.datasetName }) })
      change(id, { status: 'running', startedAt: new Date().toISOString(), endedAt: null, error: null })
      const fitting = createFitting(options, selection, dataset, change)
      underWay.set(id, fitting)
      const stopped = await fitting.ended
      const error = stopped === 'interrupted' ? notice('selection/interrupted') : stopped ? null : nothingFitted(store.selections.units(id))
      end({ status: stopped ?? (error ? 'failed' : 'completed'), error })
    } catch (error) {
      end({ status: 'failed', error: toNotice(storageError(error, folder.home) ?? error) })
    } finally {
      underWay.delete(id)
    }
  }

  return {
    enqueue: (id) => queue.add(id),
    cancel: ({ id }) => {
      if (queue.remove(id)) change(id, { status: 'cancelled', endedAt: new Date().toISOString() })
      else underWay.get(id)?.stop('cancelled')
    },
    recover: ({ startQueued }) => {
      for (const { id } of store.selections.withStatus('running')) {
        store.selections.update(id, { status: 'interrupted', error: notice('selection/interrupted'), endedAt: new Date().toISOString() })
      }
      if (startQueued) for (const { id } of store.selections.withStatus('queued')) queue.add(id)
    },
    isIdle: () => {
      const { waiting, active } = queue.size()
      return waiting + active === 0
    },
    close: async () => {
      queue.close()
      for (const fitting of underWay.values()) fitting.stop('interrupted')
      await Promise.all(ends)
    },
  }
}

/** Why nothing at all could be fitted; null where something was. */
function nothingFitted(units: readonly SelectionUnit[]): Notice | null {
  const reasons = units.map(({ reason }) => reason)
  const first = reasons.find((reason) => reason !== null)
  if (!first || reasons.some((reason) => reason === null)) return null
  return units.length === 1 ? first : notice('selection/nothing-fitted', { cells: units.length, reason: [first] })
}

interface Fitting {
  stop(how: 'cancelled' | 'interrupted'): void
  /** Settles when every process is gone: with how it was stopped, or null at its own end. */
  readonly ended: Promise<'cancelled' | 'interrupted' | null>
}

function createFitting(
  { store, folder, publish, command, workerPath, cores, limits }: SelectionRunnerOptions,
  { id, question }: Selection,
  dataset: Dataset,
  change: (id: string, fields: Partial<Selection>) => void,
): Fitting {
  let stopped: 'cancelled' | 'interrupted' | null = null
  const done = store.selections.units(id)
  const timeLeft = createTimeLeft()
  const workers: { inspector: Inspector; runFolder: string }[] = []
  let untold: SelectionUnit[] = []
  let toldAt = 0

  function tell(round: Round, force = false): void {
    const now = Date.now()
    timeLeft.add(now, round.cost > 0 ? round.spent / round.cost : 0)
    if (!force && now - toldAt < tellEveryMs) return
    toldAt = now
    if (untold.length > 0) publish({ name: 'selection.units', payload: { id, units: untold } })
    untold = []
    const { phase, total, spent, cost } = round
    change(id, { progress: { phase, done: done.length, total, fraction: cost > 0 ? spent / cost : 1, ...timeLeft.estimate() } })
  }

  async function fitOne(worker: (typeof workers)[number], unit: UnitTask, round: Round): Promise<void> {
    const value = await worker.inspector.ask({
      runId: id,
      spec: question.spec,
      dataset,
      datasetFolder: folder.datasetFolder(dataset.id),
      runFolder: worker.runFolder,
      operation: { kind: 'select', question, unit },
    })
    // the worker answers a unit with what it gave
    const result = value as SelectionUnit
    store.selections.putUnit(id, result)
    done.push(result)
    untold.push(result)
    round.spent += unitCost(unit)
    tell(round)
  }

  async function fitAll(): Promise<void> {
    for (let units = nextUnits(question, done); units.length > 0; units = nextUnits(question, done)) {
      const round = roundOf(question.kind, units, done)
      while (workers.length < Math.min(cores, units.length)) {
        const inspector = createInspector({ command, workerPath, limits: { ...limits, answerMs: selectionAnswerMs }, idleMs: selectionAnswerMs })
        workers.push({ inspector, runFolder: folder.temporaryFolder() })
      }
      tell(round, true)
      let next = 0
      const work = async (worker: (typeof workers)[number]): Promise<void> => {
        while (stopped === null && next < units.length) await fitOne(worker, units[next++]!, round)
      }
      await Promise.all(workers.map(work))
      if (stopped !== null) return
      tell(round, true)
    }
  }
  const closeAll = async (): Promise<void> => {
    await Promise.all(workers.map(({ inspector }) => inspector.close()))
    for (const { runFolder } of workers) rmSync(runFolder, { recursive: true, force: true })
  }

  return {
    stop: (how) => {
      stopped ??= how
      for (const { inspector } of workers) void inspector.close()
    },
    ended: (async () => {
      try {
        await fitAll()
      } catch (error) {
        // Questions that are cut off by stopping fail, as they should.
        if (stopped === null) throw error
      } finally {
        await closeAll()
      }
      return stopped
    })(),
  }
}

interface Round {
  phase: 'cells' | 'draws'
  total: number
  /** Of the units that are done, and of all that are known of now. */
  spent: number
  cost: number
}

function roundOf(kind: Selection['question']['kind'], units: readonly UnitTask[], done: readonly SelectionUnit[]): Round {
  const spent = done.reduce((sum, unit) => sum + unitCost(unit), 0)
  const left = units.reduce((sum, unit) => sum + unitCost(unit), 0)
  return { phase: kind === 'grid' ? 'cells' : 'draws', total: done.length + units.length, spent, cost: spent + left }
}

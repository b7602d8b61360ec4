import type { Sweep, Trial } from '@shared/domain/sweep'
import type { HostEvent } from '@shared/rpc/contract'
import type { LateWrites } from '../jobs/late-writes'
import type { StoredSweep, SweepStore } from '../store/sweep-store'

/** Everything that happens to a sweep goes through here: it is stored first and told afterwards. */
export interface SweepRecorder {
  add(sweep: StoredSweep): Sweep
  change(id: string, change: Partial<StoredSweep>): Sweep
  /** Its last word. Never throws: what cannot be stored now is told all the same, and stored as soon as it can be. */
  end(id: string, change: Partial<StoredSweep>): void
  /** As it is told: with what is counted over its trials. */
  describe(sweep: StoredSweep): Sweep
  addTrial(id: string, trial: Trial): Trial
  addRun(id: string, index: number, run: Trial['runs'][number]): Trial
  changeTrial(id: string, index: number, change: Partial<Omit<Trial, 'index' | 'runs'>>): Trial
  remove(id: string): void
}

export function createSweepRecorder(store: SweepStore, publish: (event: HostEvent) => void, late: LateWrites): SweepRecorder {
  function describe(sweep: StoredSweep): Sweep {
    const summary = store.summary(sweep.id)
    return { ...sweep, ...summary, etaMs: sweep.status === 'running' ? timeLeft(sweep, summary.counts, store.meanTrialMs(sweep.id)) : null }
  }
  const tell = (stored: StoredSweep): Sweep => {
    const sweep = describe(stored)
    publish({ name: 'sweep.changed', payload: { sweep } })
    return sweep
  }
  const tellTrial = (id: string, trial: Trial): Trial => {
    publish({ name: 'trial.changed', payload: { sweep: id, trial } })
    return trial
  }
  const required = (id: string): StoredSweep => {
    const sweep = store.get(id)
    if (!sweep) throw new Error(`sweep ${id} is not stored`)
    return sweep
  }
  return {
    add: (sweep) => {
      store.insert(sweep)
      return tell(sweep)
    },
    change: (id, change) => tell(store.update(id, change)),
    end: (id, change) => {
      if (!late.write(`the end of sweep ${id}`, () => void tell(store.update(id, change)))) tell({ ...required(id), ...change })
    },
    describe,
    addTrial: (id, trial) => {
      store.insertTrial(id, trial)
      tellTrial(id, trial)
      tell(required(id))
      return trial
    },
    addRun: (id, index, run) => tellTrial(id, store.addRun(id, index, run)),
    changeTrial: (id, index, change) => {
      const trial = tellTrial(id, store.updateTrial(id, index, change))
      tell(required(id))
      return trial
    },
    remove: (id) => {
      store.remove(id)
      publish({ name: 'sweep.removed', payload: { id } })
    },
  }
}

/** From the trials that are over; those that go on count as half done. */
function timeLeft({ plan }: StoredSweep, counts: Sweep['counts'], meanMs: number | null): number | null {
  if (meanMs === null) return null
  const over = counts.completed + counts.pruned + counts.failed + counts.cancelled
  const left = Math.max(0, plan.trials - over - counts.running / 2)
  return Math.round((left * meanMs) / plan.parallel)
}

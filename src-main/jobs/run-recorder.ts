import type { Artifact, Run, Shelf } from '@shared/domain/run'
import type { HostEvent, MetricPoint } from '@shared/rpc/contract'
import type { Store } from '../store/store'
import { createLateWrites, type LateWrites } from './late-writes'

/** Everything that happens to a run goes through here: it is stored first and told afterwards, never the other way round. */
export interface RunRecorder {
  add(run: Run): Run
  change(id: string, change: Partial<Run>): Run
  metrics(id: string, points: readonly MetricPoint[]): void
  rewind(id: string, keys: readonly string[], afterStep: number): void
  artifact(id: string, artifact: Artifact): void
  /** The last word on a run: its chunks are joined too. Never throws: what cannot be stored now is told all the same, and stored as soon as it can be. */
  end(id: string, change: Partial<Run>): void
  remove(id: string): void
  /** Several at once: where each was. */
  shelve(ids: readonly string[], shelf: Shelf): { id: string; from: Shelf }[]
}

export function createRunRecorder(store: Store, publish: (event: HostEvent) => void, late: LateWrites = createLateWrites()): RunRecorder {
  const tell = (run: Run): Run => {
    publish({ name: 'run.changed', payload: { run } })
    return run
  }
  const change = (id: string, fields: Partial<Run>): Run => tell(store.runs.update(id, fields))
  return {
    add: (run) => {
      store.runs.insert(run)
      return tell(run)
    },
    change,
    metrics: (id, points) => {
      const sequence = store.metrics.append(id, points)
      publish({ name: 'run.metrics', payload: { id, sequence, points: points.map(finite) } })
    },
    rewind: (id, keys, afterStep) => {
      const sequence = store.metrics.rewind(id, keys, afterStep)
      publish({ name: 'run.rewound', payload: { id, sequence, keys: [...keys], afterStep } })
    },
    artifact: (id, artifact) => {
      store.runs.putArtifact(id, artifact)
      publish({ name: 'run.artifact', payload: { id, artifact } })
    },
    end: (id, fields) => {
      const before = store.runs.get(id)
      const isStored = late.write(`the end of run ${id}`, () => {
        change(id, fields)
        store.metrics.settle(id)
      })
      if (!isStored && before) tell({ ...before, ...fields })
    },
    remove: (id) => {
      store.runs.remove(id)
      publish({ name: 'run.removed', payload: { id } })
    },
    shelve: (ids, shelf) => {
      const moved = store.table.shelve(ids, shelf)
      publish({ name: 'runs.shelved', payload: { ids: moved.map(({ id }) => id), shelf } })
      return moved
    },
  }
}

/** What the store keeps: a value that is not finite is no value. */
const finite = (point: MetricPoint): MetricPoint =>
  point.value === null || Number.isFinite(point.value) ? point : { ...point, value: null }

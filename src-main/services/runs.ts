import { rmSync } from 'node:fs'
import type { Dataset } from '@shared/domain/dataset'
import { slurmOf } from '@shared/domain/executor'
import { calmerBy, remedies } from '@shared/domain/remedies'
import { isTerminal, type Run } from '@shared/domain/run'
import type { RunSpec } from '@shared/domain/spec'
import { AppError, notice } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { DataFolder } from '../files/data-folder'
import { readPictures } from '../files/pictures'
import type { RunRecorder } from '../jobs/run-recorder'
import type { Supervisor } from '../jobs/supervisor'
import type { Store } from '../store/store'
import type { PlaceCheck } from './places'
import { findRun, newRunId } from './run-ids'
import { describeSpec } from './run-names'
import { checkSpec, specError } from './spec-check'

export interface RunServiceOptions {
  store: Store
  folder: DataFolder
  recorder: RunRecorder
  supervisor: Supervisor
  places: PlaceCheck
  findDataset(nameOrId: string): Promise<Dataset>
}

export function createRunMethods(options: RunServiceOptions): MethodsOf<'runs'> {
  const { store, folder, recorder, supervisor, places, findDataset } = options
  const find = (id: string): Run => findRun(store.runs, id)
  const again = (run: Run): Run => store.runs.get(run.id) ?? run

  async function start(input: unknown): Promise<Run> {
    const { spec, dataset, issues } = await checkSpec(input, { checkDevice: places.confirm, findDataset })
    if (!spec || !dataset || issues.length > 0) throw specError(issues)
    const run = recorder.add(queuedRun(newRunId(new Date()), spec, dataset))
    supervisor.enqueue(run.id)
    return again(run)
  }

  function resume(run: Run, calmer: boolean): Run {
    if (!isTerminal(run.status) && slurmOf(run.spec) && !supervisor.isUnderWay(run.id)) {
      supervisor.enqueue(run.id)
      return again(run)
    }
    if (run.status === 'paused') {
      supervisor.unpause(run)
      return run
    }
    if (!isTerminal(run.status) || run.status === 'completed') throw new AppError('run/not-resumable', { id: run.id, status: run.status })
    if (!store.datasets.get(run.datasetId)) throw new AppError('dataset/not-found', { name: run.datasetName })
    if (calmer && !remedies.calmer(run.spec)) throw new AppError('run/no-calmer', { id: run.id })
    // first of all: a run that is told of while it is still over would be taken for ended by those who follow it
    recorder.change(run.id, { status: 'queued', error: null, endedAt: null, converged: null })
    if (!run.resumable) startOver(run)
    if (calmer) recorder.change(run.id, calmed(again(run), lastStep(run)))
    supervisor.enqueue(run.id)
    return again(run)
  }

  const lastStep = ({ id }: Run): number => Object.values(store.metrics.read(id)).reduce((most, { step }) => Math.max(most, step.at(-1) ?? 0), 0)

  /** Without a checkpoint nothing of the first attempt is continued, so nothing of it may stay. */
  function startOver(run: Run): void {
    recorder.rewind(run.id, Object.keys(store.metrics.read(run.id)), Number.NEGATIVE_INFINITY)
    recorder.change(run.id, { warnings: [], startedAt: null, durationMs: null, progress: null, metrics: {}, heldOut: {} })
  }

  function remove(run: Run): null {
    if (!isTerminal(run.status)) throw new AppError('run/active', { id: run.id, status: run.status })
    recorder.remove(run.id)
    rmSync(folder.runFolder(run.id), { recursive: true, force: true })
    return null
  }

  const act = (action: (run: Run) => void) => ({ id }: { id: string }): Run => {
    const run = find(id)
    action(run)
    return again(run)
  }

  return {
    'runs.validate': async ({ spec: input }) => {
      const { spec, issues } = await checkSpec(input, { checkDevice: places.validate, findDataset })
      return { spec, issues }
    },
    'runs.start': ({ spec }) => start(spec),
    'runs.list': ({ query, shelf, offset, limit }) => store.runs.list(query, offset, limit, shelf),
    'runs.get': ({ id }) => find(id),
    'runs.open': ({ id }) => {
      const run = find(id)
      return { run, ...store.metrics.snapshot(run.id), artifacts: store.runs.artifacts(run.id) }
    },
    'runs.metrics': ({ id, key }) => store.metrics.read(find(id).id, key),
    'runs.cancel': act(supervisor.cancel),
    'runs.kill': act(supervisor.kill),
    'runs.pause': act(supervisor.pause),
    'runs.resume': ({ id, calmer = false }) => resume(find(id), calmer),
    'runs.remove': ({ id }) => remove(find(id)),
    'runs.update': ({ id, name, tags, notes }) =>
      recorder.change(find(id).id, {
        ...(name !== undefined && { name }),
        ...(tags !== undefined && { tags: tidyTags(tags) }),
        ...(notes !== undefined && { notes }),
      }),
    'runs.shelve': ({ ids, shelf }) => {
      const found = ids.map(find)
      const active = found.find(({ status }) => !isTerminal(status))
      if (active && shelf === 'trash') throw new AppError('run/active', { id: active.id, status: active.status })
      return { moved: recorder.shelve(found.map(({ id }) => id), shelf) }
    },
    'runs.tag': ({ ids, add, remove: taken }) =>
      ids.map(find).map(({ id, tags }) => {
        const next = tidyTags([...tags, ...add]).filter((tag) => !taken.includes(tag))
        return { id, tags: recorder.change(id, { tags: next }).tags }
      }),
    'runs.artifacts': ({ id }) => store.runs.artifacts(find(id).id),
    'runs.pictures': ({ id, step }) => {
      const run = find(id)
      const artifact = store.runs.artifacts(run.id).find((one) => one.kind === 'pictures' && one.step === step)
      const pictures = artifact && readPictures(folder.runFolder(run.id), artifact.name, step)
      if (!pictures) throw new AppError('run/artifact-missing', { id: run.id, step })
      return pictures
    },
  }
}

/** Half the learning rate and clipping from here on; the run says so. */
function calmed(run: Run, epoch: number): Partial<Run> {
  const spec = remedies.calmer(run.spec)
  if (!spec) return {}
  const change = calmerBy(run.spec, spec)!
  return { spec, warnings: [...run.warnings, notice('run/resumed-calmer', { epoch: epoch + 1, ...change })] }
}

const tidyTags = (tags: readonly string[]): string[] => [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))]

function queuedRun(id: string, spec: RunSpec, dataset: Dataset): Run {
  return {
    id,
    name: spec.name.trim() || describeSpec(spec, dataset.name),
    status: 'queued',
    spec,
    datasetId: dataset.id,
    datasetName: dataset.name,
    datasetSha256: dataset.sha256,
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
    durationMs: null,
    progress: null,
    device: null,
    runtime: null,
    converged: null,
    iterations: null,
    epochs: null,
    metrics: {},
    heldOut: {},
    warnings: [],
    error: null,
    tags: [],
    notes: '',
    shelf: 'current',
    environment: {},
    resumable: false,
  }
}

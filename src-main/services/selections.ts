import type { Dataset } from '@shared/domain/dataset'
import { slurmOf } from '@shared/domain/executor'
import { isMixture } from '@shared/domain/models/mixtures'
import { type Selection, type SelectionQuestion, type SelectionRequest, cellSpec, sizeFieldOf } from '@shared/domain/selection'
import type { RunSpec } from '@shared/domain/spec'
import type { HostEvent } from '@shared/rpc/contract'
import { AppError } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { SelectionRunner } from '../jobs/selection-runner'
import type { Store } from '../store/store'
import type { DeviceService } from './devices'
import { findRun, newRunId } from './run-ids'
import { checkSpec, specError } from './spec-check'

export interface SelectionServiceOptions {
  store: Store
  runner: SelectionRunner
  publish: (event: HostEvent) => void
  devices: Pick<DeviceService, 'confirm'>
  findDataset(nameOrId: string): Promise<Dataset>
}

export function createSelectionMethods({ store, runner, publish, devices, findDataset }: SelectionServiceOptions): MethodsOf<'selections'> {
  const find = (wanted: string): Selection => {
    const exact = store.selections.get(wanted)
    if (exact) return exact
    const all = store.selections.list()
    const found = wanted === 'latest' ? all.slice(0, 1) : all.filter(({ id }) => wanted !== '' && (id.startsWith(wanted) || id.split('-')[1]!.startsWith(wanted)))
    if (found.length !== 1) throw new AppError('selection/not-found', { id: wanted })
    return found[0]!
  }

  /** A cell is checked when it is fitted; here, that the data and the rest of the specification are in order. */
  async function checked(input: unknown, components: number, structure: string | null): Promise<{ spec: RunSpec; dataset: Dataset }> {
    const first = withSize(input, components, structure)
    const { spec, dataset, issues } = await checkSpec(first, { checkDevice: devices.confirm, findDataset })
    if (!spec || !dataset || issues.length > 0) throw specError(issues)
    const elsewhere = slurmOf(spec)
    if (elsewhere) throw new AppError('selection/computed-here', { executor: elsewhere.kind })
    return { spec, dataset }
  }

  async function ask(request: SelectionRequest): Promise<{ question: SelectionQuestion; dataset: Dataset }> {
    if (request.kind === 'bootstrap') {
      const run = findRun(store.runs, request.run)
      const dataset = store.datasets.get(run.datasetId)
      if (!dataset) throw new AppError('dataset/not-found', { name: run.datasetName })
      checkResampling(run.spec)
      return { question: { ...request, run: run.id, spec: run.spec }, dataset }
    }
    const { spec, dataset } = await checked(request.spec, Math.min(...request.components), request.structures[0] ?? null)
    const field = sizeFieldOf[spec.model.kind]
    if (!field) throw new AppError('selection/no-size', { model: spec.model.kind, known: Object.keys(sizeFieldOf) })
    if (request.structures.length > 0 && spec.model.kind !== 'gaussian-mixture') throw new AppError('selection/no-structures', { model: spec.model.kind })
    if (request.kind === 'ratio-test') checkResampling(spec)
    else if (request.folds > 1 && spec.model.kind === 'hmm') throw new AppError('selection/no-folds', { model: spec.model.kind })
    return { question: { ...request, spec }, dataset }
  }

  async function start(request: SelectionRequest): Promise<Selection> {
    const { question, dataset } = await ask(request)
    const selection: Selection = {
      id: newRunId(new Date()),
      name: nameOf(question, dataset),
      status: 'queued',
      question,
      datasetId: dataset.id,
      datasetName: dataset.name,
      datasetSha256: dataset.sha256,
      createdAt: new Date().toISOString(),
      startedAt: null,
      endedAt: null,
      durationMs: null,
      progress: null,
      error: null,
    }
    store.selections.insert(selection)
    publish({ name: 'selection.changed', payload: { selection } })
    runner.enqueue(selection.id)
    return store.selections.get(selection.id) ?? selection
  }

  const isGoingOn = ({ status }: Selection): boolean => status === 'queued' || status === 'running'
  return {
    'selections.start': start,
    'selections.list': () => store.selections.list(),
    'selections.get': ({ id }) => find(id),
    'selections.open': ({ id }) => {
      const selection = find(id)
      return { selection, units: store.selections.units(selection.id) }
    },
    'selections.cancel': ({ id }) => {
      const selection = find(id)
      if (!isGoingOn(selection)) throw new AppError('selection/ended', { id: selection.id, status: selection.status })
      runner.cancel(selection)
      return find(selection.id)
    },
    'selections.resume': ({ id }) => {
      const { id: own, status } = find(id)
      if (status === 'completed' || isGoingOn(find(id))) throw new AppError('selection/not-resumable', { id: own, status })
      publish({ name: 'selection.changed', payload: { selection: store.selections.update(own, { status: 'queued', error: null, endedAt: null }) } })
      runner.enqueue(own)
      return find(own)
    },
    'selections.remove': ({ id }) => {
      const selection = find(id)
      if (isGoingOn(selection)) throw new AppError('selection/active', { id: selection.id, status: selection.status })
      store.selections.remove(selection.id)
      publish({ name: 'selection.removed', payload: { id: selection.id } })
      return null
    },
  }
}

/** The size of the smallest cell stands in for that of the specification, which the grid replaces. */
function withSize(input: unknown, components: number, structure: string | null): unknown {
  const model = (input as { model?: { kind?: RunSpec['model']['kind'] } } | null)?.model
  if (!model?.kind || !sizeFieldOf[model.kind]) return input
  return cellSpec(input as RunSpec, components, model.kind === 'gaussian-mixture' ? structure : null)
}

function checkResampling({ model, inference }: RunSpec): void {
  if (!isMixture(model) || model.kind === 'k-means') throw new AppError('selection/not-a-mixture', { model: model.kind })
  if (inference.kind !== 'em') throw new AppError('selection/not-em', { inference: inference.kind })
  if ('weights' in model && model.weights !== undefined) throw new AppError('selection/weights')
}

function nameOf({ kind, spec }: SelectionQuestion, dataset: Dataset): string {
  return spec.name.trim() || `${dataset.name} · ${spec.model.kind} · ${kind}`
}

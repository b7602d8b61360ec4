import type { Dataset } from '@shared/domain/dataset'
import { slurmOf, withExecutorObject } from '@shared/domain/executor'
import type { Point } from '@shared/domain/search-space'
import type { RunSpec } from '@shared/domain/spec'
import { bestTrial, isSweepOver, type Sweep, type SweepPlan, type Trial } from '@shared/domain/sweep'
import { shortPath } from '@shared/domain/trial-axes'
import { specOfTrial } from '@shared/domain/trial-spec'
import { AppError, notice } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { Run } from '@shared/domain/run'
import type { Store } from '../store/store'
import type { StoredSweep } from '../store/sweep-store'
import type { PlaceCheck } from './places'
import { newRunId } from './run-ids'
import { specError } from './spec-check'
import { checkPoint, checkSweep, pointsOf } from './sweep-check'
import type { RunActions, SweepConductor } from './sweep-conductor'
import type { SweepRecorder } from './sweep-recorder'

export interface SweepServiceOptions {
  store: Store
  recorder: SweepRecorder
  conductor: SweepConductor
  runs: RunActions
  places: PlaceCheck
  findDataset(nameOrId: string): Promise<Dataset>
  /** Stores what could not be stored before. */
  flush(): void
}

export function createSweepMethods({ store, recorder, conductor, runs, places, findDataset, flush }: SweepServiceOptions): MethodsOf<'sweeps'> {
  const find = (wanted: string): StoredSweep => findSweep(store, wanted)

  async function start(input: unknown): Promise<Sweep> {
    const { plan, base, dataset, spec, issues } = await checkSweep(input, { checkDevice: places.confirm, findDataset })
    if (!plan || !dataset || !spec) throw specError(issues)
    const sweep = recorder.add({
      ...{ id: `s${newRunId(new Date())}`, status: 'running', spec: base, plan: { ...plan, trials: trialsOf(plan) }, datasetName: dataset.name },
      ...{ name: spec.name.trim() || nameOf(spec, plan, dataset), createdAt: new Date().toISOString(), endedAt: null, error: null, enqueued: [] },
    })
    conductor.go(sweep.id)
    return sweep
  }

  function resume(id: string, more: number): Sweep {
    flush()
    const sweep = find(id)
    const isDone = sweep.status === 'completed' && store.sweeps.trials(sweep.id).length >= sweep.plan.trials
    if (isDone && more === 0) throw new AppError('sweep/over', { id: sweep.id, trials: sweep.plan.trials })
    const plan = { ...sweep.plan, trials: sweep.plan.trials + more }
    const changed = recorder.change(sweep.id, { status: 'running', error: null, endedAt: null, plan })
    conductor.go(sweep.id)
    return changed
  }

  async function stop(sweep: StoredSweep): Promise<Sweep> {
    if (isSweepOver(sweep.status)) return recorder.describe(sweep)
    const changed = recorder.change(sweep.id, { status: 'cancelled', endedAt: new Date().toISOString() })
    await conductor.halt(sweep.id)
    return changed
  }

  function pause(sweep: StoredSweep): Sweep {
    if (sweep.status !== 'running') throw new AppError('sweep/not-running', { id: sweep.id, status: sweep.status })
    return recorder.change(sweep.id, { status: 'paused' })
  }

  function enqueue(sweep: StoredSweep, point: Point): Sweep {
    const issues = checkPoint(sweep.plan, point)
    if (issues.length > 0) throw specError(issues)
    const isFull = sweep.plan.trials <= store.sweeps.trials(sweep.id).length + sweep.enqueued.length
    const plan = isFull ? { ...sweep.plan, trials: sweep.plan.trials + 1 } : sweep.plan
    const changed = recorder.change(sweep.id, { enqueued: [...sweep.enqueued, point], plan })
    if (sweep.status === 'running') conductor.go(sweep.id)
    return changed
  }

  async function rerun(sweep: StoredSweep, index: number | undefined, seeds: number[]): Promise<Run[]> {
    const trials = store.sweeps.trials(sweep.id)
    const trial: Trial | null | undefined = index === undefined ? bestTrial(trials, sweep.plan) : trials[index]
    if (!trial) throw new AppError('sweep/no-best', { id: sweep.id })
    const started: Run[] = []
    for (const seed of seeds) {
      const run = await runs.start(specOfTrial(sweep.spec, sweep.plan, trial.parameters, seed))
      await runs.update({ id: run.id, name: `#${trial.index} · ${seed} · ${sweep.name}`, tags: [`rerun:${sweep.id}`] })
      started.push(store.runs.get(run.id) ?? run)
    }
    return started
  }

  function remove(sweep: StoredSweep): null {
    if (!isSweepOver(sweep.status)) throw new AppError('sweep/active', { id: sweep.id, status: sweep.status })
    recorder.remove(sweep.id)
    return null
  }

  /** From the latest completed runs of the same kind of model on the same data. */
  function estimate(spec: RunSpec, { trials, seeds, parallel }: SweepPlan, dataset: Dataset): number | null {
    const { runs: found } = store.runs.list(`model = ${spec.model.kind} dataset = "${dataset.name}" status = completed`, 0, 20)
    const durations = found.flatMap(({ durationMs }) => durationMs ?? [])
    if (durations.length === 0) return null
    return (durations.reduce((sum, one) => sum + one, 0) / durations.length) * trials * (seeds.length / parallel)
  }

  return {
    'sweeps.validate': async ({ spec: input }) => {
      const { plan, spec, dataset, issues } = await checkSweep(input, { checkDevice: places.validate, findDataset })
      const points = plan && pointsOf(plan)
      const trials = plan && trialsOf(plan)
      return {
        ...{ plan, issues, points, runs: plan && trials! * plan.seeds.length },
        estimateMs: plan && spec && dataset ? estimate(spec, { ...plan, trials: trials! }, dataset) : null,
      }
    },
    'sweeps.start': ({ spec }) => start(spec),
    'sweeps.list': () => store.sweeps.list().map(recorder.describe),
    'sweeps.get': ({ id }) => recorder.describe(find(id)),
    'sweeps.open': ({ id }) => {
      const sweep = find(id)
      return { sweep: recorder.describe(sweep), trials: store.sweeps.trials(sweep.id) }
    },
    'sweeps.pause': ({ id }) => pause(find(id)),
    'sweeps.stop': ({ id }) => stop(find(id)),
    'sweeps.resume': ({ id, trials }) => resume(id, trials),
    'sweeps.enqueue': ({ id, parameters }) => enqueue(find(id), parameters),
    'sweeps.rerun': ({ id, trial, seeds }) => rerun(find(id), trial, seeds),
    'sweeps.remove': ({ id }) => remove(find(id)),
  }
}

/** Whether its trials are jobs of a cluster, which need no host to go on. */
const isAtCluster = ({ spec }: Pick<StoredSweep, 'spec'>): boolean => slurmOf(withExecutorObject(spec)) !== null

/** Sweeps that the end of the last host left going on: those of a cluster are taken up again where this host stays. */
export function recoverSweeps(store: Store, recorder: SweepRecorder, conductor: Pick<SweepConductor, 'go'> | null): void {
  for (const sweep of [...store.sweeps.withStatus('running'), ...store.sweeps.withStatus('paused')]) {
    if (isAtCluster(sweep) && conductor) {
      conductor.go(sweep.id)
      continue
    }
    const error = notice(isAtCluster(sweep) ? 'sweep/left-at-cluster' : 'sweep/interrupted')
    recorder.change(sweep.id, { status: 'interrupted', error, endedAt: new Date().toISOString() })
  }
}

const namedInError = 5

/** By its id, by the beginning of its id, or as `latest`. */
function findSweep({ sweeps }: Store, wanted: string): StoredSweep {
  const id = wanted === 'latest' ? sweeps.latestId() : (sweeps.get(wanted)?.id ?? onlyMatch(sweeps.idsFrom(wanted, namedInError + 1), wanted))
  const sweep = id === null ? null : sweeps.get(id)
  if (!sweep) throw new AppError('sweep/not-found', { id: wanted })
  return sweep
}

function onlyMatch(candidates: string[], wanted: string): string | null {
  if (wanted === '' || candidates.length <= 1) return wanted === '' ? null : (candidates[0] ?? null)
  throw new AppError('sweep/ambiguous', { id: wanted, candidates: candidates.length > namedInError ? [...candidates.slice(0, namedInError), '…'] : candidates })
}

/** A grid has no more trials than points. */
function trialsOf(plan: SweepPlan): number {
  const points = plan.sampler === 'grid' ? pointsOf(plan) : null
  return points === null ? plan.trials : Math.min(plan.trials, points)
}

const nameOf = (spec: RunSpec, { parameters }: SweepPlan, dataset: Dataset): string =>
  `${dataset.name} · ${spec.model.kind} · ${Object.keys(parameters).map(shortPath).join(' × ')}`

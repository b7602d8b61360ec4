import { slurmOf } from '@shared/domain/executor'
import { isTerminal, type Notice, type Run } from '@shared/domain/run'
import type { Observation, Point } from '@shared/domain/search-space'
import { asCost, isSweepOver, isTrialOver, type Sweep, type SweepPlan, type Trial } from '@shared/domain/sweep'
import { specOfTrial } from '@shared/domain/trial-spec'
import type { HostEvent } from '@shared/rpc/contract'
import { AppError, notice, toNotice } from '@shared/rpc/errors'
import type { Proposer } from '../jobs/proposer'
import type { Rungs } from '../jobs/supervisor'
import { createSampler } from '../search/samplers'
import { storageError } from '../store/storage-error'
import type { Store } from '../store/store'
import type { StoredSweep } from '../store/sweep-store'
import { createSweepJudge, pruneOf, type SweepJudge } from './sweep-curves'
import type { SweepRecorder } from './sweep-recorder'
import { commonFailure, lackedRoom, outcomeOf } from './trial-outcome'

/** What a sweep does with runs: the same that anybody can do. */
export interface RunActions {
  start(spec: unknown): Promise<Run>
  resume(id: string): Promise<Run>
  cancel(id: string): Promise<unknown>
  update(change: { id: string; name: string; tags: string[] }): Promise<unknown>
  /** Takes up again the job of a run that goes on at a cluster. */
  follow(id: string): void
}

/** Proposes trials, starts their runs one seed after the other, and takes down how they end. */
export interface SweepConductor {
  /** Begins, or goes on with, a sweep that is stored as running. */
  go(id: string): void
  /** Ends the runs of its trials that go on; they stay to be continued. */
  halt(id: string): Promise<void>
  /** Whether and how a run is judged on its way. */
  rungsOf(run: Run): Rungs | null
  hear(event: HostEvent): void
  isIdle(): boolean
  /** Begins nothing more; resolves when nothing is under way. */
  close(): Promise<void>
}

/** With so many trials a proposal takes about 20 ms on one core: a Gaussian process costs the cube of their number. */
const quickTrials: Partial<Record<SweepPlan['sampler'], number>> = { gp: 10, tpe: 1000, 'cma-es': 1000 }

interface Active {
  plan: SweepPlan
  base: Record<string, unknown>
  trials: Trial[]
  suggest(history: Observation[]): Point | null | Promise<Point | null>
  judge: SweepJudge
  /** The space has no further point. */
  isExhausted: boolean
  turn: Promise<void>
  timers: Map<string, NodeJS.Timeout>
  tooLong: Set<string>
}

export interface SweepConductorOptions {
  store: Store
  /** The data folder, to be named where it cannot be written. */
  home: string
  recorder: SweepRecorder
  runs: RunActions
  proposer: Proposer
  onBug(place: string, error: unknown): void
}

export function createSweepConductor({ store, home, recorder, runs, proposer, onBug }: SweepConductorOptions): SweepConductor {
  const active = new Map<string, Active>()
  const ofRun = new Map<string, { sweep: string; trial: number }>()
  let isClosing = false

  function activate(sweep: StoredSweep): Active {
    const { plan, spec: base } = sweep
    const trials = store.sweeps.trials(sweep.id)
    const one: Active = {
      ...{ plan, base, trials, suggest: suggesterOf(sweep), isExhausted: false, turn: Promise.resolve(), timers: new Map(), tooLong: new Set() },
      judge: createSweepJudge(plan, store.metrics, () => one.trials),
    }
    for (const trial of trials) for (const run of trial.runs) ofRun.set(run.id, { sweep: sweep.id, trial: trial.index })
    active.set(sweep.id, one)
    return one
  }
  /** Where the work grows with the trials it is done beside the host, which has others to answer. */
  function suggesterOf({ id, plan }: StoredSweep): Active['suggest'] {
    const { sampler, parameters: space, seed, constraints } = plan
    const suggest = createSampler(sampler, { space, seed, constraints })
    const isLong = (trials: number): boolean => trials > (quickTrials[sampler] ?? Infinity)
    return (history) => (isLong(history.length) ? proposer.propose({ sweep: id, sampler, space, seed, constraints, history }) : suggest(history))
  }
  function forget(id: string): void {
    const one = active.get(id)
    if (!one) return
    for (const timer of one.timers.values()) clearTimeout(timer)
    for (const trial of one.trials) for (const run of trial.runs) ofRun.delete(run.id)
    active.delete(id)
  }
  /** One turn after the other, so that no trial is proposed twice. */
  function nudge(id: string): void {
    const one = active.get(id)
    if (!one || isClosing) return
    one.turn = one.turn.then(() => turn(id, one)).catch((error: unknown) => fail(id, error))
  }
  function fail(id: string, error: unknown): void {
    const refused = storageError(error, home)
    if (refused) return interrupt(id, refused.toJSON())
    if (!(error instanceof AppError)) onBug(`sweep ${id}`, error)
    end(id, 'failed', toNotice(error))
  }
  function end(id: string, status: Sweep['status'], error: Notice | null = null): void {
    forget(id)
    recorder.end(id, { status, error, endedAt: new Date().toISOString() })
  }
  /** Nothing more can be stored: what goes on is ended, and stays to be continued. */
  function interrupt(id: string, error: Notice): void {
    const one = active.get(id)
    if (!one) return
    const going = one.trials.flatMap((trial) => trial.runs).filter((run) => isGoingOn(run.id))
    end(id, 'interrupted', error)
    for (const run of going) runs.cancel(run.id).catch((problem: unknown) => onBug(`sweep ${id}`, problem))
  }

  async function turn(id: string, one: Active): Promise<void> {
    const sweep = store.sweeps.get(id)
    if (isClosing || !sweep || isSweepOver(sweep.status)) return
    one.plan = sweep.plan
    for (const trial of one.trials) if (!isTrialOver(trial.status)) await carryOn(id, one, trial)
    const failure = commonFailure(one.trials, one.plan)
    if (failure) {
      await cancelRuns(one)
      return end(id, 'failed', failure)
    }
    while (mayPropose(one) && store.sweeps.get(id)?.status === 'running') await propose(id, one)
    const isDone = one.isExhausted || one.trials.length >= one.plan.trials
    if (isDone && one.trials.every(({ status }) => isTrialOver(status))) end(id, 'completed')
  }

  /**
   * A proposal knows the trials that lie `parallel` places back or further, and waits for them; later ones count as running whether they
   * are over or not. So the proposals do not hang on which process was faster.
   */
  const mayPropose = ({ trials, plan, isExhausted }: Active): boolean =>
    !isClosing && !isExhausted && trials.length < plan.trials && trials.slice(0, Math.max(0, trials.length - plan.parallel + 1)).every(({ status }) => isTrialOver(status))

  function historyOf({ trials, plan }: Active): Observation[] {
    const known = trials.length - plan.parallel + 1
    return trials.map((trial) => (trial.index < known ? observationOf(trial, plan) : { point: trial.parameters, value: null }))
  }

  async function propose(id: string, one: Active): Promise<void> {
    const { enqueued = [] } = store.sweeps.get(id) ?? {}
    const [wanted, ...rest] = enqueued
    const point = wanted ?? (await suggested(one))
    // it may have been stopped while that was worked out
    if (isClosing || store.sweeps.get(id)?.status !== 'running') return
    if (!point) {
      one.isExhausted = true
      return
    }
    if (wanted) recorder.change(id, { enqueued: rest })
    const trial: Trial = {
      ...{ index: one.trials.length, parameters: { ...point }, status: 'running', values: one.plan.objective.map(() => null), reason: null },
      ...{ source: wanted ? 'user' : 'sampler', runs: [], epochs: null, startedAt: new Date().toISOString(), endedAt: null },
    }
    one.trials.push(recorder.addTrial(id, trial))
    await carryOn(id, one, trial)
  }

  async function suggested(one: Active): Promise<Point | null> {
    try {
      return await one.suggest(historyOf(one))
    } catch (error) {
      if (isClosing) return null
      throw error
    }
  }

  const put = (one: Active, trial: Trial): Trial => (one.trials[trial.index] = trial)

  /** Starts the next run of a trial, or takes down how it ended. */
  async function carryOn(id: string, one: Active, { index }: Trial): Promise<void> {
    const trial = one.trials[index]!
    const found = trial.runs.map((run) => ({ id: run.id, run: store.runs.get(run.id) }))
    const outcome = outcomeOf(trial, one.plan, found, one.tooLong)
    if (outcome) {
      put(one, recorder.changeTrial(id, index, { ...outcome, endedAt: new Date().toISOString(), epochs: epochsOf(one, found) }))
      return
    }
    const isGoingOn = found.some(({ run }) => run && !isTerminal(run.status))
    const seed = one.plan.seeds.find((wanted) => !trial.runs.some((run) => run.seed === wanted))
    if (isGoingOn || seed === undefined || found.some(({ run }) => run?.status !== 'completed')) return
    try {
      const run = await runs.start(specOfTrial(one.base, one.plan, trial.parameters, seed))
      ofRun.set(run.id, { sweep: id, trial: index })
      put(one, recorder.addRun(id, index, { seed, id: run.id }))
      const { name } = store.sweeps.get(id)!
      // lists cut off the ends of long names
      const which = one.plan.seeds.length > 1 ? `#${index} · ${seed}` : `#${index}`
      await runs.update({ id: run.id, name: `${which} · ${name}`, tags: [`sweep:${id}`] })
    } catch (error) {
      const refused = storageError(error, home)
      if (refused) throw refused
      if (!(error instanceof AppError)) onBug(`trial ${index} of sweep ${id}`, error)
      put(one, recorder.changeTrial(id, index, { status: 'failed', reason: toNotice(error), endedAt: new Date().toISOString() }))
    }
  }

  /** Of all its runs; the last epoch that was reported where a run was ended early. */
  function epochsOf({ plan }: Active, found: { id: string; run: Run | null }[]): number | null {
    const spent = found.flatMap(({ run }) => {
      if (run?.spec.inference.kind !== 'gradient') return []
      return run.epochs ?? store.metrics.read(run.id, plan.objective[0]!.metric)[plan.objective[0]!.metric]?.step.at(-1) ?? 0
    })
    return spent.length > 0 ? spent.reduce((sum, epochs) => sum + epochs, 0) : null
  }

  /** Continues what the end of a host, or a stop, left behind. A verdict that had been due comes first. */
  async function revive(id: string, one: Active, trial: Trial): Promise<void> {
    const last = trial.runs.map((entry) => store.runs.get(entry.id)).find((run) => run && run.status !== 'completed')
    if (!last || (last.status === 'failed' && !lackedRoom(last)) || pruneOf(last)) return
    if (!isTerminal(last.status) && slurmOf(last.spec)) return runs.follow(last.id)
    // One that never began may or may not wait in this host's queue.
    if (last.status === 'queued') await runs.cancel(last.id)
    else if (!isTerminal(last.status)) return
    const told = store.metrics.read(last.id, one.plan.objective[0]!.metric)[one.plan.objective[0]!.metric]?.step ?? []
    for (const step of one.judge.rungs(trial.index, last)) {
      const verdict = told.includes(step) ? one.judge.verdict(trial, last, step) : null
      if (!verdict) continue
      store.runs.update(last.id, { warnings: [...last.warnings, verdict], status: 'cancelled', error: null })
      return
    }
    await runs.resume(last.id)
  }

  async function reviveAll(id: string, one: Active): Promise<void> {
    for (const trial of one.trials) if (!isTrialOver(trial.status)) await revive(id, one, trial)
  }

  async function cancelRuns(one: Active): Promise<void> {
    const going = one.trials.flatMap((trial) => trial.runs).filter(({ id }) => isGoingOn(id))
    await Promise.all(going.map(({ id }) => runs.cancel(id)))
  }
  const isGoingOn = (id: string): boolean => {
    const run = store.runs.get(id)
    return run !== null && !isTerminal(run.status)
  }

  function watchTime(run: Run, { sweep: id, trial }: { sweep: string; trial: number }): void {
    const one = active.get(id)
    if (!one || one.plan.maxMinutes === 0 || one.timers.has(run.id) || run.status !== 'running') return
    const end = (): void => {
      if (!isGoingOn(run.id)) return
      one.tooLong.add(run.id)
      runs.cancel(run.id).catch((error: unknown) => onBug(`trial ${trial} of sweep ${id}`, error))
    }
    one.timers.set(run.id, setTimeout(end, one.plan.maxMinutes * 60_000))
  }

  return {
    go: (id) => {
      const sweep = store.sweeps.get(id)
      if (!sweep) throw new Error(`sweep ${id} is not stored`)
      if (active.has(id)) return nudge(id)
      const one = activate(sweep)
      // In a turn of its own: what reviving tells of runs must find it under way.
      one.turn = Promise.resolve()
        .then(() => reviveAll(id, one))
        .catch((error: unknown) => fail(id, error))
      nudge(id)
    },
    halt: async (id) => {
      const one = active.get(id)
      if (!one) return
      await one.turn
      await cancelRuns(one)
      forget(id)
    },
    rungsOf: (run) => {
      const place = ofRun.get(run.id)
      const one = place && active.get(place.sweep)
      const trial = place && one?.trials[place.trial]
      if (!one || !trial) return null
      const steps = one.judge.rungs(trial.index, run)
      return steps.length > 0 ? { steps, judge: (step) => one.judge.verdict(trial, run, step) } : null
    },
    hear: (event) => {
      if (event.name === 'run.changed') {
        const place = ofRun.get(event.payload.run.id)
        if (!place) return
        watchTime(event.payload.run, place)
        const { run } = event.payload
        if (lackedRoom(run)) interrupt(place.sweep, run.error!)
        else if (isTerminal(run.status)) nudge(place.sweep)
      } else if (event.name === 'run.removed') {
        const place = ofRun.get(event.payload.id)
        if (place) nudge(place.sweep)
      }
    },
    isIdle: () => [...active.keys()].every((id) => store.sweeps.get(id)?.status !== 'running'),
    close: async () => {
      isClosing = true
      await proposer.close()
      await Promise.all([...active.values()].map(({ turn: last }) => last))
      for (const [id, { trials }] of [...active]) {
        const jobs = trials.filter(({ status }) => !isTrialOver(status)).flatMap((trial) => trial.runs)
        // jobs of a cluster go on without this host, and the next one takes them up
        if (jobs.some((run) => isGoingOn(run.id) && slurmOf(store.runs.get(run.id)!.spec))) forget(id)
        else end(id, 'interrupted', notice('sweep/interrupted'))
      }
    },
  }
}

function observationOf({ parameters, status, values }: Trial, { objective }: SweepPlan): Observation {
  const costs = values.map((value, index) => (value === null ? null : asCost(value, objective[index]!.direction)))
  if (status === 'failed' || status === 'cancelled' || costs.some((cost) => cost === null)) return { point: parameters, value: null, failed: true }
  return { point: parameters, value: costs[0]!, ...(costs.length > 1 && { values: costs as number[] }) }
}

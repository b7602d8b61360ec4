import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Notice, Run } from '@shared/domain/run'
import type { RunSpec } from '@shared/domain/spec'
import { isSweepOver, type Sweep, type Trial } from '@shared/domain/sweep'
import type { MethodOutput } from '@shared/rpc/contract'
import { host } from '../api/host'
import { oncePerFrame } from '../composables/once-per-frame'
import { noticeOf } from './notice'

/** All sweeps, and the trials of the one that is looked at: a snapshot, continued by events. */
export const useSweepsStore = defineStore('sweeps', () => {
  const byId = shallowRef(new Map<string, Sweep>())
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)
  const list = computed(() => [...byId.value.values()].sort((left, right) => right.createdAt.localeCompare(left.createdAt)))
  const active = computed(() => list.value.filter(({ status }) => !isSweepOver(status)))

  const openId = ref<string | null>(null)
  const openState = ref<'loading' | 'ready' | 'error'>('loading')
  const openError = shallowRef<Notice | null>(null)
  const trials = shallowRef<readonly Trial[]>([])
  let known: Trial[] = []
  let told: Trial[] | null = null
  const redraw = oncePerFrame(() => (trials.value = known.slice()))

  const put = (sweep: Sweep): void => void (byId.value = new Map(byId.value).set(sweep.id, sweep))

  async function load(): Promise<void> {
    try {
      byId.value = new Map((await host().call('sweeps.list', {})).map((sweep) => [sweep.id, sweep]))
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  async function open(id: string): Promise<void> {
    if (openId.value !== id) {
      openId.value = id
      known = []
      trials.value = []
      openState.value = 'loading'
    }
    told = []
    try {
      const snapshot = await host().call('sweeps.open', { id })
      if (openId.value !== id) return
      known = [...snapshot.trials]
      for (const trial of told ?? []) known[trial.index] = trial
      told = null
      put(snapshot.sweep)
      trials.value = known.slice()
      openError.value = null
      openState.value = 'ready'
    } catch (problem) {
      if (openId.value !== id) return
      told = null
      openError.value = noticeOf(problem)
      openState.value = 'error'
    }
  }

  async function start(spec: unknown): Promise<Sweep> {
    const sweep = await host().call('sweeps.start', { spec })
    if (!byId.value.has(sweep.id)) put(sweep)
    return sweep
  }
  const validate = (spec: unknown): Promise<MethodOutput<'sweeps.validate'>> => host().call('sweeps.validate', { spec })
  /** What trials start from, with every default, so that its fields can be offered. */
  const resolve = async (spec: unknown): Promise<RunSpec | null> => (await host().call('runs.validate', { spec })).spec
  const act = async (method: 'sweeps.pause' | 'sweeps.stop', id: string): Promise<void> => void (await host().call(method, { id }))
  const resume = async (id: string, more = 0): Promise<void> => void (await host().call('sweeps.resume', { id, trials: more }))
  const enqueue = async (id: string, parameters: Trial['parameters']): Promise<void> => void (await host().call('sweeps.enqueue', { id, parameters }))
  const rerun = (id: string): Promise<Run[]> => host().call('sweeps.rerun', { id })
  const remove = async (id: string): Promise<void> => void (await host().call('sweeps.remove', { id }))

  host().on('sweep.changed', ({ sweep }) => put(sweep))
  host().on('sweep.removed', ({ id }) => {
    const next = new Map(byId.value)
    next.delete(id)
    byId.value = next
  })
  host().on('trial.changed', ({ sweep, trial }) => {
    if (sweep !== openId.value) return
    if (told) told.push(trial)
    else {
      known[trial.index] = trial
      redraw()
    }
  })
  host().onGap(() => {
    void load()
    if (openId.value) void open(openId.value)
  })
  void load()

  return { byId, state, error, list, active, openId, openState, openError, trials, load, open, start, validate, resolve, act, resume, enqueue, rerun, remove }
})

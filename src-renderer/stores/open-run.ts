import type { Artifact, Notice, Pictures, Run } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { oncePerFrame } from '../composables/once-per-frame'
import { continueFeed, joinSnapshot, type MetricBatch, type MetricFeed } from './metric-feed'
import { newerRun } from './newer-run'
import { noticeOf } from './notice'

type Action = 'runs.cancel' | 'runs.kill' | 'runs.pause' | 'runs.resume'

/** The run that is looked at: a snapshot, continued by events. */
export const useOpenRunStore = defineStore('open-run', () => {
  const id = ref<string | null>(null)
  const run = shallowRef<Run | null>(null)
  const artifacts = shallowRef<Artifact[]>([])
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)
  /** Replaced once per frame when points arrived; the series inside grow in place. */
  const feed = shallowRef<MetricFeed>({ series: new Map(), sequence: 0 })

  let buffered: MetricBatch[] | null = null
  let heard: Run | undefined
  const redraw = oncePerFrame(() => (feed.value = { ...feed.value }))

  async function open(runId: string): Promise<void> {
    if (id.value !== runId) {
      id.value = runId
      run.value = null
      artifacts.value = []
      feed.value = { series: new Map(), sequence: 0 }
      state.value = 'loading'
    }
    await takeSnapshot(runId)
  }

  async function takeSnapshot(runId: string): Promise<void> {
    buffered = []
    heard = undefined
    try {
      const snapshot = await host().call('runs.open', { id: runId })
      if (id.value !== runId) return
      const joined = joinSnapshot(snapshot, buffered ?? [])
      buffered = null
      run.value = newerRun(snapshot.run, heard)
      artifacts.value = snapshot.artifacts
      feed.value = joined.feed
      error.value = null
      state.value = 'ready'
      if (!joined.complete) await takeSnapshot(runId)
    } catch (problem) {
      if (id.value !== runId) return
      buffered = null
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  function hear(batch: MetricBatch): void {
    if (batch.id !== id.value) return
    if (buffered) buffered.push(batch)
    else if (continueFeed(feed.value, batch)) redraw()
    else void takeSnapshot(batch.id)
  }

  /** What an action changes is told by an event; its reply may arrive after a later event and would turn time back. */
  async function act(action: Action): Promise<void> {
    if (id.value) await host().call(action, { id: id.value })
  }
  /** From the last checkpoint, with half the learning rate and clipping. */
  async function resumeCalmer(): Promise<void> {
    if (id.value) await host().call('runs.resume', { id: id.value, calmer: true })
  }
  async function update(changes: { name?: string; tags?: string[]; notes?: string }): Promise<void> {
    if (id.value) await host().call('runs.update', { id: id.value, ...changes })
  }
  const pictures = (runId: string, step: number): Promise<Pictures> => host().call('runs.pictures', { id: runId, step })

  host().on('run.metrics', hear)
  host().on('run.changed', ({ run: changed }) => {
    if (changed.id !== id.value) return
    heard = changed
    run.value = changed
  })
  host().on('run.removed', ({ id: removed }) => {
    if (removed !== id.value) return
    run.value = null
    state.value = 'error'
  })
  host().on('run.artifact', ({ id: owner, artifact }) => {
    if (owner !== id.value) return
    artifacts.value = [...artifacts.value.filter((known) => known.name !== artifact.name), artifact]
  })
  host().onGap(() => {
    if (id.value) void takeSnapshot(id.value)
  })

  return { id, run, artifacts, state, error, feed, open, act, resumeCalmer, update, pictures }
})

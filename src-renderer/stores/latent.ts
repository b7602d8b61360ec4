import type { CodeDensityFigures, ImageShape, LatentItem, LatentSummary, Matrix, ModelRows, Neighbours, Notice } from '@shared/domain/run'
import { type WayBack, wayBackOf } from '@shared/domain/way-back'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'

export interface Decoded {
  values: Float64Array
  milliseconds: number
}

/** The latent space of a fitted run: where its rows lie, and what any point decodes to. */
function latentSpace() {
  const id = ref<string | null>(null)
  const summary = shallowRef<LatentSummary | null>(null)
  const latent = shallowRef<number[]>([])
  /** Dimensions that keep their value whatever moves the others. */
  const locked = shallowRef<ReadonlySet<number>>(new Set())
  /** What a conditional model is told beside the code; null for others. */
  const condition = shallowRef<number[] | null>(null)
  const decoded = shallowRef<Decoded | null>(null)
  const item = shallowRef<LatentItem | null>(null)
  const samples = shallowRef<Matrix | null>(null)
  /** Of what the samples' codes were drawn from, where that was fitted. */
  const density = shallowRef<CodeDensityFigures | null>(null)
  const imageShape = shallowRef<ImageShape | null>(null)
  /** Mean squared difference of each shown row from its reconstruction, once it was asked for. */
  const errors = shallowRef<Float32Array | null>(null)
  /** From what the model saw, which all of this is told in, to the units of the file. */
  const way = shallowRef<WayBack | null>(null)
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)

  function forget(): void {
    summary.value = null
    way.value = null
    locked.value = new Set()
    condition.value = null
    decoded.value = null
    item.value = null
    samples.value = null
    density.value = null
    errors.value = null
  }

  async function open(runId: string): Promise<void> {
    id.value = runId
    state.value = 'loading'
    forget()
    try {
      const [found, back] = await Promise.all([host().call('inspect.latents', { id: runId }), host().call('inspect.wayBack', { id: runId })])
      if (id.value !== runId) return
      way.value = wayBackOf(back, found.featureNames)
      summary.value = found
      imageShape.value = found.imageShape
      condition.value = found.condition?.start ?? null
      error.value = null
      state.value = 'ready'
      if (found.decodes) await moveTo([...found.mean])
    } catch (problem) {
      if (id.value !== runId) return
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  const failed = (problem: unknown): undefined => {
    error.value = noticeOf(problem)
    return undefined
  }
  /** Asks about the run that is open; undefined where that failed, or another was opened meanwhile. */
  async function ask<T>(question: (runId: string) => Promise<T>): Promise<T | undefined> {
    const runId = id.value
    if (runId === null) return undefined
    const answer = await question(runId).catch(failed)
    if (id.value !== runId || answer === undefined) return undefined
    error.value = null
    return answer
  }

  /** Of a conditional model, with its condition. */
  const told = (): { condition?: number[] } => (condition.value ? { condition: [...condition.value] } : {})

  const askDecode = newestWins(async (wanted: { id: string; point: number[]; condition?: number[] }) => {
    const began = performance.now()
    const { point, ...of } = wanted
    const { rows } = await host().call('inspect.decode', { ...of, latent: [point] })
    return { values: rows.values, milliseconds: performance.now() - began }
  })
  /** Goes to a point, except in the dimensions that are locked. */
  async function moveTo(point: readonly number[], heedLocks = true): Promise<void> {
    const next = point.map((value, dimension) => (heedLocks && locked.value.has(dimension) ? latent.value[dimension]! : value))
    latent.value = next
    if (!summary.value?.decodes) return
    const answer = await ask((runId) => askDecode({ id: runId, point: next, ...told() }))
    if (answer) decoded.value = answer
  }
  function tell(next: number[]): void {
    condition.value = next
    void moveTo(latent.value, false)
  }
  function lock(dimension: number, isLocked: boolean): void {
    const next = new Set(locked.value)
    if (isLocked) next.add(dimension)
    else next.delete(dimension)
    locked.value = next
  }

  /** What many points decode to: row-major [points, features]. */
  async function decodeAll(points: readonly (readonly number[])[]): Promise<Float64Array | undefined> {
    const found = await ask((runId) => host().call('inspect.decode', { id: runId, latent: points.map((point) => [...point]), ...told() }))
    return found?.rows.values
  }

  const askItem = newestWins((wanted: { id: string; row: number }) => host().call('inspect.item', wanted))
  async function look(row: number): Promise<LatentItem | undefined> {
    const found = item.value?.row === row ? item.value : await ask((runId) => askItem({ id: runId, row }))
    if (found) item.value = found
    return found
  }

  /** @param fitted  of how many Gaussians, fitted to the training codes, codes are drawn; null: from the prior */
  async function sample(count: number, seed: number, fitted: number | null = null): Promise<void> {
    const drawn = await ask((runId) => host().call('inspect.sample', { id: runId, count, seed, ...(fitted === null ? {} : { fitted }) }))
    if (!drawn) return
    samples.value = drawn.rows
    density.value = drawn.density ?? null
  }

  const rowsOf = (rows: readonly number[]): Promise<ModelRows | undefined> => ask((runId) => host().call('inspect.modelRows', { id: runId, rows: [...rows] }))
  const neighboursOf = (of: { row: number } | { latent: number[] }, count: number): Promise<Neighbours | undefined> =>
    ask((runId) => host().call('inspect.neighbours', { id: runId, of, count }))
  async function findErrors(): Promise<void> {
    errors.value ??= (await ask((runId) => host().call('inspect.reconstructionErrors', { id: runId })))?.errors ?? null
  }

  return {
    ...{ id, summary, latent, locked, condition, decoded, item, samples, density, imageShape, errors, way, state, error },
    ...{ open, moveTo, tell, lock, decodeAll, look, sample, rowsOf, neighboursOf, findErrors },
  }
}

export const useLatentStore = defineStore('latent', latentSpace)
/** A second run beside the first. */
export const useOtherLatentStore = defineStore('latent-beside', latentSpace)
export type LatentStore = Pick<ReturnType<typeof useLatentStore>, keyof ReturnType<typeof latentSpace>>

import type { ImageShape, LatentItem, LatentSummary, Matrix, Notice } from '@shared/domain/run'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { newestWins } from '../composables/newest-wins'
import { noticeOf } from './notice'

export interface Decoded {
  values: Float64Array
  milliseconds: number
}

/** The latent space of a trained autoencoder: where its rows lie, and what any point decodes to. */
export const useLatentStore = defineStore('latent', () => {
  const id = ref<string | null>(null)
  const summary = shallowRef<LatentSummary | null>(null)
  const latent = shallowRef<number[]>([])
  const decoded = shallowRef<Decoded | null>(null)
  const item = shallowRef<LatentItem | null>(null)
  const samples = shallowRef<Matrix | null>(null)
  const imageShape = shallowRef<ImageShape | null>(null)
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)

  async function open(runId: string): Promise<void> {
    id.value = runId
    state.value = 'loading'
    summary.value = null
    decoded.value = null
    item.value = null
    samples.value = null
    try {
      const found = await host().call('inspect.latents', { id: runId })
      if (id.value !== runId) return
      summary.value = found
      imageShape.value = found.imageShape
      error.value = null
      state.value = 'ready'
      await moveTo([...found.mean])
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

  const askDecode = newestWins(async (wanted: { id: string; point: number[] }) => {
    const began = performance.now()
    const { rows } = await host().call('inspect.decode', { id: wanted.id, latent: [wanted.point] })
    return { values: rows.values, milliseconds: performance.now() - began }
  })
  async function moveTo(point: number[]): Promise<void> {
    latent.value = point
    const runId = id.value
    if (runId === null) return
    const answer = await askDecode({ id: runId, point }).catch(failed)
    if (answer && id.value === runId) {
      decoded.value = answer
      error.value = null
    }
  }

  const askItem = newestWins((wanted: { id: string; row: number }) => host().call('inspect.item', wanted))
  async function look(row: number): Promise<LatentItem | undefined> {
    const runId = id.value
    if (runId === null) return undefined
    const found = item.value?.row === row ? item.value : await askItem({ id: runId, row }).catch(failed)
    if (found && id.value === runId) item.value = found
    return found
  }

  async function sample(count: number, seed: number): Promise<void> {
    const runId = id.value
    if (runId === null) return
    const drawn = await host().call('inspect.sample', { id: runId, count, seed }).catch(failed)
    if (drawn && id.value === runId) samples.value = drawn.rows
  }

  return { id, summary, latent, decoded, item, samples, imageShape, state, error, open, moveTo, look, sample }
})

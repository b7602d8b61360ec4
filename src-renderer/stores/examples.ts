import { type Example, exampleSpec } from '@shared/domain/example'
import type { Notice, Run } from '@shared/domain/run'
import type { Selection } from '@shared/domain/selection'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { host } from '../api/host'
import { useDatasetsStore } from './datasets'
import { noticeOf } from './notice'
import { useRunsStore } from './runs'
import { useSelectionsStore } from './selections'

/** Ready-made experiments on bundled data, which are added where they are not there yet. */
export const useExamplesStore = defineStore('examples', () => {
  const datasets = useDatasetsStore()
  const list = shallowRef<Example[]>([])
  const state = ref<'loading' | 'ready' | 'error'>('loading')
  const error = shallowRef<Notice | null>(null)

  async function load(): Promise<void> {
    try {
      list.value = await host().call('examples.list', {})
      error.value = null
      state.value = 'ready'
    } catch (problem) {
      error.value = noticeOf(problem)
      state.value = 'error'
    }
  }

  /** The name that bundled data have here, where a user may have data of the same name. */
  async function ownName(bundled: string): Promise<string> {
    const known = datasets.byId.get(datasets.gallery.find((entry) => entry.name === bundled)?.datasetId ?? '')
    return (known ?? (await datasets.addBundled(bundled))).name
  }

  async function specOf(example: Example, index: number, language: 'en' | 'zh'): Promise<Record<string, unknown>> {
    const spec = exampleSpec(example, index, language)
    return { ...spec, dataset: await ownName(spec.dataset) }
  }

  async function start(example: Example, language: 'en' | 'zh'): Promise<{ runs: Run[]; selection: Selection | null }> {
    const { selection } = example
    if (selection && 'spec' in selection) {
      const spec = selection.spec as Record<string, unknown> & { dataset: string }
      const named = { ...spec, name: example.title[language], dataset: await ownName(spec.dataset) }
      return { runs: [], selection: await useSelectionsStore().start({ ...selection, spec: named }) }
    }
    const runs: Run[] = []
    for (const index of example.runs.keys()) runs.push(await useRunsStore().start(await specOf(example, index, language)))
    return { runs, selection: null }
  }

  void load()
  return { list, state, error, load, start, specOf }
})

import { ref, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import type { Example } from '@shared/domain/example'
import type { Notice } from '@shared/domain/run'
import { useWords } from '../../i18n/i18n'
import { useExamplesStore } from '../../stores/examples'
import { noticeOf } from '../../stores/notice'

/** Starts a ready-made experiment and goes where it is seen: one run is looked at as it goes, several are looked at beside each other. */
export function useExampleStart() {
  const { language } = useWords()
  const router = useRouter()
  const examples = useExamplesStore()
  const starting = ref<string | null>(null)
  const error = shallowRef<Notice | null>(null)

  async function start(example: Example): Promise<void> {
    starting.value = example.name
    error.value = null
    try {
      const { runs, selection } = await examples.start(example, language.value)
      await router.push(selection ? `/select/${selection.id}` : runs.length === 1 ? `/runs/${runs[0]!.id}` : '/runs')
    } catch (problem) {
      error.value = noticeOf(problem)
    } finally {
      starting.value = null
    }
  }
  return { starting, error, start }
}

import type { Dataset } from '@shared/domain/dataset'
import { confirmed, tell } from '../../composables/confirm'
import { useWords } from '../../i18n/i18n'
import { useDatasetsStore } from '../../stores/datasets'
import { noticeOf } from '../../stores/notice'

/** Asks, removes, and asks once more where runs need the data. Resolves to whether it is gone. */
export function useDatasetRemoval(): (dataset: Dataset) => Promise<boolean> {
  const { t, say } = useWords()
  const datasets = useDatasetsStore()
  const buttons = { yes: t('common.remove'), no: t('common.cancel') }
  return async ({ id, name }) => {
    if (!(await confirmed({ title: t('data.removeTitle', { name }), text: t('data.removeText'), ...buttons }))) return false
    try {
      await datasets.remove(id)
      return true
    } catch (problem) {
      const { code, details } = noticeOf(problem)
      if (code !== 'dataset/in-use') {
        tell(say(noticeOf(problem)), 'error')
        return false
      }
      const runs = (details['runs'] as string[]).join(', ')
      if (!(await confirmed({ title: t('data.forceTitle', { name }), text: t('data.forceText', { runs }), ...buttons }))) return false
      await datasets.remove(id, true)
      return true
    }
  }
}

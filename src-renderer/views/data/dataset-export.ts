import type { Dataset, DatasetFile } from '@shared/domain/dataset'
import { type Ref, ref } from 'vue'
import { tell } from '../../composables/confirm'
import { saveBlob } from '../../composables/save-blob'
import { useWords } from '../../i18n/i18n'
import { useDatasetsStore } from '../../stores/datasets'
import { noticeOf } from '../../stores/notice'

/** Writes a dataset to a file; `written` is the share that is done, null while nothing is written. */
export function useDatasetExport(): { written: Ref<number | null>; exportAs(dataset: Dataset, format: DatasetFile): Promise<void> } {
  const { say } = useWords()
  const datasets = useDatasetsStore()
  const written = ref<number | null>(null)
  return {
    written,
    async exportAs({ id, name }, format) {
      written.value = 0
      try {
        saveBlob(await datasets.exportFile(id, format, (fraction) => (written.value = fraction)), `${name}.${format}`)
      } catch (caught) {
        tell(say(noticeOf(caught)), 'error')
      } finally {
        written.value = null
      }
    },
  }
}

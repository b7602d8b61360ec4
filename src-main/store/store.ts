import type { DatasetStore } from './dataset-store-types'
import { createDatasetStore } from './dataset-store'
import { createInquiryStore, type InquiryStore } from './inquiry-store'
import { createMetricStore, type MetricStore } from './metric-store'
import { openDatabase } from './open-database'
import { createRunStore, type RunStore } from './run-store'
import { createSelectionStore, type SelectionStore } from './selection-store'
import { createSweepStore, type SweepStore } from './sweep-store'

/** All that is remembered, except the contents of files. */
export interface Store {
  datasets: DatasetStore
  runs: RunStore
  metrics: MetricStore
  selections: SelectionStore
  sweeps: SweepStore
  inquiries: InquiryStore
  close(): void
}

export function openStore(path: string, home: string): Store {
  const database = openDatabase(path, home)
  return {
    datasets: createDatasetStore(database),
    runs: createRunStore(database),
    metrics: createMetricStore(database),
    selections: createSelectionStore(database),
    sweeps: createSweepStore(database),
    inquiries: createInquiryStore(database),
    close: () => {
      database.pragma('wal_checkpoint(TRUNCATE)')
      database.close()
    },
  }
}

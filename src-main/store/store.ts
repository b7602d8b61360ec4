import type { DatasetStore } from './dataset-store-types'
import { createDatasetStore } from './dataset-store'
import { createInquiryStore, type InquiryStore } from './inquiry-store'
import { createMetricStore, type MetricStore } from './metric-store'
import { openDatabase } from './open-database'
import { createColumnWriter } from './run-columns'
import { createReportStore, type ReportStore } from './report-store'
import { createRunStore, type RunStore } from './run-store'
import { createRunTable, type RunTable } from './run-table'
import { createSelectionStore, type SelectionStore } from './selection-store'
import { storageError } from './storage-error'
import { createSweepStore, type SweepStore } from './sweep-store'
import { createViewStore, type ViewStore } from './view-store'

/** All that is remembered, except the contents of files. */
export interface Store {
  datasets: DatasetStore
  runs: RunStore
  table: RunTable
  views: ViewStore
  metrics: MetricStore
  selections: SelectionStore
  sweeps: SweepStore
  inquiries: InquiryStore
  reports: ReportStore
  /** One transaction for many writes: all of them or none. */
  together<T>(action: () => T): T
  close(): void
}

export function openStore(path: string, home: string): Store {
  const database = openDatabase(path, home)
  const columns = createColumnWriter(database)
  return {
    datasets: createDatasetStore(database),
    runs: createRunStore(database, columns),
    table: createRunTable(database),
    views: createViewStore(database),
    metrics: createMetricStore(database, columns),
    selections: createSelectionStore(database),
    sweeps: createSweepStore(database),
    inquiries: createInquiryStore(database),
    reports: createReportStore(database),
    together: (action) => database.transaction(action)(),
    close: () => {
      try {
        database.pragma('wal_checkpoint(TRUNCATE)')
      } catch (error) {
        // on a full disk what is written stays in the log, and the next host takes it from there
        if (storageError(error, home) === null) throw error
      } finally {
        database.close()
      }
    },
  }
}

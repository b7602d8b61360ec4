import { datasetsRunsMetrics } from './0001-datasets-runs-metrics'
import type { Migration } from './migration'

/** In order, never edited once released. */
export const migrations: readonly Migration[] = [datasetsRunsMetrics]

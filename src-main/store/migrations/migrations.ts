import { datasetsRunsMetrics } from './0001-datasets-runs-metrics'
import { selections } from './0002-selections'
import { sweeps } from './0003-sweeps'
import { inquiries } from './0004-inquiries'
import { runColumns } from './0005-run-columns'
import { reports } from './0006-reports'
import { pyramids } from './0007-pyramids'
import { heldOut } from './0008-held-out'
import type { Migration } from './migration'

/** In order, never edited once released. */
export const migrations: readonly Migration[] = [datasetsRunsMetrics, selections, sweeps, inquiries, runColumns, reports, pyramids, heldOut]

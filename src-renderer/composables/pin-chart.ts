import type { InjectionKey } from 'vue'
import type { PinnedChart } from '@shared/domain/report-figure'

/** Takes a chart, as it is now, into a report. */
export const pinChartKey: InjectionKey<(chart: Omit<PinnedChart, 'path'>) => Promise<void>> = Symbol('pin a chart')

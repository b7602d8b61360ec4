import type { InjectionKey } from 'vue'
import type { LiveFigure } from '@shared/domain/figure-query'
import type { PinnedChart } from '@shared/domain/report-figure'

/** Takes a chart into a report: as it is now, and, where it can be drawn from the store, the question it answers. */
export const pinChartKey: InjectionKey<(chart: Omit<PinnedChart, 'path'>, live: LiveFigure | null) => Promise<void>> = Symbol('pin a chart')

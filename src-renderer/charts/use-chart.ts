import { onBeforeUnmount, onMounted, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { drawQueue } from './draw-queue'
import { echarts, type ECharts, type EChartsCoreOption } from './echarts'

export interface ChartHandle {
  chart: ShallowRef<ECharts | null>
  /** A picture of the chart as it is now: a PNG at twice the resolution or an SVG. */
  export: (type: 'png' | 'svg', background: string) => Promise<Blob>
}

/**
 * An ECharts instance in an element, with the size of the element and redrawn when the window has time for it.
 * Charts of the same `group` share their cursor.
 */
export function useChart(
  element: Readonly<Ref<HTMLElement | null>>,
  option: () => EChartsCoreOption,
  group?: () => string | undefined,
  /** For pictures that are kept, where the screen has a faster way to draw. */
  stillOption?: () => EChartsCoreOption,
): ChartHandle {
  const chart = shallowRef<ECharts | null>(null)
  let structure = ''

  function draw(): void {
    const next = option()
    const nextStructure = structureOf(next)
    chart.value?.setOption(next, { notMerge: nextStructure !== structure, lazyUpdate: false })
    structure = nextStructure
  }
  // an observer also tells the size there was from the start; to lay a chart out anew takes as long as to draw it
  const observer = new ResizeObserver(() => {
    const [known, at] = [chart.value, element.value]
    if (known && at && (known.getWidth() !== at.clientWidth || known.getHeight() !== at.clientHeight)) known.resize()
  })

  onMounted(() => {
    const created = echarts.init(element.value, null, { renderer: 'canvas' })
    chart.value = created
    const name = group?.()
    if (name) {
      created.group = name
      echarts.connect(name)
    }
    observer.observe(element.value!)
    draw()
  })
  onBeforeUnmount(() => {
    drawQueue.forget(draw)
    observer.disconnect()
    chart.value?.dispose()
    chart.value = null
  })
  watch(option, () => drawQueue.ask(draw))

  return {
    chart,
    export: async (type, background) => {
      const [width, height] = [chart.value!.getWidth(), chart.value!.getHeight()]
      const whole = { ...(stillOption ?? option)(), animation: false, backgroundColor: background }
      if (type === 'png') {
        if (!stillOption) return await toPng(chart.value!.renderToCanvas({ pixelRatio: 2, backgroundColor: background }))
        const still = echarts.init(document.createElement('div'), null, { renderer: 'canvas', width, height })
        still.setOption(whole)
        const picture = toPng(still.renderToCanvas({ pixelRatio: 2, backgroundColor: background }))
        still.dispose()
        return await picture
      }
      const still = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
      still.setOption(whole)
      const text = still.renderToSVGString()
      still.dispose()
      return new Blob([text], { type: 'image/svg+xml' })
    },
  }
}

const toPng = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the canvas gave no picture'))), 'image/png'))

/** Series that came or went need a fresh start; new points of the same series do not. */
function structureOf(option: EChartsCoreOption): string {
  const series = (option['series'] ?? []) as { id?: string; name?: string; type?: string }[]
  return series.map(({ id, name, type }) => `${type}:${id ?? name}`).join('|')
}

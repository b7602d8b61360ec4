import type { SeriesByKey } from '@shared/domain/run'

interface Point {
  tag: string
  step: number
  value: number | null
}

/**
 * Points in the order they were written, as series. A step that is not beyond the last one of its tag means that the program began again
 * there: what it had written from that step on is taken back, as TensorBoard does.
 */
export function seriesOf(points: readonly Point[]): { series: SeriesByKey; takenBack: number } {
  const series: SeriesByKey = {}
  let takenBack = 0
  for (const { tag, step, value } of points) {
    const one = (series[tag] ??= { step: [], value: [] })
    while (one.step.length > 0 && one.step.at(-1)! >= step) {
      one.step.pop()
      one.value.pop()
      takenBack += 1
    }
    one.step.push(step)
    one.value.push(value)
  }
  return { series, takenBack }
}

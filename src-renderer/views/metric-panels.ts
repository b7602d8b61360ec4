import type { Curve } from '../charts/curve'
import type { GrowingSeries } from '../stores/growing-series'

/** Which metrics share a panel; every other name has a panel of its own. */
const panelOf: Record<string, string> = {
  logLikelihood: 'bound',
  lowerBound: 'bound',
  logLikelihoodBefore: 'bound',
}
const order = ['elbo', 'bound', 'iwae', 'kl', 'klPerDimension', 'reconstruction', 'objective', 'activeUnits', 'restarts']
const partColour: Record<string, number> = { train: 0, validation: 1, test: 2 }
const nameColour: Record<string, number> = { lowerBound: 4, logLikelihoodBefore: 5 }

export interface MetricPanel {
  id: string
  /** Name of the metric whose unit the panel has. */
  metricName: string
  stepKind: 'iteration' | 'epoch' | 'step' | 'restart' | 'logRate'
  curves: Curve[]
  /** Values further down are left out of the picture. */
  floor?: number
}

/** Of a search for a learning rate: the objective over the logarithm of the rate. */
function searchPanels(series: ReadonlyMap<string, GrowingSeries>, rates: GrowingSeries, label: (key: string) => string): MetricPanel[] {
  const step = rates.value.map((rate) => Math.log10(rate))
  const curves = ['search/objective', 'search/smoothedObjective'].flatMap((key, colour) => {
    const points = series.get(key)
    return points ? [{ key, name: label(key), step: step.slice(0, points.length), value: points.value, colour, dash: colour }] : []
  })
  return [{ id: 'rateSearch', metricName: 'objective', stepKind: 'logRate', curves, ...floorOf(series.get('search/smoothedObjective')) }]
}

/** A search ends where the objective breaks down, by far more than it ever gained: the picture is of what it gained. */
function floorOf(smoothed: GrowingSeries | undefined): { floor?: number } {
  const values = Array.from(smoothed?.value ?? []).filter(Number.isFinite)
  const floor = 2 * values[0]! - Math.max(...values)
  return Math.min(...values) < floor ? { floor } : {}
}

/** Groups the series of a run into panels; a figure with a single point is no curve unless the run is still going on. */
export function metricPanels(
  series: ReadonlyMap<string, GrowingSeries>,
  options: { label: (key: string) => string; stepKind: 'iteration' | 'epoch' | 'step'; live: boolean },
): MetricPanel[] {
  const rates = series.get('search/learningRate')
  if (rates) return searchPanels(series, rates, options.label)
  const panels = new Map<string, MetricPanel>()
  for (const [key, points] of series) {
    if (points.length < (options.live ? 1 : 2)) continue
    const slash = key.indexOf('/')
    const part = key.slice(0, slash)
    const name = key.slice(slash + 1)
    const isRestart = part === 'restarts'
    const dimension = /^kl\[(\d+)\]$/.exec(name)?.[1]
    const id = isRestart ? 'restarts' : dimension !== undefined ? 'klPerDimension' : (panelOf[name] ?? name)
    const panel = panels.get(id) ?? { id, metricName: dimension === undefined ? name : 'kl', stepKind: isRestart ? 'restart' : options.stepKind, curves: [] }
    panel.curves.push({
      key,
      name: options.label(key),
      step: isRestart ? points.step.map((index) => index + 1) : points.step,
      value: points.value,
      colour: dimension !== undefined ? Number(dimension) : (nameColour[name] ?? partColour[part] ?? panel.curves.length),
      dash: name in nameColour ? 1 : (partColour[part] ?? panel.curves.length),
    })
    panels.set(id, panel)
  }
  const place = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length)
  return [...panels.values()].sort((left, right) => place(left.id) - place(right.id) || left.id.localeCompare(right.id))
}

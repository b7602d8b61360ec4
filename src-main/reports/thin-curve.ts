/** Most points of a curve that a figure draws. */
export const mostDrawn = 1000

/** At most `most` points: of every stretch its lowest and its highest, so that no spike is lost. Short curves stay as they are. */
export function thinCurve<C extends { step: number[]; value: (number | null)[] }>(curve: C, most = mostDrawn): C {
  const { step, value } = curve
  if (step.length <= most) return curve
  const stretches = Math.floor(most / 2)
  const kept: number[] = []
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * step.length) / stretches)
    const to = Math.floor(((stretch + 1) * step.length) / stretches)
    let [low, high] = [from, from]
    for (let at = from; at < to; at += 1) {
      if ((value[at] ?? Infinity) < (value[low] ?? Infinity)) low = at
      if ((value[at] ?? -Infinity) > (value[high] ?? -Infinity)) high = at
    }
    kept.push(...new Set([Math.min(low, high), Math.max(low, high)]))
  }
  return { ...curve, step: kept.map((at) => step[at]!), value: kept.map((at) => value[at]!) }
}

/** Finds points of a map by place: they are sorted into cells of a grid. */
export interface PointIndex {
  /** The point nearest to a place within a distance; −1 where there is none. The two axes may have units of their own. */
  nearest(x: number, y: number, reach: { x: number; y: number }): number
}

export function indexPoints(xs: ArrayLike<number>, ys: ArrayLike<number>): PointIndex {
  const side = Math.max(1, Math.min(512, Math.round(Math.sqrt(xs.length / 2))))
  const [x0, x1] = ends(xs)
  const [y0, y1] = ends(ys)
  const cellOf = (value: number, low: number, high: number): number => Math.max(0, Math.min(side - 1, Math.floor(((value - low) / (high - low || 1)) * side)))
  const counts = new Uint32Array(side * side + 1)
  const cells = new Int32Array(xs.length).fill(-1)
  for (let at = 0; at < xs.length; at += 1) {
    if (!Number.isFinite(xs[at]!) || !Number.isFinite(ys[at]!)) continue
    cells[at] = cellOf(ys[at]!, y0, y1) * side + cellOf(xs[at]!, x0, x1)
    counts[cells[at]! + 1]! += 1
  }
  for (let cell = 0; cell < side * side; cell += 1) counts[cell + 1]! += counts[cell]!
  const members = new Uint32Array(counts[side * side]!)
  const next = counts.slice()
  for (let at = 0; at < xs.length; at += 1) if (cells[at]! >= 0) members[next[cells[at]!]!++] = at
  return {
    nearest(x, y, reach) {
      let [best, least] = [-1, 1]
      const [left, right] = [cellOf(x - reach.x, x0, x1), cellOf(x + reach.x, x0, x1)]
      for (let row = cellOf(y - reach.y, y0, y1); row <= cellOf(y + reach.y, y0, y1); row += 1) {
        for (let at = counts[row * side + left]!; at < counts[row * side + right + 1]!; at += 1) {
          const point = members[at]!
          const distance = ((xs[point]! - x) / reach.x) ** 2 + ((ys[point]! - y) / reach.y) ** 2
          if (distance <= least) [best, least] = [point, distance]
        }
      }
      return best
    },
  }
}

function ends(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (let at = 0; at < values.length; at += 1) {
    if (values[at]! < low) low = values[at]!
    if (values[at]! > high) high = values[at]!
  }
  return [low, high]
}

/** The points inside a closed line, by how often a ray to the right crosses it. */
export function pointsInside(xs: ArrayLike<number>, ys: ArrayLike<number>, line: readonly (readonly [number, number])[]): Uint32Array {
  const found: number[] = []
  for (let at = 0; at < xs.length; at += 1) {
    const [x, y] = [xs[at]!, ys[at]!]
    let isInside = false
    for (let corner = 0; corner < line.length; corner += 1) {
      const [ax, ay] = line[corner]!
      const [bx, by] = line[(corner + 1) % line.length]!
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) isInside = !isInside
    }
    if (isInside) found.push(at)
  }
  return Uint32Array.from(found)
}

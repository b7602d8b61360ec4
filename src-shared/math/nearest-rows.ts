/**
 * The rows of a matrix nearest to a point, nearest first, by Euclidean distance.
 *
 * @param values  [rows, columns], row-major
 * @param point   [columns]
 * @param skip    a row that is left out
 */
export function nearestRows(
  values: ArrayLike<number>,
  columns: number,
  point: ArrayLike<number>,
  count: number,
  skip = -1,
): { rows: Int32Array; distances: Float64Array } {
  const rows = columns === 0 ? 0 : Math.floor(values.length / columns)
  const best: { row: number; square: number }[] = []
  let worst = Infinity
  for (let row = 0; row < rows; row += 1) {
    if (row === skip) continue
    let square = 0
    const start = row * columns
    for (let column = 0; column < columns && square < worst; column += 1) square += (values[start + column]! - point[column]!) ** 2
    if (!(square < worst)) continue
    let at = best.length
    while (at > 0 && best[at - 1]!.square > square) at -= 1
    best.splice(at, 0, { row, square })
    if (best.length > count) best.pop()
    if (best.length === count) worst = best[count - 1]!.square
  }
  return { rows: Int32Array.from(best, ({ row }) => row), distances: Float64Array.from(best, ({ square }) => Math.sqrt(square)) }
}

/**
 * The assignment of rows to columns of least total cost: the Hungarian method in its form by shortest augmenting paths, O(n³).
 * Kuhn 1955; Jonker & Volgenant 1987.
 *
 * @param cost  [n][n], finite
 * @returns     the column of each row, a permutation of 0 … n − 1
 */
export function assign(cost: readonly (readonly number[])[]): number[] {
  const size = cost.length
  const rowPrice = new Float64Array(size + 1)
  const columnPrice = new Float64Array(size + 1)
  /** Row that has a column, counted from 1; 0 is none. Column 0 is where a search begins. */
  const rowOf = new Int32Array(size + 1)
  for (let row = 1; row <= size; row += 1) {
    const least = new Float64Array(size + 1).fill(Infinity)
    const before = new Int32Array(size + 1)
    const seen = new Uint8Array(size + 1)
    let column = 0
    rowOf[0] = row
    do {
      seen[column] = 1
      const from = rowOf[column]!
      let step = Infinity
      let next = 0
      for (let other = 1; other <= size; other += 1) {
        if (seen[other]) continue
        const reduced = cost[from - 1]![other - 1]! - rowPrice[from]! - columnPrice[other]!
        if (reduced < least[other]!) [least[other], before[other]] = [reduced, column]
        if (least[other]! < step) [step, next] = [least[other]!, other]
      }
      for (let other = 0; other <= size; other += 1) {
        if (seen[other]) {
          rowPrice[rowOf[other]!]! += step
          columnPrice[other]! -= step
        } else least[other]! -= step
      }
      column = next
    } while (rowOf[column] !== 0)
    while (column !== 0) {
      rowOf[column] = rowOf[before[column]!]!
      column = before[column]!
    }
  }
  const columnOf = new Array<number>(size).fill(0)
  for (let column = 1; column <= size; column += 1) columnOf[rowOf[column]! - 1] = column - 1
  return columnOf
}

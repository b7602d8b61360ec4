/** The order of the features of `quadraticFeatures`: 1, then x_0 …, then x_i x_j for i ≤ j, row by row of the upper triangle. */

export const quadraticLength = (columns: number): number => 1 + columns + (columns * (columns + 1)) / 2

export function quadraticPairs(columns: number): { left: number[]; right: number[] } {
  const [left, right]: [number[], number[]] = [[], []]
  for (let i = 0; i < columns; i += 1) {
    for (let j = i; j < columns; j += 1) {
      left.push(i)
      right.push(j)
    }
  }
  return { left, right }
}

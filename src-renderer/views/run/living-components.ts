/** Components whose weight amounts to at least one row; the others died. At least the heaviest is left. */
export function livingComponents(weights: readonly number[], rows: number): number[] {
  const alive = weights.flatMap((weight, k) => (weight * rows >= 1 ? [k] : []))
  return alive.length > 0 ? alive : [weights.indexOf(Math.max(...weights))]
}

/** The candidate a misspelt word was probably meant to be, or undefined where none is close. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(word.length / 3))
  const distances = candidates.map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
  return distances.filter(({ distance }) => distance <= allowed).sort((first, second) => first.distance - second.distance)[0]?.candidate
}

/** Levenshtein: insertions, deletions and replacements of one character, and swaps of two neighbours (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  let before: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] as number) + (from[row - 1] === to[column - 1] ? 0 : 1)
      let least = Math.min((previous[column] as number) + 1, (current[column - 1] as number) + 1, replaced)
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        least = Math.min(least, (before[column - 2] as number) + 1)
      }
      current.push(least)
    }
    before = previous
    previous = current
  }
  return previous[to.length] as number
}

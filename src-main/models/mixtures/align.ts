import { assign } from '@shared/math/assignment'

/**
 * Which components of two fits belong together: the matching of largest total overlap Σ_n min(r_na, s_nb) of their responsibilities for the
 * same rows, which leaves the two classifications least apart. It knows nothing of families, and takes different numbers of components.
 *
 * @param left   [rows, leftComponents]
 * @param right  [rows, rightComponents]
 * @returns      the partner on the right of each component on the left, −1 where it has none; and the overlaps [left][right]
 */
export function alignComponents(left: ArrayLike<number>, leftComponents: number, right: ArrayLike<number>, rightComponents: number) {
  const rows = left.length / leftComponents
  const overlap = Array.from({ length: leftComponents }, () => new Array<number>(rightComponents).fill(0))
  for (let row = 0; row < rows; row += 1) {
    for (let a = 0; a < leftComponents; a += 1) {
      const share = left[row * leftComponents + a]!
      if (!(share > 0)) continue
      for (let b = 0; b < rightComponents; b += 1) overlap[a]![b]! += Math.min(share, right[row * rightComponents + b]!)
    }
  }
  const size = Math.max(leftComponents, rightComponents)
  const cost = Array.from({ length: size }, (_, a) => Array.from({ length: size }, (_, b) => -(overlap[a]?.[b] ?? 0)))
  const partners = assign(cost)
    .slice(0, leftComponents)
    .map((partner) => (partner < rightComponents ? partner : -1))
  return { partners, overlap }
}

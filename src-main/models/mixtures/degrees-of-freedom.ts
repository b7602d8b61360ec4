import { digamma } from '@shared/math/gamma'

const least = 0.05
const most = 200

/**
 * ν in [.05, 200] with log(ν/2) + 1 − ψ(ν/2) + E[log u − u] = 0: what the M-step of a Student-t component asks for. The left side falls
 * with ν; where it keeps one sign, ν is at that end.
 *
 * @param expectation  E[log u − u] over the rows of the component, below −1
 */
export function solveDegreesOfFreedom(expectation: number): number {
  const slope = (nu: number): number => Math.log(nu / 2) + 1 - digamma(nu / 2) + expectation
  if (slope(most) >= 0) return most
  if (slope(least) <= 0) return least
  let [low, high] = [Math.log(least), Math.log(most)]
  for (let step = 0; step < 100 && high - low > 1e-15; step += 1) {
    const middle = (low + high) / 2
    if (slope(Math.exp(middle)) > 0) low = middle
    else high = middle
  }
  return Math.exp((low + high) / 2)
}

/* The gamma function's logarithm and its derivative, for positive arguments, to about 1e-14 relative. */

const shiftBelow = 10

/** log Γ(x), x > 0; by Stirling's series after the argument was raised above 10. */
export function logGamma(x: number): number {
  let product = 1
  let at = x
  while (at < shiftBelow) {
    product *= at
    at += 1
  }
  const inverse = 1 / at
  const square = inverse * inverse
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - (square * 691) / 360360)))))
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product)
}

/** ψ(x) = d log Γ(x)/dx, x > 0. */
export function digamma(x: number): number {
  let below = 0
  let at = x
  // Two steps with one division: 1/x + 1/(x + 1).
  while (at < shiftBelow) {
    below += (2 * at + 1) / (at * (at + 1))
    at += 2
  }
  const square = 1 / (at * at)
  const series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square * (1 / 132 - (square * 691) / 32760)))))
  return Math.log(at) - 0.5 / at - series - below
}

/** log B(a, b) */
export const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)

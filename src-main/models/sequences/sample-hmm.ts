import { fillNormal, fillUniform } from '@shared/math/random'
import type { Emission } from './emissions'
import type { Chain } from './forward-backward'

/** The first index at which the running sum of the probabilities exceeds u. */
export function drawIndex(probabilities: ArrayLike<number>, offset: number, count: number, u: number): number {
  let rest = u
  for (let index = 0; index < count - 1; index += 1) {
    rest -= probabilities[offset + index]!
    if (rest < 0) return index
  }
  return count - 1
}

/** A Poisson number by inversion, started at the mode so that it costs √rate steps. */
export function drawPoisson(rate: number, u: number): number {
  if (rate <= 0) return 0
  // Chop the walk from 0 where exp(−rate) would vanish: the lower tail below mean − 12σ has no mass a double could show.
  let count = Math.max(0, Math.floor(rate - 12 * Math.sqrt(rate)))
  let logMass = count * Math.log(rate) - rate
  for (let factor = 2; factor <= count; factor += 1) logMass -= Math.log(factor)
  let mass = Math.exp(logMass)
  let total = mass
  const most = rate + 12 * Math.sqrt(rate) + 40
  while (total < u && count < most) {
    count += 1
    mass *= rate / count
    total += mass
  }
  return count
}

/** One sequence of the chain: values [count, D] (of symbols, the symbols themselves) and the states behind them. */
export function sampleHmm(
  { states: count, initial, transitions, emission }: Chain & { emission: Emission },
  factors: readonly Float64Array[],
  length: number,
  seed: number,
): { values: Float64Array; states: Int32Array } {
  const { columns } = emission
  const moves = new Float64Array(length)
  const uniform = new Float64Array(length * columns)
  const normal = new Float64Array(length * columns)
  fillUniform(moves, { seed, stream: 'sample/chain' })
  fillUniform(uniform, { seed, stream: 'sample/emission' })
  fillNormal(normal, { seed, stream: 'sample/noise' })
  const states = new Int32Array(length)
  const values = new Float64Array(length * columns)
  for (let t = 0; t < length; t += 1) {
    const k = t === 0 ? drawIndex(initial, 0, count, moves[0]!) : drawIndex(transitions, states[t - 1]! * count, count, moves[t]!)
    states[t] = k
    for (let column = 0; column < columns; column += 1) {
      const at = t * columns + column
      if (emission.kind === 'poisson') values[at] = drawPoisson(emission.rates[k * columns + column]!, uniform[at]!)
      else if (emission.kind === 'categorical') {
        const symbols = emission.symbols[column]!
        values[at] = symbols[drawIndex(emission.probabilities[column]!, k * symbols.length, symbols.length, uniform[at]!)]!
      } else {
        values[at] = emission.means[k * columns + column]!
        for (let other = 0; other <= column; other += 1) values[at]! += factors[k]![column * columns + other]! * normal[t * columns + other]!
      }
    }
  }
  return { values, states }
}

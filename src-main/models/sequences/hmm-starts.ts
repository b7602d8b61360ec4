import { type RandomKey, fillUniform } from '@shared/math/random'
import { nearestCentres, spreadRows } from '../mixtures/partitions'
import { type Emission, addRows, emptyStatistics, maximizeEmission } from './emissions'
import type { Chain } from './forward-backward'

/** Where Baum–Welch begins: states that differ in what they show, and that tend to last. */
export function startHmm(x: Float64Array, like: Emission, states: number, key: RandomKey): Chain & { emission: Emission } {
  const uniform = new Float64Array(states * states + states)
  fillUniform(uniform, { ...key, stream: `${key.stream}/chain` })
  const transitions = new Float64Array(states * states)
  for (let i = 0; i < states; i += 1) {
    const stay = states === 1 ? 1 : 0.5 + 0.45 * uniform[states * states + i]!
    let others = 0
    for (let j = 0; j < states; j += 1) if (j !== i) others += uniform[i * states + j]!
    for (let j = 0; j < states; j += 1) transitions[i * states + j] = j === i ? stay : ((1 - stay) * uniform[i * states + j]!) / others
  }
  const initial = new Float64Array(states).fill(1 / states)
  return { states, initial, transitions, emission: startEmission(x, like, states, key) }
}

/** Rows go to the nearest of `states` rows spread over the data; of symbols, each state reweighs the frequencies at random. */
function startEmission(x: Float64Array, like: Emission, states: number, key: RandomKey): Emission {
  const { columns } = like
  const rows = x.length / columns
  if (like.kind === 'categorical') {
    const probabilities = like.symbols.map((symbols, column) => {
      const uniform = new Float64Array(states * symbols.length)
      fillUniform(uniform, { ...key, stream: `${key.stream}/symbols/${column}` })
      const frequency = new Float64Array(symbols.length)
      for (let row = 0; row < rows; row += 1) frequency[x[row * columns + column]!]! += 1 / rows
      const weights = uniform.map((value, index) => frequency[index % symbols.length]! * -Math.log(value))
      return weights.map((value, index) => {
        const k = Math.floor(index / symbols.length)
        return value / weights.subarray(k * symbols.length, (k + 1) * symbols.length).reduce((sum, weight) => sum + weight, 0)
      })
    })
    return { ...like, probabilities }
  }
  // The square root makes the spread of counts the same at every rate.
  const spread = like.kind === 'poisson' ? x.map(Math.sqrt) : x
  const rowsOf = { features: spread, columns }
  const { nearest } = nearestCentres(rowsOf, spreadRows(rowsOf, states, { ...key, stream: `${key.stream}/rows` }))
  const posteriors = new Float64Array(rows * states)
  nearest.forEach((k, row) => (posteriors[row * states + k] = 1))
  // A tenth of every row is shared by all states, so that none begins without any.
  for (let index = 0; index < posteriors.length; index += 1) posteriors[index] = 0.9 * posteriors[index]! + 0.1 / states
  const statistics = emptyStatistics(like, states)
  addRows(statistics, like, x, posteriors)
  return maximizeEmission(statistics, like, like.kind === 'gaussian' ? 1e-3 : 0)
}

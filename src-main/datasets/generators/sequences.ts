import type { GeneratorSpecs } from '@shared/domain/generator'
import { logGamma } from '@shared/math/gamma'
import { createDraws, cumulative, type Draws, place } from './draws'
import { axes, type Generated, numbered } from './generated'
import { logDensities, logSumExp } from './mixture'

type HmmSpec = GeneratorSpecs['hmm']

/** How a state speaks: what it draws, how likely a row is in every state, and its parameters by name. */
interface Emissions {
  names: string[]
  categories?: Record<string, string[]>
  /** The values of every row, row-major. */
  values: Float64Array
  /** log p(x_row | state) into `out`. */
  logDensity(row: number, out: Float64Array): Float64Array
  parameters: Generated['parameters']
}

/**
 * Sequences of a hidden Markov chain that starts evenly, stays in its state with probability `stay` and goes to each other one alike.
 * The log-likelihood is that of the forward recursion, divided by the number of rows.
 */
export function generateHmm(spec: HmmSpec): Generated {
  const { sequences, length, states, stay, seed } = spec
  const draws = createDraws('hmm', seed)
  const rows = sequences * length
  const codes = stateChains(draws, spec)
  const emissions = emissionsOf(draws, spec, codes)
  const width = emissions.names.length
  const values = new Float64Array(rows * (width + 1))
  for (let row = 0; row < rows; row += 1) {
    values[row * (width + 1)] = Math.floor(row / length) + 1
    for (let column = 0; column < width; column += 1) values[row * (width + 1) + 1 + column] = emissions.values[row * width + column]!
  }
  const { names, categories, parameters } = emissions
  return {
    table: { names: ['sequence', ...names], values, ...(categories && { categories }) },
    labels: { name: 'state', classes: numbered(states), codes },
    parameters: [
      { name: 'initial', shape: [states], values: Array.from({ length: states }, () => 1 / states) },
      { name: 'transitions', shape: [states, states], values: Array.from({ length: states * states }, (_, index) => transition(index, states, stay)) },
      ...parameters,
    ],
    factors: [],
    logLikelihood: forwardLogLikelihood(spec, emissions) / rows,
  }
}

function transition(index: number, states: number, stay: number): number {
  if (states === 1) return 1
  return Math.floor(index / states) === index % states ? stay : (1 - stay) / (states - 1)
}

function stateChains(draws: Draws, { sequences, length, states, stay }: HmmSpec): Int32Array {
  const uniform = draws.uniform(sequences * length, 'states')
  const codes = new Int32Array(sequences * length)
  for (let row = 0; row < codes.length; row += 1) {
    const at = uniform[row]!
    if (row % length === 0) codes[row] = Math.floor(at * states)
    else if (at < stay || states === 1) codes[row] = codes[row - 1]!
    else codes[row] = (codes[row - 1]! + 1 + Math.floor(((at - stay) / (1 - stay)) * (states - 1))) % states
  }
  return codes
}

function forwardLogLikelihood({ sequences, length, states, stay }: HmmSpec, { logDensity }: Emissions): number {
  const logTransitions = Float64Array.from({ length: states * states }, (_, index) => Math.log(transition(index, states, stay)))
  const density = new Float64Array(states)
  const from = new Float64Array(states)
  let total = 0
  for (let sequence = 0; sequence < sequences; sequence += 1) {
    let forward = new Float64Array(states).fill(-Math.log(states))
    for (let time = 0; time < length; time += 1) {
      logDensity(sequence * length + time, density)
      const before = forward
      forward = Float64Array.from({ length: states }, (_, state) => {
        if (time === 0) return before[state]! + density[state]!
        for (let other = 0; other < states; other += 1) from[other] = before[other]! + logTransitions[other * states + state]!
        return logSumExp(from) + density[state]!
      })
    }
    total += logSumExp(forward)
  }
  return total
}

function emissionsOf(draws: Draws, spec: HmmSpec, codes: Int32Array): Emissions {
  if (spec.emissions === 'gaussian') return gaussianEmissions(draws, spec, codes)
  return spec.emissions === 'poisson' ? poissonEmissions(draws, spec, codes) : categoricalEmissions(draws, spec, codes)
}

/** Unit covariance about means of standard deviation `separation`. */
function gaussianEmissions(draws: Draws, { states, dimensions, separation }: HmmSpec, codes: Int32Array): Emissions {
  const means = draws.normal(states * dimensions, 'means').map((value) => value * separation)
  const values = draws.normal(codes.length * dimensions, 'rows').map((value, at) => value + means[codes[Math.floor(at / dimensions)]! * dimensions + (at % dimensions)]!)
  const unit = Float64Array.from({ length: dimensions * dimensions }, (_, at) => (at % (dimensions + 1) === 0 ? 1 : 0))
  const factors = Array.from({ length: states }, () => unit)
  return {
    names: axes(dimensions),
    values,
    logDensity: (row, out) => logDensities(values.subarray(row * dimensions, (row + 1) * dimensions), { means, factors }, out),
    parameters: [
      { name: 'means', shape: [states, dimensions], values: [...means] },
      { name: 'covariances', shape: [states, dimensions, dimensions], values: factors.flatMap((factor) => [...factor]) },
    ],
  }
}

/** Rates exp(1 + separation·u/2), u uniform in ±1. */
function poissonEmissions(draws: Draws, { states, dimensions, separation }: HmmSpec, codes: Int32Array): Emissions {
  const rates = draws.uniform(states * dimensions, 'rates').map((value) => Math.min(1e4, Math.exp(1 + separation * (value - 0.5))))
  const uniform = draws.uniform(codes.length * dimensions, 'rows')
  const values = uniform.map((value, at) => poissonQuantile(value, rates[codes[Math.floor(at / dimensions)]! * dimensions + (at % dimensions)]!))
  return {
    names: axes(dimensions),
    values,
    logDensity: (row, out) => {
      for (let state = 0; state < states; state += 1) {
        out[state] = 0
        for (let column = 0; column < dimensions; column += 1) {
          const [x, rate] = [values[row * dimensions + column]!, rates[state * dimensions + column]!]
          out[state]! += x * Math.log(rate) - rate - logGamma(x + 1)
        }
      }
      return out
    },
    parameters: [{ name: 'rates', shape: [states, dimensions], values: [...rates] }],
  }
}

/** The least k whose distribution function reaches u. */
function poissonQuantile(u: number, rate: number): number {
  let [k, reached] = [0, Math.exp(-rate)]
  while (reached < u && k < rate + 40 * Math.sqrt(rate + 1)) {
    k += 1
    reached += Math.exp(k * Math.log(rate) - rate - logGamma(k + 1))
  }
  return k
}

/** One column of symbols; each state's probabilities are Dirichlet with concentration ½. */
function categoricalEmissions(draws: Draws, { states, dimensions }: HmmSpec, codes: Int32Array): Emissions {
  const symbols = Math.max(2, dimensions)
  const probabilities = draws.dirichlet(states, new Float64Array(symbols).fill(0.5), 'symbols')
  const ends = Array.from({ length: states }, (_, state) => cumulative(probabilities.subarray(state * symbols, (state + 1) * symbols)))
  const values = draws.uniform(codes.length, 'rows').map((value, row) => place(ends[codes[row]!]!, value))
  return {
    names: ['symbol'],
    categories: { symbol: Array.from({ length: symbols }, (_, index) => `s${index + 1}`) },
    values,
    logDensity: (row, out) => {
      for (let state = 0; state < states; state += 1) out[state] = Math.log(probabilities[state * symbols + values[row]!]!)
      return out
    },
    parameters: [{ name: 'probabilities', shape: [states, symbols], values: [...probabilities] }],
  }
}

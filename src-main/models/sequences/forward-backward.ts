import { massTimesLog } from '../mass-times-log'

/*
 * Recursions over one sequence x_1 … x_T of a chain with states 0 … K−1, in float64 without underflow: every quantity kept is a probability,
 * and products with densities go through logarithms. Rabiner 1989; the smoothing pass divides by predictions instead of multiplying by
 * densities, so it needs no second scale.
 */

export interface Chain {
  states: number
  /** [K] */
  initial: Float64Array
  /** [K, K], row i: p(z_{t+1} = j | z_t = i). */
  transitions: Float64Array
}

export interface Filtered {
  /** p(z_t | x_1 … x_{t−1}): [T, K] */
  predicted: Float64Array
  /** p(z_t | x_1 … x_t): [T, K] */
  filtered: Float64Array
  /** log p(x_t | x_1 … x_{t−1}): [T]; −∞ where the observation is impossible. */
  logStep: Float64Array
}

/** @param logEmission  log p(x_t | z_t = k): [T, K] */
export function filterForward({ states, initial, transitions }: Chain, logEmission: Float64Array): Filtered {
  const length = logEmission.length / states
  const predicted = new Float64Array(length * states)
  const filtered = new Float64Array(length * states)
  const logStep = new Float64Array(length)
  predicted.set(initial)
  for (let t = 0; t < length; t += 1) {
    const at = t * states
    if (t > 0) {
      for (let i = 0; i < states; i += 1) {
        const mass = filtered[at - states + i]!
        if (mass > 0) for (let j = 0; j < states; j += 1) predicted[at + j]! += mass * transitions[i * states + j]!
      }
    }
    let largest = -Infinity
    for (let k = 0; k < states; k += 1) largest = Math.max(largest, Math.log(predicted[at + k]!) + logEmission[at + k]!)
    if (largest === -Infinity) {
      // Impossible under every state: the chain goes on from its prediction, and the likelihood says so.
      logStep[t] = -Infinity
      for (let k = 0; k < states; k += 1) filtered[at + k] = predicted[at + k]!
      continue
    }
    let total = 0
    for (let k = 0; k < states; k += 1) {
      filtered[at + k] = Math.exp(Math.log(predicted[at + k]!) + logEmission[at + k]! - largest)
      total += filtered[at + k]!
    }
    for (let k = 0; k < states; k += 1) filtered[at + k]! /= total
    logStep[t] = largest + Math.log(total)
  }
  return { predicted, filtered, logStep }
}

/**
 * p(z_t | x_1 … x_T): [T, K]. Adds Σ_t p(z_t = i, z_{t+1} = j | x) to `transitionCounts` [K, K] where it is given.
 */
export function smoothBackward({ states, transitions }: Chain, { predicted, filtered }: Filtered, transitionCounts: Float64Array | null): Float64Array {
  const posteriors = Float64Array.from(filtered)
  const ratio = new Float64Array(states)
  for (let at = filtered.length - 2 * states; at >= 0; at -= states) {
    for (let j = 0; j < states; j += 1) {
      const expected = predicted[at + states + j]!
      ratio[j] = expected > 0 ? posteriors[at + states + j]! / expected : 0
    }
    for (let i = 0; i < states; i += 1) {
      let sum = 0
      for (let j = 0; j < states; j += 1) {
        const share = filtered[at + i]! * transitions[i * states + j]! * ratio[j]!
        sum += share
        if (transitionCounts) transitionCounts[i * states + j]! += share
      }
      posteriors[at + i] = sum
    }
  }
  return posteriors
}

/**
 * KL(q ‖ p) between the posteriors of two chains over the same sequence, nats; both are Markov chains backwards in time with the kernels
 * p(z_t | z_{t+1}, x_1 … x_t) ∝ filtered_t · transitions.
 */
export function pathDivergence(
  from: { chain: Chain; pass: Filtered; posteriors: Float64Array },
  to: { chain: Chain; pass: Filtered; posteriors: Float64Array },
): number {
  const { states } = from.chain
  const last = from.posteriors.length - states
  let sum = 0
  for (let k = 0; k < states; k += 1) {
    const mass = from.posteriors[last + k]!
    sum += massTimesLog(mass, mass) - massTimesLog(mass, to.posteriors[last + k]!)
  }
  for (let at = 0; at < last; at += states) {
    for (let j = 0; j < states; j += 1) {
      const mass = from.posteriors[at + states + j]!
      if (!(mass > 0)) continue
      for (let i = 0; i < states; i += 1) {
        const one = (from.pass.filtered[at + i]! * from.chain.transitions[i * states + j]!) / from.pass.predicted[at + states + j]!
        const other = (to.pass.filtered[at + i]! * to.chain.transitions[i * states + j]!) / to.pass.predicted[at + states + j]!
        sum += massTimesLog(mass * one, one) - massTimesLog(mass * one, other)
      }
    }
  }
  return sum
}

/** The most probable path of states and log p(path, x). Of equally probable ones, the lower states. */
export function viterbi({ states, initial, transitions }: Chain, logEmission: Float64Array): { path: Int32Array; logProbability: number } {
  const length = logEmission.length / states
  const cameFrom = new Int32Array(length * states)
  const logTransitions = transitions.map(Math.log)
  let score = Float64Array.from({ length: states }, (_, k) => Math.log(initial[k]!) + logEmission[k]!)
  for (let t = 1; t < length; t += 1) {
    const next = new Float64Array(states)
    for (let j = 0; j < states; j += 1) {
      let best = 0
      for (let i = 1; i < states; i += 1) {
        if (score[i]! + logTransitions[i * states + j]! > score[best]! + logTransitions[best * states + j]!) best = i
      }
      cameFrom[t * states + j] = best
      next[j] = score[best]! + logTransitions[best * states + j]! + logEmission[t * states + j]!
    }
    score = next
  }
  const path = new Int32Array(length)
  let state = score.reduce((best, value, k) => (value > score[best]! ? k : best), 0)
  const logProbability = score[state]!
  for (let t = length - 1; t >= 0; t -= 1) {
    path[t] = state
    state = cameFrom[t * states + state]!
  }
  return { path, logProbability }
}

/** p(z_{T+1}), …, p(z_{T+horizon}) after the last filtered distribution: [horizon, K] */
export function forecastStates({ states, transitions }: Chain, last: ArrayLike<number>, horizon: number): Float64Array {
  const ahead = new Float64Array(horizon * states)
  for (let step = 0; step < horizon; step += 1) {
    for (let i = 0; i < states; i += 1) {
      const mass = step === 0 ? last[i]! : ahead[(step - 1) * states + i]!
      for (let j = 0; j < states; j += 1) ahead[step * states + j]! += mass * transitions[i * states + j]!
    }
  }
  return ahead
}

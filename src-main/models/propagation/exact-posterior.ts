import { cholesky, logDeterminant } from '@shared/math/cholesky'
import { logGamma } from '@shared/math/gamma'
import type { RandomKey } from '@shared/math/random'
import { Draws } from '../draws'

/*
 * The exact posterior beside a Gaussian approximation q of it: moments, evidence and marginal densities, by quadrature over the plane that q
 * spans where there are one or two dimensions, by importance sampling from a t distribution around q where there are more.
 */

export interface Gaussian {
  /** [D] */
  mean: Float64Array
  /** [D, D] */
  covariance: Float64Array
}

/** The log of a posterior up to its evidence: total nats. */
export type LogDensity = (at: Float64Array) => number

export interface Marginal {
  mean: number
  deviation: number
  /** [places] each. */
  at: Float64Array
  density: Float64Array
}

export interface ExactPosterior {
  by: 'quadrature' | 'importance-sampling'
  /** log ∫ of what `logDensity` is the log of. */
  logEvidence: number
  marginals: Marginal[]
  samples: number | null
  effectiveSamples: number | null
}

/** Evaluations of the log-density that a picture may cost, in rows of data. */
const mostWork = 1e7
const reach = 8

/**
 * @param rows  how many rows one evaluation of the log-density walks over
 * @returns     null where too few samples count for anything to be said
 */
export function exactPosterior(q: Gaussian, logDensity: LogDensity, rows: number, key: RandomKey): ExactPosterior | null {
  const size = q.mean.length
  if (size === 1) return onLine(q, logDensity)
  if (size === 2 && 2 * side ** 2 * rows <= mostWork) return inPlane(q, logDensity)
  return bySampling(q, logDensity, Math.max(500, Math.min(20_000, Math.floor(mostWork / rows))), key)
}

interface Weighted {
  at: Float64Array
  logs: Float64Array
}

/** Moments, density and log of the integral of exp(logs) over evenly spaced places. */
function integrated({ at, logs }: Weighted): Marginal & { logIntegral: number } {
  const step = at[1]! - at[0]!
  const largest = logs.reduce((most, value) => Math.max(most, value), -Infinity)
  const shares = logs.map((value) => Math.exp(value - largest))
  const mass = shares.reduce((sum, value) => sum + value, 0)
  const mean = shares.reduce((sum, value, index) => sum + value * at[index]!, 0) / mass
  const square = shares.reduce((sum, value, index) => sum + value * (at[index]! - mean) ** 2, 0) / mass
  return { mean, deviation: Math.sqrt(square), at, density: shares.map((value) => value / mass / step), logIntegral: largest + Math.log(mass * step) }
}

const spaced = (from: number, to: number, places: number): Float64Array =>
  Float64Array.from({ length: places }, (_, index) => from + ((to - from) * index) / (places - 1))

function onLine({ mean, covariance }: Gaussian, logDensity: LogDensity): ExactPosterior {
  const deviation = Math.sqrt(covariance[0]!)
  const at = spaced(mean[0]! - 1.5 * reach * deviation, mean[0]! + 1.5 * reach * deviation, 801)
  const { logIntegral, ...marginal } = integrated({ at, logs: at.map((place) => logDensity(Float64Array.of(place))) })
  return { by: 'quadrature', logEvidence: logIntegral, marginals: [marginal], samples: null, effectiveSamples: null }
}

const side = 81

function inPlane(q: Gaussian, logDensity: LogDensity): ExactPosterior {
  const found = [0, 1].map((first) => {
    const order = [first, 1 - first] as const
    const spread = order.flatMap((row) => order.map((column) => q.covariance[row * 2 + column]!))
    const [a, , b, c] = cholesky(Float64Array.from(spread), 2) as unknown as [number, number, number, number]
    const outer = spaced(-reach, reach, side)
    const inner = spaced(-reach, reach, side)
    const point = new Float64Array(2)
    const logs = outer.map((u) => {
      const along = inner.map((v) => {
        point[order[0]] = q.mean[order[0]]! + a * u
        point[order[1]] = q.mean[order[1]]! + b * u + c * v
        return logDensity(point)
      })
      return integrated({ at: inner.map((v) => c * v), logs: along }).logIntegral
    })
    return integrated({ at: outer.map((u) => q.mean[first]! + a * u), logs })
  })
  const marginals = found.map(({ logIntegral: _logIntegral, ...marginal }) => marginal)
  return { by: 'quadrature', logEvidence: found[0]!.logIntegral, marginals, samples: null, effectiveSamples: null }
}

/** Tails heavier than those of q, so that no weight is without bound. */
const tails = 5
const leastEffective = 50

function bySampling({ mean, covariance }: Gaussian, logDensity: LogDensity, samples: number, key: RandomKey): ExactPosterior | null {
  const size = mean.length
  const lower = cholesky(covariance, size)
  if (!lower) return null
  const draws = new Draws(key)
  const points = new Float64Array(samples * size)
  const logs = new Float64Array(samples)
  const normals = new Float64Array(size)
  const half = 0.5 * logDeterminant(lower, size)
  for (let sample = 0; sample < samples; sample += 1) {
    for (let d = 0; d < size; d += 1) normals[d] = draws.normal()
    const stretch = Math.sqrt(tails / (2 * draws.gamma(tails / 2)))
    const point = points.subarray(sample * size, (sample + 1) * size)
    for (let d = 0; d < size; d += 1) {
      point[d] = mean[d]!
      for (let e = 0; e <= d; e += 1) point[d]! += lower[d * size + e]! * normals[e]! * stretch
    }
    logs[sample] = logDensity(point) + half - logT(squares(normals) * stretch ** 2, size)
  }
  const largest = logs.reduce((most, value) => Math.max(most, value), -Infinity)
  const shares = logs.map((value) => Math.exp(value - largest))
  const mass = shares.reduce((sum, value) => sum + value, 0)
  const effective = mass ** 2 / squares(shares)
  if (!(effective >= leastEffective)) return null
  const weights = shares.map((value) => value / mass)
  const marginals = Array.from(mean, (_, d) => smoothed(points.filter((_value, index) => index % size === d), weights))
  return { by: 'importance-sampling', logEvidence: largest + Math.log(mass / samples), marginals, samples, effectiveSamples: effective }
}

const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0)

/** log of a t density of scale 1 at a distance whose square is given, in D dimensions. */
const logT = (square: number, size: number): number =>
  logGamma((tails + size) / 2) - logGamma(tails / 2) - (size / 2) * Math.log(tails * Math.PI) - ((tails + size) / 2) * Math.log1p(square / tails)

/** A density from weighted samples, by Gaussian kernels of 0.2 standard deviations. */
function smoothed(values: Float64Array, weights: Float64Array): Marginal {
  const mean = values.reduce((sum, value, index) => sum + value * weights[index]!, 0)
  const deviation = Math.sqrt(values.reduce((sum, value, index) => sum + weights[index]! * (value - mean) ** 2, 0))
  const width = 0.2 * deviation
  const at = spaced(mean - 5 * deviation, mean + 5 * deviation, 201)
  const density = new Float64Array(at.length)
  const step = at[1]! - at[0]!
  const kernel = Math.ceil((4 * width) / step)
  for (const [index, value] of values.entries()) {
    const middle = Math.round((value - at[0]!) / step)
    for (let place = Math.max(0, middle - kernel); place <= Math.min(at.length - 1, middle + kernel); place += 1) {
      density[place]! += (weights[index]! * Math.exp(-0.5 * ((at[place]! - value) / width) ** 2)) / (width * Math.sqrt(2 * Math.PI))
    }
  }
  return { mean, deviation, at, density }
}

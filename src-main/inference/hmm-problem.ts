import type { Executable, Runtime } from '../graph/runtime'
import { massTimesLog } from '../models/mass-times-log'
import { quadraticState, scorePass, weightedMomentsPass } from '../models/quadratic-pass'
import {
  type Emission,
  type EmissionStatistics,
  addRows,
  emptyStatistics,
  expectedLogEmission,
  logEmissionOf,
  maximizeEmission,
  whiteningOf,
} from '../models/sequences/emissions'
import { type Chain, type Filtered, filterForward, pathDivergence, smoothBackward } from '../models/sequences/forward-backward'
import { logGamma } from '@shared/math/gamma'
import { type Chunks, cutIntoChunks } from './chunks'
import type { EmProblem } from './em'

export interface Hmm extends Chain {
  emission: Emission
}

/** Rows of all sequences one after another. */
export interface SequenceData {
  /** [N, D]: values, counts, or indices of symbols. */
  x: Float64Array
  columns: number
  sequences: readonly { name: string; start: number; length: number }[]
}

export interface HmmStatistics {
  /** Σ over sequences of p(z_1): [K] */
  initialCounts: Float64Array
  /** [K, K] */
  transitionCounts: Float64Array
  emission: EmissionStatistics
  /** The parameters these were taken at; a state never visited keeps them. */
  from: Hmm
}

export interface HmmProblem extends EmProblem<Hmm, HmmStatistics> {
  /** log p(x_n | z_n = k): [N, K] */
  logEmission(hmm: Hmm): Promise<Float64Array>
  dispose(): Promise<void>
}

export interface SmoothedSequence {
  pass: Filtered
  posteriors: Float64Array
}

/** Forward and backward over every sequence; adds up what the M-step needs of the chain where `into` is given. */
export function smoothAll(
  { sequences }: Pick<SequenceData, 'sequences'>,
  chain: Chain,
  logEmission: Float64Array,
  into: Pick<HmmStatistics, 'initialCounts' | 'transitionCounts'> | null,
): SmoothedSequence[] {
  const { states } = chain
  return sequences.map(({ start, length }) => {
    const pass = filterForward(chain, logEmission.subarray(start * states, (start + length) * states))
    const posteriors = smoothBackward(chain, pass, into && into.transitionCounts)
    if (into) for (let k = 0; k < states; k += 1) into.initialCounts[k]! += posteriors[k]!
    return { pass, posteriors }
  })
}

export const totalLogLikelihood = (smoothed: readonly SmoothedSequence[]): number =>
  smoothed.reduce((total, { pass }) => total + pass.logStep.reduce((sum, value) => sum + value, 0), 0)

/** Log-densities of Gaussian states by a program over chunks, of counts and symbols directly. */
export async function logEmissionsOf(runtime: Runtime, data: SequenceData, hmm: Hmm): Promise<Float64Array> {
  const problem = await hmmProblem(runtime, data, hmm, 0)
  const found = await problem.logEmission(hmm)
  await problem.dispose()
  return found
}

/** Baum–Welch on given sequences. `like` tells the number of states and the kind of emission. */
export async function hmmProblem(runtime: Runtime, data: SequenceData, like: Hmm, regularization: number): Promise<HmmProblem> {
  const { states } = like
  const gaussian = like.emission.kind === 'gaussian' ? await gaussianPasses(runtime, cutIntoChunks(data.x, data.columns), states) : null
  const constant = like.emission.kind === 'poisson' ? -data.x.reduce((sum, value) => sum + logGamma(value + 1), 0) : 0

  const logEmission = (hmm: Hmm): Promise<Float64Array> | Float64Array =>
    hmm.emission.kind === 'gaussian' ? gaussian!.logDensities(hmm.emission.means, hmm.emission.covariances) : logEmissionOf(hmm.emission, states, data.x)

  const expectedComplete = (hmm: Hmm, { initialCounts, transitionCounts, emission }: HmmStatistics): number => {
    let total = expectedLogEmission(hmm.emission, emission, constant)
    initialCounts.forEach((count, k) => (total += massTimesLog(count, hmm.initial[k]!)))
    transitionCounts.forEach((count, index) => (total += massTimesLog(count, hmm.transitions[index]!)))
    return total
  }

  return {
    weight: data.x.length / data.columns,
    logEmission: async (hmm) => logEmission(hmm),
    async expect(hmm, previous) {
      const initialCounts = new Float64Array(states)
      const transitionCounts = new Float64Array(states * states)
      const smoothed = smoothAll(data, hmm, await logEmission(hmm), { initialCounts, transitionCounts })
      const posteriors = joined(smoothed, states, data)
      const emission = emptyStatistics(hmm.emission, states)
      if (gaussian) Object.assign(emission, await gaussian.moments(posteriors))
      else addRows(emission, hmm.emission, data.x, posteriors)
      const statistics = { initialCounts, transitionCounts, emission, from: hmm }
      let kl: number | null = null
      if (previous) {
        const before = smoothAll(data, previous, await logEmission(previous), null)
        kl = smoothed.reduce((sum, to, index) => sum + pathDivergence({ chain: previous, ...before[index]! }, { chain: hmm, ...to }), 0)
      }
      return { statistics, logLikelihood: totalLogLikelihood(smoothed), complete: expectedComplete(hmm, statistics), kl }
    },
    maximize: ({ initialCounts, transitionCounts, emission, from }) => {
      const total = initialCounts.reduce((sum, count) => sum + count, 0)
      const rowTotals = Float64Array.from({ length: states }, (_, i) =>
        transitionCounts.subarray(i * states, (i + 1) * states).reduce((sum, count) => sum + count, 0),
      )
      return {
        states,
        initial: initialCounts.map((count) => count / total),
        transitions: transitionCounts.map((count, index) => {
          const row = rowTotals[Math.floor(index / states)]!
          return row > 1e-300 ? count / row : from.transitions[index]!
        }),
        emission: maximizeEmission(emission, from.emission, regularization),
      }
    },
    expectedCompleteLogLikelihood: expectedComplete,
    dispose: async () => gaussian?.dispose(),
  }
}

function joined(smoothed: readonly SmoothedSequence[], states: number, { sequences, x, columns }: SequenceData): Float64Array {
  const all = new Float64Array((x.length / columns) * states)
  smoothed.forEach(({ posteriors }, index) => all.set(posteriors, sequences[index]!.start * states))
  return all
}

async function gaussianPasses(runtime: Runtime, chunks: Chunks, states: number) {
  const shape = { rows: chunks.chunkRows, columns: chunks.columns, components: states }
  const scorer = await runtime.compile(scorePass(shape))
  let adder: Executable | null = null
  const { columns } = chunks
  return {
    async logDensities(means: Float64Array, covariances: Float64Array): Promise<Float64Array> {
      const factors = Array.from({ length: states }, (_, k) => whiteningOf(covariances, columns, k))
      scorer.load(
        quadraticState(shape, {
          means,
          whitening: (k) => factors[k]!.whitening,
          constant: (k) => -0.5 * (columns * Math.log(2 * Math.PI) + factors[k]!.logDeterminant),
        }),
      )
      const found = new Float64Array(chunks.rows * states)
      let row = 0
      for (const block of chunks.blocks) {
        const { scores } = await scorer.run({ x: block.x })
        found.set(scores!.subarray(0, block.rows * states), row * states)
        row += block.rows
      }
      return found
    },
    async moments(posteriors: Float64Array): Promise<Pick<EmissionStatistics, 'counts' | 'sums' | 'products'>> {
      adder ??= await runtime.compile(weightedMomentsPass(shape))
      const total = { counts: new Float64Array(states), sums: new Float64Array(states * columns), products: new Float64Array(states * columns ** 2) }
      let row = 0
      for (const block of chunks.blocks) {
        const shares = new Float64Array(chunks.chunkRows * states)
        shares.set(posteriors.subarray(row * states, (row + block.rows) * states))
        const found = await adder.run({ x: block.x, shares })
        for (const [name, sums] of Object.entries(total)) found[name]!.forEach((value, index) => (sums[index]! += value))
        row += block.rows
      }
      return total
    },
    async dispose() {
      await scorer.dispose()
      await adder?.dispose()
    },
  }
}

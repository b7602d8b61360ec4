import type { RowBlocks } from '@shared/math/row-blocks'
import type { BlockSums, Executable, Runtime } from '../graph/runtime'
import { CollapsedComponent, type Mixture, type MixtureFamily, type Sums, partOf } from '../models/mixtures/mixture-family'
import {
  type ExpectationOptions,
  constantsPass,
  expectationPass,
  posteriorPass,
  statisticsPass,
} from '../models/mixtures/mixture-pass'
import { type Chunks, chunkRowsOf, chunksOf, cutIntoChunks, defaultChunkRows, leastChunkRows, sumOverChunks, sumsOf } from './chunks'
import type { EmProblem, Expectation } from './em'
import { type SmallTable, smallTable } from './small-table'
import { type KnownClasses, knownFeed, sharesWithLabels, withLabels } from './known-classes'

export interface MixtureExpectation extends Expectation<Sums> {
  /** Σ log max_k r, nats: what ICL adds to BIC, halved. */
  certainty: number
}

export interface MixtureProblem<P extends Mixture> extends EmProblem<P, Sums> {
  family: MixtureFamily<P>
  expect(parameters: P, previous: P | null): Promise<MixtureExpectation>
  /** The E-steps of several mixtures in one go; null for one that has collapsed. */
  expectTogether(mixtures: readonly P[]): Promise<(MixtureExpectation | null)[]>
  /** A start from a partition of rows into components, [rows], or the M-step of responsibilities, [rows, K]. */
  begin(rows: Int32Array | Float64Array): Promise<P>
  /** A faster way through many iterations of many fits, where the table is small. */
  small?: SmallTable<P> | null
  dispose(): Promise<void>
}

/** Rows in the units of the fit, ready for the programs of a family. */
export const familyChunks = <P extends Mixture>(features: Float64Array, family: MixtureFamily<P>, weights: Float64Array | null = null): Chunks =>
  cutIntoChunks(family.encode(features), family.width, weights, chunkRowsFor(family))

/** The same of rows that are read anew by every walk. */
export const streamedChunks = <P extends Mixture>(rows: RowBlocks, family: MixtureFamily<P>, weights: Float64Array | null = null): Chunks =>
  chunksOf(rows, family.width, (block) => family.encode(block), weights, Math.max(leastChunkRows, chunkRowsFor(family) >> 2))

/** Families whose work grows with the square of the columns compute quadratic features of each row, the others a number per component. */
const chunkRowsFor = <P extends Mixture>({ work, width, components }: MixtureFamily<P>): number =>
  work > width ? defaultChunkRows(width) : chunkRowsOf(width + components)

export interface ProblemOptions {
  posterior?: ExpectationOptions['posterior']
  /** Read at every E-step where the posterior is annealed. */
  temper?: { inverseTemperature: number }
  /** The rows that starts are partitions of; all, where nothing else is said. */
  begin?: Chunks
  /** Classes of the rows, where they are known of some, and of those that starts are partitions of. */
  known?: KnownClasses | null
  knownAtFirst?: KnownClasses | null
  pause?(): Promise<void>
}

/** Numbers per row that are computed side by side at most: beyond, it is arithmetic that takes the time and not the calls. */
const widest = 400
const mostAtOnce = 16

/** A mixture on given data, ready for EM: the E-step runs as one program over chunks of rows. */
export async function mixtureProblem<P extends Mixture>(
  runtime: Runtime,
  chunks: Chunks,
  family: MixtureFamily<P>,
  { posterior = 'plain', temper, begin = chunks, known: classes = null, knownAtFirst = classes, pause }: ProblemOptions = {},
): Promise<MixtureProblem<P>> {
  const rows = chunks.chunkRows
  const feed = classes ? () => knownFeed(classes) : undefined
  const compiled = new Map<string, Promise<BlockSums>>()
  let beginning: Promise<Executable> | null = null
  const pass = (used: MixtureFamily<P>, mixtures: number, identity: boolean): Promise<BlockSums> => {
    const key = `${used === family} ${mixtures} ${identity}`
    const known = compiled.get(key) ?? sumsOf(runtime, expectationPass(used, { rows, mixtures, identity, posterior, known: classes !== null }), chunks, feed)
    compiled.set(key, known)
    return known
  }
  const constants = await constantSums(runtime, chunks, family, pause)
  const constantsAtFirst = begin === chunks ? constants : await constantSums(runtime, begin, family, pause)
  const small = posterior === 'plain' && !temper && !classes ? smallTable(runtime, chunks, family, constants) : null
  const atOnce = Math.max(1, Math.min(mostAtOnce, Math.floor(widest / (family.components * family.width))))
  // A program for each: what a size is too large for is computed for nothing.
  const sizes = [1, 4, atOnce].filter((size) => size <= atOnce)

  const expectation = ({ logLikelihood, complete, certainty, kl, ...statistics }: Sums): MixtureExpectation => ({
    statistics: { ...statistics, ...constants },
    logLikelihood: logLikelihood![0]!,
    complete: complete![0]!,
    certainty: certainty![0]!,
    kl: kl?.[0] ?? null,
  })

  /** The family to compute with and its state for mixtures side by side; null in place of one that has collapsed. */
  const loaded = (mixtures: readonly (P | null)[], size: number): { used: MixtureFamily<P>; state: Record<string, Float64Array>; healthy: boolean[] } | null => {
    const substitute = mixtures.find((mixture) => mixture !== null)
    if (!substitute) return null
    const filled = Array.from({ length: size }, (_, index) => mixtures[index] ?? substitute)
    try {
      const used = familyFor(family, filled)
      return { used, state: used.state(filled), healthy: mixtures.map((mixture) => mixture !== null) }
    } catch (error) {
      if (!(error instanceof CollapsedComponent)) throw error
      return loaded(mixtures.map((mixture) => (mixture && hasCollapsed(family, mixture) ? null : mixture)), size)
    }
  }

  const group = async (mixtures: readonly P[]): Promise<(MixtureExpectation | null)[]> => {
    const size = sizes.find((candidate) => candidate >= mixtures.length)!
    const ready = loaded(mixtures, size)
    if (!ready) return mixtures.map(() => null)
    const together = await pass(ready.used, size, false)
    together.load(ready.state)
    const sums = await together.sum(pause)
    return mixtures.map((_, index) => (ready.healthy[index] ? expectation(partOf(sums, index, size)) : null))
  }

  return {
    family,
    small,
    weight: chunks.weight,
    async expect(parameters, previous) {
      const used = familyFor(family, previous ? [parameters, previous] : [parameters])
      const one = await pass(used, 1, previous !== null)
      one.load(used.state([parameters]))
      if (temper) one.load({ inverseTemperature: Float64Array.of(temper.inverseTemperature) })
      if (previous) one.load(prefixed(used.state([previous])))
      return expectation(await one.sum(pause))
    },
    async expectTogether(mixtures) {
      const results = []
      for (let from = 0; from < mixtures.length; from += atOnce) results.push(...(await group(mixtures.slice(from, from + atOnce))))
      return results
    },
    async begin(given) {
      if (small && begin === chunks && given instanceof Int32Array) return small.begin(given)
      const known = (beginning ??= runtime.compile(statisticsPass(family, begin.chunkRows)))
      if (given instanceof Float64Array) {
        const shares = knownAtFirst ? sharesWithLabels(given, knownAtFirst) : given
        return family.maximize({ ...(await shareSums(await known, begin, shares, family.components)), ...constantsAtFirst }, null)
      }
      const partition = knownAtFirst ? withLabels(given, knownAtFirst) : given
      return family.begin({ ...(await partitionSums(await known, begin, partition, family.components)), ...constantsAtFirst })
    },
    maximize: (sums, previous) => family.maximize(sums, previous),
    expectedCompleteLogLikelihood: (mixture, sums) => family.expectedComplete(mixture, sums),
    async dispose() {
      for (const opened of compiled.values()) await (await opened).dispose()
      await (await beginning)?.dispose()
    },
  }
}

const familyFor = <P extends Mixture>(family: MixtureFamily<P>, mixtures: readonly P[]): MixtureFamily<P> =>
  family.careful && mixtures.some(family.careful.needed) ? family.careful.family : family

const prefixed = (state: Record<string, Float64Array>): Record<string, Float64Array> =>
  Object.fromEntries(Object.entries(state).map(([name, values]) => [`previous/${name}`, values]))

function hasCollapsed<P extends Mixture>(family: MixtureFamily<P>, mixture: P): boolean {
  try {
    family.state([mixture])
    return false
  } catch (error) {
    if (error instanceof CollapsedComponent) return true
    throw error
  }
}

async function constantSums<P extends Mixture>(
  runtime: Runtime,
  chunks: Chunks,
  family: MixtureFamily<P>,
  pause?: () => Promise<void>,
): Promise<Sums> {
  const program = constantsPass(family, chunks.chunkRows)
  if (!program) return {}
  const executable = await runtime.compile(program)
  const sums = await sumOverChunks(executable, chunks, pause)
  await executable.dispose()
  return sums
}

async function partitionSums(executable: Executable, chunks: Chunks, partition: Int32Array, components: number): Promise<Sums> {
  let row = 0
  const responsibilities = new Float64Array(chunks.chunkRows * components)
  return sumOverChunks(executable, chunks, undefined, ({ weight, rows }) => {
    responsibilities.fill(0)
    for (let index = 0; index < rows; index += 1) responsibilities[index * components + partition[row + index]!] = weight[index]!
    row += rows
    return { responsibilities }
  })
}

async function shareSums(executable: Executable, chunks: Chunks, shares: Float64Array, components: number): Promise<Sums> {
  let row = 0
  const responsibilities = new Float64Array(chunks.chunkRows * components)
  return sumOverChunks(executable, chunks, undefined, ({ weight, rows }) => {
    responsibilities.fill(0)
    for (let index = 0; index < rows * components; index += 1) {
      responsibilities[index] = weight[Math.floor(index / components)]! * shares[row * components + index]!
    }
    row += rows
    return { responsibilities }
  })
}

interface Posterior<P extends Mixture> {
  runtime: Runtime
  family: MixtureFamily<P>
  mixture: P
  posterior?: 'plain' | 'hard'
  /** Classes of the rows, where they are known of some. */
  known?: KnownClasses | null
  pause?: () => Promise<void>
}

/** Responsibilities [rows, K] and log-densities [rows] of given rows. */
export async function mixturePosterior<P extends Mixture>(
  of: Posterior<P> & { features: Float64Array },
): Promise<{ responsibilities: Float64Array; logDensity: Float64Array }> {
  const { features, family } = of
  const chunks = familyChunks(features, family)
  const responsibilities = new Float64Array(chunks.rows * family.components)
  const logDensity = new Float64Array(chunks.rows)
  await posteriorOverChunks({ ...of, chunks }, (part, logs, row) => {
    responsibilities.set(part, row * family.components)
    logDensity.set(logs, row)
  })
  return { responsibilities, logDensity }
}

/**
 * The same a chunk at a time.
 *
 * @param see  told the responsibilities [n, K] and log-densities [n] of n rows from `row` on, valid during the call
 */
export async function posteriorOverChunks<P extends Mixture>(
  of: Posterior<P> & { chunks: Chunks },
  see: (responsibilities: Float64Array, logDensity: Float64Array, row: number) => void,
): Promise<void> {
  const { runtime, chunks, family, mixture, posterior = 'plain', known = null, pause } = of
  const used = familyFor(family, [mixture])
  const executable = await runtime.compile(posteriorPass(used, chunks.chunkRows, posterior, known !== null))
  executable.load(used.state([mixture]))
  const feed = known && knownFeed(known)
  let row = 0
  for (const { x, weight, rows } of chunks.blocks) {
    const outputs = await executable.run({ x, ...feed?.({ weight, rows }) })
    // The programs of mixtures compute in float64.
    const [responsibilities, logDensity] = [outputs['responsibilities'] as Float64Array, outputs['logDensity'] as Float64Array]
    see(responsibilities.subarray(0, rows * family.components), logDensity.subarray(0, rows), row)
    row += rows
    await pause?.()
  }
  await executable.dispose()
}

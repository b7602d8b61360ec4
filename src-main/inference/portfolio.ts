import type { Mixture, MixtureFamily } from '../models/mixtures/mixture-family'
import { reseed } from '../models/mixtures/partitions'
import { type AdvanceOptions, type Attempt, advance, begun, heightOf } from './attempts'
import type { MixtureProblem } from './mixture-problem'
import type { Starts } from './starts'

/*
 * A search for the highest proper optimum: many starts of several kinds make a few iterations, the best of them some more, the best of
 * those go on to the end; then single components of the best fit are moved elsewhere, as long as that finds something higher. Of likelihoods
 * with many optima, iterations spent on a poor start are lost (Biernacki, Celeux & Govaert 2003).
 */

export interface Contender<P> {
  origin: string
  attempt: Attempt<P>
}

/** A start that did not go on to the end, and why. */
export interface GivenUp<P> extends Contender<P> {
  fate: 'behind' | 'same' | 'collapsed' | 'spurious'
  /** Where it stood as high as one that went on: which of these. */
  finalist: number | null
}

/** A contender's responsibilities, [rows, K]. */
export type Responsibilities<P> = (mixture: P) => Promise<Float64Array>

export interface PortfolioPlan<P extends Mixture> {
  problem: MixtureProblem<P>
  starts: Starts<P>
  responsibilities: Responsibilities<P>
  /** Fits that go on to the end. */
  finalists: number
  options: Omit<AdvanceOptions, 'iterations'> & { maxIterations: number }
  onGivenUp?(one: GivenUp<P>): void
}

/** Fewer components have fewer optima, and many have very many. */
const startsPerFinalist = (components: number): number => (components === 2 ? 16 : components === 3 ? 28 : components < 8 ? 40 : 60)
const mostStarts = 400
/**
 * Iterations that starts have made when they are compared, and how many of them go on: the optimum of few starts is seldom ahead after a few
 * iterations, yet seldom in the lower half (on iris, starts that lead to the best of four full components rank 235 to 686 of 2500 after
 * eight iterations and within the first 70 after 32).
 */
const rungs = [
  { iterations: 6, kept: 1 / 3, least: 6 },
  { iterations: 14, kept: 1 / 3, least: 4 },
  { iterations: 32, kept: 1 / 2, least: 3 },
  { iterations: 64, kept: 1, least: 2 },
] as const
/**
 * The same where iterations cost next to nothing: poor starts fall behind at once, good ones come forward late. Of 6000 starts on iris, nine in ten
 * that lead to the best of four full components are in the upper half after two iterations, hardly any in the upper tenth after twelve, and 86 to 92
 * of 100 in the upper thirtieth after forty.
 */
const wideRungs = [
  { iterations: 2, kept: 1 / 2, least: 8 },
  { iterations: 40, kept: 1 / 12, least: 3 },
  { iterations: 60, kept: 1, least: 2 },
] as const
/** Components that have covariances of their own find the most places to settle. */
const wideStartsPerFinalist = ({ components, work, width }: Pick<MixtureFamily<never>, 'components' | 'work' | 'width'>): number =>
  components === 2 ? 16 : components === 3 ? 32 : work > width ? 100 : 40
const mostWideStarts = 1000
/** Iterations of a start on average, and multiplications that all of them may take. */
const wideRun = 24
const wideBudget = 2e9
const shortRun = 8
/** The same of moves; at least two for each finalist go on. */
const moveRungs = [{ iterations: shortRun, kept: 0 }, { iterations: 48, kept: 1 }] as const
const wideMoves = [{ iterations: 20, kept: 1 / 2 }, { iterations: 48, kept: 1 }] as const
/** Multiplications that the first runs of all starts may take. */
const budget = 1.5e9
const mostMoves = 48
const mostRounds = 4

/** As many starts as are worth it for this problem, at least one per finalist. */
function startCount<P extends Mixture>({ problem, starts, finalists }: PortfolioPlan<P>): number {
  const { family, weight } = problem
  const affordable = budget / (shortRun * weight * family.components * family.work)
  const few = Math.min(mostStarts, startsPerFinalist(family.components) * Math.max(2, finalists), Math.floor(affordable))
  if (!isWide(problem)) return Math.max(finalists, few)
  const rows = starts.rows.features.length / starts.rows.columns
  const wide = Math.min(mostWideStarts, wideStartsPerFinalist(family) * Math.max(2, finalists))
  return Math.max(finalists, few, Math.min(wide, Math.floor(wideBudget / (wideRun * rows * family.components * family.linear!.width))))
}

/** Are iterations and M-steps of this problem so cheap that starts may be many and go far? */
const isWide = <P extends Mixture>({ small, family }: MixtureProblem<P>): boolean => !!small && family.linear?.step !== undefined

/** The starts that have come far enough to be fitted to the end, best first. */
export async function choosePortfolio<P extends Mixture>(plan: PortfolioPlan<P>): Promise<Contender<P>[]> {
  const { problem, finalists, options } = plan
  if (problem.family.components === 1) return contendersFrom(plan, 1)
  const pool = await contendersFrom(plan, startCount(plan))
  if (pool.length <= finalists) return pool
  let left = pool
  for (const { iterations, kept, least } of isWide(problem) ? wideRungs : rungs) {
    await advance(problem, attemptsOf(left), { ...options, iterations, stage: 'early' })
    left = best(problem, left, Math.max(least * finalists, Math.ceil(kept * left.length)))
  }
  const chosen = distinct(problem, left, finalists, 2)
  giveUp(plan, pool, chosen, chosen)
  return chosen
}

/**
 * Tells of every one that does not go on.
 *
 * @param finalists  those that it may be counted with, where it stands as high; moves begin at one of these, and count for nothing
 */
function giveUp<P extends Mixture>({ problem, onGivenUp }: PortfolioPlan<P>, pool: readonly Contender<P>[], chosen: readonly Contender<P>[], finalists: readonly Contender<P>[]): void {
  if (!onGivenUp) return
  for (const one of pool) {
    if (chosen.includes(one)) continue
    const { collapsed, parameters, trace } = one.attempt
    // Too early, height tells nothing.
    const isSettled = collapsed === null && trace.length > shortRun
    const isSpurious = isSettled && problem.family.spurious(parameters, problem.weight) !== null
    const finalist = isSettled && !isSpurious ? finalists.findIndex((other) => standEqual(problem, other, one)) : -1
    const fate = collapsed !== null ? 'collapsed' : isSpurious ? 'spurious' : finalist >= 0 ? 'same' : 'behind'
    onGivenUp({ ...one, fate, finalist: finalist >= 0 ? finalist : null })
  }
}

async function contendersFrom<P extends Mixture>({ problem, starts, options }: PortfolioPlan<P>, count: number): Promise<Contender<P>[]> {
  const kinds = starts.portfolio(isWide(problem))
  const pool: Contender<P>[] = []
  for (let index = 0; index < count; index += 1) {
    const kind = kinds[index % kinds.length]!
    // There is only one of this kind.
    if (kind === 'hierarchical' && index >= kinds.length) continue
    const { origin, begin } = starts.start(kind, String(index))
    pool.push({ origin, attempt: begun(await begin()) })
    await options.pause?.()
  }
  return pool
}

/** Moves components of the best fits elsewhere, for as long as something higher is found; returns what was, best first. */
export async function improve<P extends Mixture>(plan: PortfolioPlan<P>, fitted: readonly Contender<P>[]): Promise<Contender<P>[]> {
  const { problem, starts, finalists, options } = plan
  const { components } = problem.family
  const moves = Math.min(mostMoves, Math.floor(startCount(plan) / 4))
  const found: Contender<P>[] = []
  if (components === 1 || moves < 4 || finalists < 2) return found
  for (let round = 0; round < mostRounds; round += 1) {
    const known = [...found, ...fitted]
    const bases = distinct(problem, best(problem, known, known.length), 2, 1).filter(({ attempt }) => attempt.collapsed === null)
    const moved: Contender<P>[] = []
    for (const [base, { attempt }] of bases.entries()) {
      const responsibilities = problem.small?.responsibilities(attempt.parameters) ?? (await plan.responsibilities(attempt.parameters))
      for (let index = 0; index < moves; index += 1) {
        const rows = index % 2 === 0 || starts.rows.columns === 1 ? starts.rows : starts.white
        const key = { seed: starts.seed, stream: `em/move/${round}/${base}/${index}` }
        const partition = reseed(rows, responsibilities, components, key, starts.clusters)
        moved.push({ origin: 'split-and-merge', attempt: begun(await problem.begin(partition)) })
      }
    }
    const half = await chosenOf(plan, moved)
    const few = distinct(problem, best(problem, half, half.length), isWide(problem) ? finalists : Math.min(4, finalists), 1)
    await advance(problem, attemptsOf(few), { ...options, iterations: options.maxIterations })
    const before = heightOfBest(problem, known)
    const higher = best(problem, few, 1).filter(({ attempt }) => (heightOf(attempt) - before) * problem.weight > 1e-3)
    giveUp(plan, moved, higher, [])
    if (higher.length === 0) break
    found.unshift(...higher)
  }
  return found
}

/** The moves that are worth going on with, after some iterations. */
async function chosenOf<P extends Mixture>({ problem, finalists, options }: PortfolioPlan<P>, moved: Contender<P>[]): Promise<Contender<P>[]> {
  const [first, second] = isWide(problem) ? wideMoves : moveRungs
  await advance(problem, attemptsOf(moved), { ...options, iterations: first.iterations, stage: 'early' })
  const half = best(problem, moved, Math.max(2 * finalists, Math.ceil(first.kept * moved.length)))
  await advance(problem, attemptsOf(half), { ...options, iterations: second.iterations, stage: 'early' })
  return half
}

const attemptsOf = <P>(contenders: readonly Contender<P>[]): Attempt<P>[] => contenders.map(({ attempt }) => attempt)

/** The highest of the proper ones; where there are none, of all. */
function best<P extends Mixture>({ family, weight }: MixtureProblem<P>, contenders: readonly Contender<P>[], count: number): Contender<P>[] {
  const alive = contenders.filter(({ attempt }) => attempt.collapsed === null && attempt.trace.length > 0)
  const sorted = [...(alive.length > 0 ? alive : contenders)].sort((a, b) => heightOf(b.attempt) - heightOf(a.attempt))
  if (alive.length === 0) return sorted.slice(0, count)
  const proper: Contender<P>[] = []
  for (const one of sorted) {
    if (proper.length >= count) break
    if (family.spurious(one.attempt.parameters, weight) === null) proper.push(one)
  }
  return proper.length > 0 ? proper : sorted.slice(0, count)
}

const heightOfBest = <P extends Mixture>(problem: MixtureProblem<P>, contenders: readonly Contender<P>[]): number =>
  best(problem, contenders, 1).reduce((most, { attempt }) => Math.max(most, heightOf(attempt)), -Infinity)

/** Within a thousandth of a nat, in all rows together. */
const standEqual = <P extends Mixture>({ weight }: MixtureProblem<P>, one: Contender<P>, other: Contender<P>): boolean =>
  Math.abs(heightOf(one.attempt) - heightOf(other.attempt)) * weight < 1e-3

/** At most `copies` of those that stand equally high, in their order. */
function distinct<P extends Mixture>(problem: MixtureProblem<P>, sorted: readonly Contender<P>[], count: number, copies: number): Contender<P>[] {
  const chosen: Contender<P>[] = []
  for (const one of sorted) {
    const equal = chosen.filter((other) => standEqual(problem, other, one))
    if (equal.length < copies && chosen.length < count) chosen.push(one)
  }
  return chosen
}

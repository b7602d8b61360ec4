import { type RandomKey, fillUniform } from '@shared/math/random'

/*
 * Do the dimensions of a code stand each for one factor that the data were made from? Four answers of the literature. `codes` [rows, latents]
 * are rows after rows; a factor has a value for every row.
 */

export interface Codes {
  values: Float64Array
  columns: number
}

export interface Factor {
  name: string
  /** Which of its values each row has, from 0 on. */
  levels: Int32Array
  count: number
  /** Null where its values are names. */
  numbers: Float64Array | null
}

const columnOf = ({ values, columns }: Codes, column: number): Float64Array => Float64Array.from({ length: values.length / columns }, (_, row) => values[row * columns + column]!)
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0)
const mean = (values: ArrayLike<number>): number => (values.length === 0 ? 0 : sum(values) / values.length)
const variance = (values: ArrayLike<number>): number => {
  const centre = mean(values)
  return mean(Array.from(values, (value) => (value - centre) ** 2))
}
const entropyOf = (shares: readonly number[]): number => -shares.reduce((total, share) => (share > 0 ? total + share * Math.log(share) : total), 0)
/** The largest less the second; alone, the largest itself. */
const gap = (scores: readonly number[]): number => {
  const [first = 0, second = 0] = [...scores].sort((a, b) => b - a)
  return first - second
}

/** Cuts a column into `bins` intervals of equal width; a column that never changes is one. */
export function binned(values: Float64Array, bins: number): Int32Array {
  const least = values.reduce((low, value) => Math.min(low, value), Infinity)
  const most = values.reduce((high, value) => Math.max(high, value), -Infinity)
  return Int32Array.from(values, (value) => (most > least ? Math.min(bins - 1, Math.floor(((value - least) / (most - least)) * bins)) : 0))
}

/** Nats, of two columns of whole numbers from 0 on. */
export function mutualInformation(a: Int32Array, countA: number, b: Int32Array, countB: number): number {
  const joint = new Float64Array(countA * countB)
  for (const [row, value] of a.entries()) joint[value * countB + b[row]!]! += 1 / a.length
  const ofA = Array.from({ length: countA }, (_, value) => sum(joint.subarray(value * countB, (value + 1) * countB)))
  const ofB = Array.from({ length: countB }, (_, value) => sum(ofA.map((_, other) => joint[other * countB + value]!)))
  return entropyOf(ofA) + entropyOf(ofB) - entropyOf([...joint])
}

/** Mutual information gap, mean over the factors of [best − second best latent] / entropy of the factor, in [0, 1]. Chen et al. 2018, eq. 6 */
export function mutualInformationGap(codes: Codes, factors: readonly Factor[], bins = 20): number {
  const cut = Array.from({ length: codes.columns }, (_, column) => binned(columnOf(codes, column), bins))
  return mean(
    factors.map(({ levels, count }) => {
      const entropy = mutualInformation(levels, count, levels, count)
      return entropy > 0 ? gap(cut.map((column) => mutualInformation(column, bins, levels, count))) / entropy : 0
    }),
  )
}

/** Share of one column's variance that another explains: R² of a line for numbers; for names, the variance of the column between them. */
function explained(column: Float64Array, { levels, count, numbers }: Factor): number {
  const total = variance(column)
  if (!(total > 0)) return 0
  if (numbers) {
    const [a, b] = [mean(column), mean(numbers)]
    const covariance = mean(column.map((value, row) => (value - a) * (numbers[row]! - b)))
    const spread = variance(numbers)
    return spread > 0 ? covariance ** 2 / (total * spread) : 0
  }
  const groups = Array.from({ length: count }, (): number[] => [])
  for (const [row, level] of levels.entries()) groups[level]!.push(column[row]!)
  const within = groups.reduce((part, group) => part + group.length * variance(group), 0) / column.length
  return 1 - within / total
}

/** Separated attribute predictability: how far the best single latent is ahead of the second. Kumar et al. 2018 */
export const separatedPredictability = (codes: Codes, factors: readonly Factor[]): number =>
  mean(factors.map((factor) => gap(Array.from({ length: codes.columns }, (_, column) => explained(columnOf(codes, column), factor)))))

export interface DciScore {
  disentanglement: number
  completeness: number
}

/**
 * @param importance  [latents][factors], not negative
 *
 * One minus the entropy of the factors of a latent, base the number of factors, weighted by the latent's share of all importance; and of the
 * latents of a factor, base the number of latents. Eastwood & Williams 2018, section 2
 */
export function dciOf(importance: readonly (readonly number[])[]): DciScore {
  const factors = importance[0]?.length ?? 0
  const turned = Array.from({ length: factors }, (_, factor) => importance.map((row) => row[factor]!))
  const concentration = (rows: readonly (readonly number[])[], base: number): number => {
    const totals = rows.map((row) => sum(row))
    const all = sum(totals)
    if (!(all > 0)) return 0
    return sum(rows.map((row, at) => (totals[at]! > 0 ? (totals[at]! / all) * (1 - (base > 1 ? entropyOf(row.map((value) => value / totals[at]!)) / Math.log(base) : 0)) : 0)))
  }
  return { disentanglement: concentration(importance, factors), completeness: concentration(turned, importance.length) }
}

/**
 * Importance of each latent for each factor: absolute coefficients of a lasso on standardized codes, of the standardized factor, or of each
 * of its names. [latents][factors]
 */
export function lassoImportance(codes: Codes, factors: readonly Factor[], penalty = 0.01): number[][] {
  const columns = Array.from({ length: codes.columns }, (_, column) => standardized(columnOf(codes, column)))
  const importance = columns.map(() => factors.map(() => 0))
  for (const [at, { levels, count, numbers }] of factors.entries()) {
    const goals = numbers ? [numbers] : Array.from({ length: count }, (_, value) => Float64Array.from(levels, (level) => Number(level === value)))
    for (const goal of goals) for (const [latent, coefficient] of lasso(columns, standardized(goal), penalty).entries()) importance[latent]![at]! += Math.abs(coefficient) / goals.length
  }
  return importance
}

function standardized(values: Float64Array): Float64Array {
  const centre = mean(values)
  const deviation = Math.sqrt(variance(values))
  return values.map((value) => (deviation > 0 ? (value - centre) / deviation : 0))
}

/** Coordinate descent on ½ mean (y − Xβ)² + penalty Σ|β|, columns standardized. Friedman et al. 2010, eq. 5 */
function lasso(columns: readonly Float64Array[], goal: Float64Array, penalty: number): number[] {
  const beta = columns.map(() => 0)
  const rest = Float64Array.from(goal)
  for (let sweep = 0, moved = Infinity; sweep < 1000 && moved > 1e-7; sweep += 1) {
    moved = 0
    for (const [at, column] of columns.entries()) {
      const pull = column.reduce((total, value, row) => total + value * rest[row]!, 0) / goal.length + beta[at]!
      const isActive = column.some((value) => value !== 0)
      const next = isActive ? Math.sign(pull) * Math.max(0, Math.abs(pull) - penalty) : 0
      const step = next - beta[at]!
      if (step !== 0) for (const [row, value] of column.entries()) rest[row]! -= step * value
      beta[at] = next
      moved = Math.max(moved, Math.abs(step))
    }
  }
  return beta
}

export interface FactorScoreOptions {
  /** Votes that the rule is made of, and others that it is judged by. */
  votes: number
  judged: number
  /** Rows with the same value of a factor, of which the variances are taken. */
  rows: number
}

/**
 * Of rows that agree in one factor, the latent that varies least tells which: share of right answers of the rule that each latent stands for
 * the factor it votes for most. Latents that never vary do not vote; without any that does, 0. Kim & Mnih 2018, section 4
 */
export function factorScore(codes: Codes, factors: readonly Factor[], key: RandomKey, { votes, judged, rows }: FactorScoreOptions = { votes: 800, judged: 800, rows: 64 }): number {
  const columns = Array.from({ length: codes.columns }, (_, column) => columnOf(codes, column))
  const whole = columns.map(variance)
  const active = [...columns.keys()].filter((column) => whole[column]! > 1e-12)
  if (active.length === 0) return 0
  const rowsWith = factors.map(({ levels, count }) => {
    const found = Array.from({ length: count }, (): number[] => [])
    for (const [row, level] of levels.entries()) found[level]!.push(row)
    return found.filter((of) => of.length > 1)
  })
  const known = factors.map((_, at) => at).filter((at) => rowsWith[at]!.length > 0)
  const draws = new Float64Array(2 + rows)
  const pick = (share: number, count: number): number => Math.min(count - 1, Math.floor(share * count))
  const vote = (counter: number): { latent: number; factor: number } => {
    fillUniform(draws, key, counter)
    const factor = known[pick(draws[0]!, known.length)]!
    const same = rowsWith[factor]!
    const of = same[pick(draws[1]!, same.length)]!
    const chosen = Array.from({ length: rows }, (_, at) => of[pick(draws[2 + at]!, of.length)]!)
    const spread = active.map((column) => variance(chosen.map((row) => columns[column]![row]!)) / whole[column]!)
    return { latent: spread.indexOf(Math.min(...spread)), factor }
  }
  const counts = active.map(() => factors.map(() => 0))
  for (let at = 0; at < votes; at += 1) {
    const { latent, factor } = vote(at)
    counts[latent]![factor]! += 1
  }
  const rule = counts.map((row) => row.indexOf(Math.max(...row)))
  return mean(Array.from({ length: judged }, (_, at) => vote(votes + at)).map(({ latent, factor }) => Number(rule[latent] === factor)))
}

import type { CovarianceStructure } from './models/mixtures'
import type { Notice } from './run'
import type { BootstrapQuestion, GridQuestion, RatioQuestion, SelectionUnit, UnitOf } from './selection'

/* What the units of a selection add up to. Host, command line and window use these same functions. */

export interface SelectionCell {
  /** Components, hidden states or latent dimensions. */
  components: number
  structure: CovarianceStructure | null
  /** Total, nats; null where nothing could be fitted, or is not yet. */
  logLikelihood: number | null
  freeParameters: number
  /** As mclust defines them: larger is better. */
  bic: number | null
  icl: number | null
  aic: number | null
  /** Mean per held-out row, nats, with the standard error of that mean. */
  crossValidated: number | null
  standardError: number | null
  converged: boolean
  /** Only a spurious optimum was found; such a cell is not chosen. */
  spurious: boolean
  /** Why there is no figure. */
  reason: Notice | null
}

export const criterionNames = ['bic', 'icl', 'aic', 'crossValidated'] as const
export type Criterion = (typeof criterionNames)[number]

export interface Choice {
  components: number
  structure: CovarianceStructure | null
  value: number
}

export interface GridResult {
  rows: number
  cells: SelectionCell[]
  best: Record<Criterion, Choice | null>
}

const ofKind = <K extends SelectionUnit['kind']>(units: readonly SelectionUnit[], kind: K): UnitOf<K>[] =>
  units.filter((unit): unit is UnitOf<K> => unit.kind === kind)

/** In the order of the question: structures, and within each the sizes. Only cells that are done. */
export function gridResult(question: GridQuestion, units: readonly SelectionUnit[]): GridResult {
  const fits = new Map(ofKind(units, 'cell').map((unit) => [`${unit.components} ${unit.structure}`, unit]))
  const folds = Map.groupBy(ofKind(units, 'fold'), (unit) => `${unit.components} ${unit.structure}`)
  const structures = question.structures.length > 0 ? question.structures : [null]
  const cells = structures.flatMap((structure) =>
    question.components.flatMap((components) => {
      const fit = fits.get(`${components} ${structure}`)
      return fit ? [cellOf(fit, folds.get(`${components} ${structure}`) ?? [], question.folds)] : []
    }),
  )
  const best = Object.fromEntries(criterionNames.map((name) => [name, chooseCell(cells, name)])) as GridResult['best']
  return { rows: Math.max(0, ...[...fits.values()].map(({ rows }) => rows)), cells, best }
}

function cellOf(fit: UnitOf<'cell'>, folds: readonly UnitOf<'fold'>[], wanted: number): SelectionCell {
  const { components, structure, logLikelihood, freeParameters, certainty, converged, spurious, rows } = fit
  const bic = logLikelihood === null ? null : 2 * logLikelihood - freeParameters * Math.log(rows)
  return {
    components,
    structure,
    logLikelihood,
    freeParameters,
    bic,
    icl: bic === null || certainty === null ? null : bic + 2 * certainty,
    aic: logLikelihood === null ? null : 2 * logLikelihood - 2 * freeParameters,
    ...heldOut(folds, wanted),
    converged,
    spurious,
    reason: fit.reason ?? folds.find(({ reason }) => reason !== null)?.reason ?? null,
  }
}

/** Over all rows, each held out once; null until every fold is there, and where one could not be fitted. */
function heldOut(folds: readonly UnitOf<'fold'>[], wanted: number): Pick<SelectionCell, 'crossValidated' | 'standardError'> {
  if (wanted < 2 || folds.length < wanted || folds.some(({ sum }) => sum === null)) return { crossValidated: null, standardError: null }
  const total = (of: (fold: UnitOf<'fold'>) => number): number => folds.reduce((sum, fold) => sum + of(fold), 0)
  const rows = total((fold) => fold.rows)
  const mean = total((fold) => fold.sum!) / rows
  if (folds.some(({ squares }) => squares === null)) {
    const spread = total((fold) => (fold.sum! / fold.rows - mean) ** 2) / (folds.length - 1)
    return { crossValidated: mean, standardError: Math.sqrt(spread / folds.length) }
  }
  const variance = Math.max(0, total((fold) => fold.squares!) / rows - mean ** 2)
  return { crossValidated: mean, standardError: Math.sqrt(variance / Math.max(1, rows - 1)) }
}

/** The proper cell where a criterion is largest. */
export function chooseCell(cells: readonly SelectionCell[], criterion: Criterion): Choice | null {
  const proper = cells.filter((cell) => !cell.spurious && cell[criterion] !== null)
  const best = proper.reduce<SelectionCell | null>((most, cell) => (most === null || cell[criterion]! > most[criterion]! ? cell : most), null)
  return best && { components: best.components, structure: best.structure, value: best[criterion]! }
}

export interface RatioTest {
  /** K, tested against K + 1. */
  components: number
  /** 2 (log p under K + 1 − log p under K) of the data; null until they are fitted, and where they cannot be. */
  statistic: number | null
  /** The same of rows drawn from the fit with K components. */
  simulated: number[]
  /** Draws to which one of the two could not be fitted. */
  failed: number
  /** (1 + how many draws reach the statistic) / (1 + draws); null until all are there. McLachlan 1987. */
  pValue: number | null
  reason: Notice | null
}

/** One test per K that was begun, ascending. */
export function ratioTests({ replicates, components }: Pick<RatioQuestion, 'replicates' | 'components'>, units: readonly SelectionUnit[]): RatioTest[] {
  const bySize = Map.groupBy(ofKind(units, 'ratio'), (unit) => unit.components)
  return [...components].sort((a, b) => a - b).flatMap((size) => {
    const own = bySize.get(size)
    return own ? [ratioTest(size, own, replicates)] : []
  })
}

function ratioTest(components: number, units: readonly UnitOf<'ratio'>[], replicates: number): RatioTest {
  const statisticOf = ({ smaller, larger }: UnitOf<'ratio'>): number | null => (smaller === null || larger === null ? null : 2 * (larger - smaller))
  const data = units.find(({ replicate }) => replicate === 0)
  const statistic = data ? statisticOf(data) : null
  const drawn = units.filter(({ replicate }) => replicate > 0)
  const simulated = drawn.map(statisticOf).filter((value) => value !== null)
  const isDone = drawn.length === replicates && statistic !== null && simulated.length > 0
  const reached = simulated.filter((value) => value >= (statistic ?? Infinity)).length
  return {
    components,
    statistic,
    simulated,
    failed: drawn.length - simulated.length,
    pValue: isDone ? (1 + reached) / (1 + simulated.length) : null,
    reason: data?.reason ?? drawn.find(({ reason }) => reason !== null)?.reason ?? null,
  }
}

/** The smallest K that its test does not reject; null where every one was, or the tests are not done. */
export const chosenByTests = (tests: readonly RatioTest[], level: number): number | null =>
  tests.find(({ pValue }) => pValue !== null && pValue > level)?.components ?? null

/** One number among the parameters of a model. */
export interface ParameterError {
  /** e.g. means[0][1] */
  name: string
  estimate: number
  /** Mean of the resamples less the estimate. */
  bias: number
  standardError: number
  low: number
  high: number
}

export interface BootstrapResult {
  /** Resamples that were fitted, and those that could not be. */
  replicates: number
  failed: number
  parameters: ParameterError[]
}

/** Standard errors, bias and percentile intervals over the resamples so far. Efron & Tibshirani 1993. */
export function bootstrapResult({ confidence }: Pick<BootstrapQuestion, 'confidence'>, units: readonly SelectionUnit[]): BootstrapResult {
  const all = ofKind(units, 'replicate')
  const data = all.find(({ index }) => index === 0)
  const drawn = all.filter(({ index }) => index > 0)
  const fitted = drawn.filter(({ parameters }) => parameters !== null)
  const counts = { replicates: fitted.length, failed: drawn.length - fitted.length }
  if (!data?.parameters) return { ...counts, parameters: [] }
  const names = numbersOf(data.parameters)
  const columns = names.map(() => [] as number[])
  for (const { parameters } of fitted) for (const [at, [, value]] of numbersOf(parameters!).entries()) columns[at]?.push(value)
  return { ...counts, parameters: names.map(([name, estimate], at) => errorOf(name, estimate, columns[at]!, confidence)) }
}

function errorOf(name: string, estimate: number, values: number[], confidence: number): ParameterError {
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1)
  const sorted = [...values].sort((a, b) => a - b)
  const tail = (1 - confidence) / 2
  return { name, estimate, bias: mean - estimate, standardError: Math.sqrt(variance), low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) }
}

/** Linear between the order statistics, as R's type 7. */
function quantile(sorted: readonly number[], probability: number): number {
  const at = (sorted.length - 1) * probability
  const below = sorted[Math.floor(at)] ?? NaN
  return below + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? NaN) - below)
}

/** Every number inside nested lists, with its place. */
function numbersOf(value: unknown, name = ''): [string, number][] {
  if (typeof value === 'number') return [[name, value]]
  if (Array.isArray(value)) return value.flatMap((item, index) => numbersOf(item, `${name}[${index}]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => numbersOf(item, name === '' ? key : `${name}.${key}`))
}

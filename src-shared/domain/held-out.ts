import { z } from 'zod'

/* A figure of log p(x) of rows that were not learned from is worth what is known of it: how it was estimated, and how far it is off. */

/**
 * `exact`: the model's own density, of sequences and time series by the forward pass. `predictive`: the density averaged over an approximate
 * posterior of the parameters. `folded`: with latents fitted to each held-out row, which is too high. `elbo`: a lower bound, of a variational
 * posterior or of draws of z. `iwae`: the bound of K importance-weighted draws.
 */
export const heldOutEstimatorSchema = z.enum(['exact', 'predictive', 'folded', 'elbo', 'iwae'])
export type HeldOutEstimator = z.infer<typeof heldOutEstimatorSchema>

export const heldOutSchema = z.object({
  estimator: heldOutEstimatorSchema,
  /** Draws of z for each row; null where nothing is drawn. */
  samples: z.int().nullable(),
  /** Null: not kept by the version that made the run. */
  rows: z.int().nullable(),
  /** What the draws of z leave uncertain of the mean, nats; null where one draw of each row cannot tell. */
  standardError: z.number().nullable(),
  /** Of the mean as one of other rows like these, draws included; null of fewer than two rows. */
  rowStandardError: z.number().nullable(),
  /** Of the K weights of a row, mean over rows; null where nothing is weighted. */
  effectiveSampleSize: z.number().nullable(),
})
export type HeldOut = z.infer<typeof heldOutSchema>

/** Is it a figure of log p(x) of rows that were not learned from? */
export const isHeldOut = (key: string): boolean => /^(validation|test)\/(logLikelihood|lowerBound|elbo|iwae)(PerToken)?$/.test(key)

/** What is known of a figure of a run; of runs of earlier versions only how it was estimated. Null for all other figures. */
export function heldOutOf(run: { spec: { model: { kind: string } }; heldOut?: Readonly<Record<string, HeldOut>> }, key: string): HeldOut | null {
  if (!isHeldOut(key)) return null
  const told = run.heldOut?.[key]
  if (told) return told
  const estimator = usualEstimator(run.spec.model.kind, key)
  return estimator && { estimator, samples: null, rows: null, standardError: estimator === 'exact' ? 0 : null, rowStandardError: null, effectiveSampleSize: null }
}

function usualEstimator(kind: string, key: string): HeldOutEstimator | null {
  if (key.includes('/iwae')) return 'iwae'
  if (!key.includes('/logLikelihood')) return 'elbo'
  switch (kind) {
    case 'bayesian-gaussian-mixture':
    case 'clutter':
    case 'probit-regression':
      return 'predictive'
    case 'plsa':
      return 'folded'
    case 'imported':
      return null
    default:
      return 'exact'
  }
}

const words = {
  en: {
    exact: 'exact',
    predictive: 'averaged over the posterior of the parameters',
    folded: 'latents fitted to each row, so too high',
    elbo: 'lower bound',
    iwae: 'importance-weighted bound',
    rows: (count: number) => `${count} rows`,
    standardError: 's.e.',
    ofDraws: 's.e. of the draws',
  },
  zh: {
    exact: '精确',
    predictive: '对参数后验求平均',
    folded: '逐行拟合隐变量，故偏高',
    elbo: '下界',
    iwae: '重要性加权下界',
    rows: (count: number) => `${count} 行`,
    standardError: '标准误',
    ofDraws: '抽样标准误',
  },
} as const

export const estimatorWord = (estimator: HeldOutEstimator, language: 'en' | 'zh'): string => words[language][estimator]

const short = (value: number, digits: number): string => String(Number(value.toPrecision(digits)))

/** From the lowest to the highest of those that are known; null where none is. */
function span(values: readonly (number | null)[], digits: number): string | null {
  const known = values.flatMap((value) => (value === null ? [] : [value]))
  if (known.length === 0) return null
  const [low, high] = [short(Math.min(...known), digits), short(Math.max(...known), digits)]
  return low === high ? low : `${low} – ${high}`
}

/** Of one figure, or of those of several runs: 'lower bound, K = 6 · s.e. 0.31 · s.e. of the draws 0.06 · 360 rows'. */
export function heldOutInWords(known: readonly HeldOut[], language: 'en' | 'zh'): string {
  const say = words[language]
  const how = known.map(({ estimator, samples }) => `${say[estimator]}${samples === null ? '' : `, K = ${samples}`}`)
  const named = (name: string, value: string | null): string[] => (value === null ? [] : [`${name} ${value}`])
  return [
    [...new Set(how)].join(' / '),
    ...named('ESS', span(known.map(({ effectiveSampleSize }) => effectiveSampleSize), 3)),
    ...named(say.standardError, span(known.map(({ rowStandardError }) => rowStandardError), 2)),
    ...named(say.ofDraws, span(known.map(({ standardError }) => (standardError === 0 ? null : standardError)), 2)),
    ...[...new Set(known.flatMap(({ rows }) => (rows === null ? [] : [say.rows(rows)])))].slice(0, 1),
  ].join(' · ')
}

/** Figures that came about in so different ways that they are no figures of the same thing: exact beside bounds, or bounds of another K. */
export const areAlike = (known: readonly HeldOut[]): boolean =>
  new Set(known.map(({ estimator, samples }) => (estimator === 'iwae' ? `${estimator} ${samples}` : estimator))).size <= 1

import type { RunSpec } from './spec'

/* What may help against something that a run warned of: the same experiment with a few fields changed. */

/** @param details  of the warning or error */
type Change = (spec: RunSpec, details?: Record<string, unknown>) => RunSpec | null

/** Of the bound with a weight on its KL; null where something else is climbed. */
const withElbo =
  (change: (elbo: { samples: number; beta: number; freeBits: number }, epochs: number) => object): Change =>
  (spec) => {
    const { inference } = spec
    if (inference.kind !== 'gradient' || !('elbo' in inference.objective)) return null
    const elbo = { ...inference.objective.elbo, ...change(inference.objective.elbo, inference.epochs) }
    return { ...spec, inference: { ...inference, objective: { elbo } } }
  }

type Optimizer = Extract<RunSpec['inference'], { kind: 'gradient' }>['optimizer']
const withRate = (optimizer: Optimizer, rate: (now: number) => number): Optimizer => {
  const [[name, fields]] = Object.entries(optimizer) as [[string, { learningRate: number }]]
  return { [name]: { ...fields, learningRate: rate(fields.learningRate) } } as unknown as Optimizer
}

const rateOf = (optimizer: Optimizer): number => Object.values(optimizer as Record<string, { learningRate: number }>)[0]!.learningRate

/** Trains with the rate that a search suggested. */
const foundRate: Change = (spec, details) => {
  const { inference } = spec
  const rate = Number(details?.['suggested'])
  if (inference.kind !== 'gradient' || !(rate > 0)) return null
  return { ...spec, inference: { ...inference, optimizer: withRate(inference.optimizer, () => rate), schedule: 'constant' } }
}

const calmer: Change = (spec) => {
  const { inference } = spec
  if (inference.kind !== 'gradient') return null
  const optimizer = withRate(inference.optimizer, (now) => now / 2)
  return { ...spec, inference: { ...inference, optimizer, clip: inference.clip > 0 ? inference.clip / 2 : 10 } }
}

/** Of a table of numbers in the units of its file, which may be far from the 1 that networks and prior are made for. */
const standardized: Change = (spec) => {
  const { model, preprocess } = spec
  const isReal = 'likelihood' in model && typeof model.likelihood === 'object' && ('gaussian' in model.likelihood || 'studentT' in model.likelihood)
  return isReal && preprocess.length === 0 ? { ...spec, preprocess: ['standardize'] } : null
}

const freed = withElbo(({ freeBits }) => ({ freeBits: freeBits > 0 ? 2 * freeBits : 0.1 }))

export const remedies = {
  /** Over a fifth of the epochs. */
  warmUp: withElbo((_, epochs) => ({ klSchedule: { warmup: { epochs: Math.max(1, Math.round(epochs / 5)), from: 0 } } })),
  freeBits: (spec) => (spec.model.kind === 'vae' ? freed(spec) : null),
  smallerBeta: withElbo(({ beta }) => ({ beta: beta > 1 ? 1 : beta / 2 })),
  calmer,
  standardized,
  foundRate,
} satisfies Record<string, Change>
export type RemedyName = keyof typeof remedies

const againstCollapse = ['warmUp', 'freeBits', 'smallerBeta'] as const

const remediesOf: Readonly<Record<string, readonly RemedyName[]>> = {
  'vae/posterior-collapse': againstCollapse,
  'vae/all-collapsed': againstCollapse,
  'vae/variance-explodes': ['standardized', 'calmer'],
  'vae/not-a-number': ['calmer', 'standardized'],
  'vae/gradient-not-a-number': ['calmer', 'standardized'],
  'vae/rate-found': ['foundRate'],
  'vae/rate-found-to-the-end': ['foundRate'],
}

/** What was changed between two specifications of which one is the calmer: numbers for the words about it. */
export function calmerBy(before: RunSpec, now: RunSpec): Record<'rate' | 'rateBefore' | 'clip' | 'clipBefore', number> | null {
  const [first, second] = [before.inference, now.inference]
  if (first.kind !== 'gradient' || second.kind !== 'gradient') return null
  return { rate: rateOf(second.optimizer), rateBefore: rateOf(first.optimizer), clip: second.clip, clipBefore: first.clip }
}

/** What may help against a warning or an error of this run; nothing where no remedy fits what it climbs. */
export const remediesFor = (code: string, spec: RunSpec, details: Record<string, unknown> = {}): RemedyName[] =>
  (remediesOf[code] ?? []).filter((name) => remedies[name](spec, details) !== null)

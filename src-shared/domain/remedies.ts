import type { RunSpec } from './spec'

/* What may help against something that a run warned of: the same experiment with a few fields changed. */

type Change = (spec: RunSpec) => RunSpec | null

/** Of the bound with a weight on its KL; null where something else is climbed. */
const withElbo =
  (change: (elbo: { samples: number; beta: number; freeBits: number }, epochs: number) => object): Change =>
  (spec) => {
    const { inference } = spec
    if (inference.kind !== 'gradient' || !('elbo' in inference.objective)) return null
    const elbo = { ...inference.objective.elbo, ...change(inference.objective.elbo, inference.epochs) }
    return { ...spec, inference: { ...inference, objective: { elbo } } }
  }

const calmer: Change = (spec) => {
  const { inference } = spec
  if (inference.kind !== 'gradient') return null
  const [[name, fields]] = Object.entries(inference.optimizer) as [[string, { learningRate: number }]]
  const optimizer = { [name]: { ...fields, learningRate: fields.learningRate / 2 } } as unknown as typeof inference.optimizer
  return { ...spec, inference: { ...inference, optimizer, clip: inference.clip > 0 ? inference.clip / 2 : 10 } }
}

export const remedies = {
  /** Over a fifth of the epochs. */
  warmUp: withElbo((_, epochs) => ({ klSchedule: { warmup: { epochs: Math.max(1, Math.round(epochs / 5)), from: 0 } } })),
  freeBits: withElbo(({ freeBits }) => ({ freeBits: freeBits > 0 ? 2 * freeBits : 0.1 })),
  smallerBeta: withElbo(({ beta }) => ({ beta: beta > 1 ? 1 : beta / 2 })),
  calmer,
} satisfies Record<string, Change>
export type RemedyName = keyof typeof remedies

const againstCollapse = ['warmUp', 'freeBits', 'smallerBeta'] as const

const remediesOf: Readonly<Record<string, readonly RemedyName[]>> = {
  'vae/posterior-collapse': againstCollapse,
  'vae/all-collapsed': againstCollapse,
  'vae/variance-explodes': ['calmer'],
  'vae/not-a-number': ['calmer'],
}

/** What may help against a warning or an error of this run; nothing where no remedy fits what it climbs. */
export const remediesFor = (code: string, spec: RunSpec): RemedyName[] => (remediesOf[code] ?? []).filter((name) => remedies[name](spec) !== null)

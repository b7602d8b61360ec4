import { logSumExp } from '../../graph/compose'
import {
  add,
  divide,
  exp,
  greaterOrEqual,
  log,
  multiply,
  reduceMax,
  reduceSum,
  reshape,
  subtract,
  where,
} from '../../graph/ops'
import { type Program, buildProgram } from '../../graph/program'
import { type Tensor, input, parameter } from '../../graph/tensor'
import type { Mixture, MixtureFamily, PassShape, Tensors } from './mixture-family'

/*
 * The E-step and the sums of the M-step over one chunk of rows, as one program in float64. Only sums leave it, never the
 * responsibilities:  a_nk = log weights_k + log p(x_n | k),  r_nk = exp(a_nk − log Σ_k exp a_nk).
 * Several mixtures can be computed side by side: their components stand one mixture after another on the last axis, [rows, mixtures·K].
 */

const type = 'float64'

export interface ExpectationOptions {
  rows: number
  /** Mixtures side by side. */
  mixtures: number
  /** Also measure KL(q_previous ‖ q); one mixture only. */
  identity: boolean
  /**
   * Responsibilities ∝ exp(a): plain. ∝ exp(β a) with β the parameter `inverseTemperature` []: annealed (Ueda & Nakano 1998).
   * 1 for the largest a, shared where several are: hard.
   */
  posterior: 'plain' | 'annealed' | 'hard'
  /** With an input `allowed` [rows, K] that is added to log p(x, k) in every posterior: very negative where a row cannot be of a component. */
  known: boolean
}

const plain = { mixtures: 1, identity: false, posterior: 'plain', known: false } as const

/**
 * Outputs, all sums over rows n weighted by `weight`: counts [K] Σ r and the family's statistics · logLikelihood [mixtures] Σ log p(x), or
 * where responsibilities are hard what those climb, Σ max_k log p(x, k) ·
 * complete [mixtures] E_q[log p(x, z)] · certainty [mixtures] Σ log max_k r · with `identity` also kl [1] Σ KL(q_previous ‖ q).
 */
export function expectationPass<P extends Mixture>(family: MixtureFamily<P>, options: Partial<ExpectationOptions> & { rows: number }): Program {
  const { rows, mixtures, identity, posterior: kind, known } = { ...plain, ...options }
  const { columns, components } = family
  const shape: PassShape = { rows, columns, components: mixtures * components }
  const x = input('x', [rows, family.width], type)
  const weight = input('weight', [rows, 1], type)
  const tensors = family.tensors(shape, '')
  const joint = family.joint(x, shape, tensors)
  const allowed = known ? input('allowed', [rows, components], type) : null
  const restricted = restrict(joint, allowed, mixtures)
  const posterior = normalize(restricted, rows, mixtures, components)
  const each = reshape(weight, [rows, 1, 1])
  const soft = { plain: () => posterior, annealed: () => annealed(restricted, rows, mixtures, components), hard: () => harden(posterior) }[kind]()
  const grouped = multiply(soft.shifted, divide(each, soft.total))
  const responsibilities = reshape(grouped, [rows, shape.components])
  const complete = family.inner ? subtract(joint, family.inner.entropy(x, shape, tensors)) : joint
  const perMixture = (values: Tensor): Tensor => reduceSum(values, [0, 2])
  const outputs: Record<string, Tensor> = {
    counts: reduceSum(responsibilities, [0]),
    ...family.statistics(x, responsibilities, shape, tensors),
    logLikelihood: perMixture(multiply(kind === 'hard' ? posterior.largest : posterior.logTotal, each)),
    complete: perMixture(multiply(grouped, reshape(complete, [rows, mixtures, components]))),
    certainty: perMixture(multiply(multiply(log(posterior.total), each), -1)),
  }
  if (identity) outputs['kl'] = divergence(family, x, weight, shape, joint, tensors, allowed)
  return buildProgram({ name: `${family.name}-pass`, outputs })
}

/** log p(x, k) of the components that a row may be of. */
function restrict(joint: Tensor, allowed: Tensor | null, mixtures = 1): Tensor {
  if (!allowed) return joint
  const [rows = 0, components = 0] = allowed.shape
  const apart = add(reshape(joint, [rows, mixtures, components]), reshape(allowed, [rows, 1, components]))
  return reshape(apart, [rows, mixtures * components])
}

function normalize(joint: Tensor, rows: number, mixtures: number, components: number) {
  const grouped = reshape(joint, [rows, mixtures, components])
  const largest = reduceMax(grouped, [2], true)
  const shifted = exp(subtract(grouped, largest))
  const total = reduceSum(shifted, [2], true)
  return { grouped, largest, shifted, total, logTotal: add(largest, log(total)) }
}

type Normalized = Pick<ReturnType<typeof normalize>, 'shifted' | 'total'>

const annealed = (joint: Tensor, rows: number, mixtures: number, components: number): Normalized =>
  normalize(multiply(joint, parameter('inverseTemperature', [], type)), rows, mixtures, components)

function harden({ grouped, largest }: Pick<ReturnType<typeof normalize>, 'grouped' | 'largest'>): Normalized {
  const ones = where(greaterOrEqual(grouped, largest), add(multiply(grouped, 0), 1), multiply(grouped, 0))
  return { shifted: ones, total: reduceSum(ones, [2], true) }
}

/** Σ_n weight_n KL(q_previous(z_n) ‖ q(z_n)), with that of the inner latent. */
function divergence<P extends Mixture>(
  family: MixtureFamily<P>,
  x: Tensor,
  weight: Tensor,
  shape: PassShape,
  joint: Tensor,
  current: Tensors,
  allowed: Tensor | null,
): Tensor {
  const tensors = family.tensors(shape, 'previous/')
  const logPosterior = (of: Tensor): Tensor => {
    const own = restrict(of, allowed)
    return subtract(own, logSumExp(own, [1], true))
  }
  const previousLog = logPosterior(family.joint(x, shape, tensors))
  const difference = subtract(previousLog, logPosterior(joint))
  const whole = family.inner ? add(difference, family.inner.divergence(x, shape, tensors, current)) : difference
  return reshape(reduceSum(multiply(multiply(exp(previousLog), whole), weight)), [1])
}

/** Responsibilities [rows, K] and logDensity [rows]. */
export function posteriorPass<P extends Mixture>(family: MixtureFamily<P>, rows: number, posterior: 'plain' | 'hard' = 'plain', known = false): Program {
  const { columns, components } = family
  const shape = { rows, columns, components }
  const x = input('x', [rows, family.width], type)
  const joint = family.joint(x, shape, family.tensors(shape, ''))
  const normalized = normalize(restrict(joint, known ? input('allowed', [rows, components], type) : null), rows, 1, components)
  const { shifted, total } = posterior === 'hard' ? harden(normalized) : normalized
  return buildProgram({
    name: `${family.name}-posterior`,
    outputs: { responsibilities: reshape(divide(shifted, total), [rows, components]), logDensity: reshape(normalized.logTotal, [rows]) },
  })
}

/** The sums of the M-step from responsibilities that are fed, already weighted. */
export function statisticsPass<P extends Mixture>(family: MixtureFamily<P>, rows: number): Program {
  const { columns, components } = family
  const x = input('x', [rows, family.width], type)
  const responsibilities = input('responsibilities', [rows, components], type)
  return buildProgram({
    name: `${family.name}-statistics`,
    outputs: {
      counts: reduceSum(responsibilities, [0]),
      ...family.statistics(x, responsibilities, { rows, columns, components }, null),
    },
  })
}

/** What does not depend on responsibilities. */
export function constantsPass<P extends Mixture>(family: MixtureFamily<P>, rows: number): Program | null {
  if (!family.constants) return null
  const x = input('x', [rows, family.width], type)
  const weight = input('weight', [rows, 1], type)
  return buildProgram({ name: `${family.name}-constants`, outputs: family.constants(x, weight) })
}

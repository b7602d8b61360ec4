import type { GradientSpec } from '@shared/domain/models/gradient'
import type { Program } from '../graph/program'
import type { NumericArray } from '../graph/runtime'
import type { FloatType } from '../graph/tensor'
import type { LatentDensity } from './latent-density'
import type { Weight } from './networks/weight'

/**
 * What gradient inference trains: programs for a number of rows, whose inputs say by their names what they are fed with.
 *
 * `x`            [rows, features]   the rows themselves
 * `weight`       [rows]             1 for rows that count, 0 for rows that only fill the batch
 * `row/NAME`     [rows, width]      further columns of the rows, from the batch source
 * `schedule/NAME` []                a number that changes over training, `inference/objective-schedule`
 * noise of every kind               `models/noise`
 */
export interface GradientModel {
  type: FloatType
  features: number
  /** Width of the code that rows are encoded to. */
  latent: number
  /** Of a model with a class: the first so many entries of a code are q(y|x). */
  classes?: number
  /** How many entries of a code belong together, unit after unit; without it each stands for itself. */
  units?: readonly number[]
  /** Width of what rows are told besides: `row/condition` of encoding and decoding. */
  condition?: number
  /** Width of what a step finds out about each row, which begins the next one: `row/phi` goes in, `rows/phi` comes out. */
  phi?: number
  /** All of them: networks, likelihood, prior, and what the objective has of its own. */
  weights: Weight[]
  /** Draws of z for each row in an evaluation; 1 without it. */
  draws?: number
  /** The figure that early stopping and the best checkpoint follow. */
  followed: string
  /** What further `schedule/NAME` inputs are fed with after so many epochs. */
  schedule?(epochs: number): Record<string, number>
  /** After so many epochs other weights are at turn, and the optimizer counts its steps anew. */
  secondPart?: number
  /** One step. Outputs are means per row, [], `objective` among them; `gradientNorm` is told apart. */
  trainingStep(rows: number): Program
  /**
   * Sums over the rows of a batch that count: `reconstruction`, `kl` etc. as []; `latentMeans`, `latentMeanSquares` and, where there are such,
   * `latentVariances` and `klPerDimension` as [latent]. Of each row: its bound, `rows/elbo`, and where a tighter one is climbed `rows/iwae` with
   * `rows/effective`, the effective number of its draws: [rows].
   */
  evaluation(rows: number): Program
  /**
   * What is fitted to the codes of the training rows after each epoch, with the weights as they are then: a program whose outputs are sums over the
   * rows that count, and what of the state they make.
   */
  afterwards?: { program(rows: number): Program; fit(sums: Readonly<Record<string, Float64Array>>): Afterwards }
  /** x and what else is known of the rows → latentMean and, where a code has a distribution, latentLogVariance: [rows, latent]. */
  encoding(rows: number): Program
  /** latent → mean of p(x|z), [rows, features]. */
  decoding(rows: number): Program
  /** Noise → latent drawn from the prior, [rows, latent]; null where there are no draws. */
  priorSampling: ((rows: number) => Program) | null
  /**
   * Of a model that learns from what is known of rows: `samples` draws of each row given that, as `logWeights` [samples, rows], `mean` and `draw`
   * [samples·rows, features].
   */
  completion?(rows: number, samples: number): Program
  /** With the weights of a state, as the estimators of log p(x) see it; null where p(x) is not defined. */
  density: ((state: Readonly<Record<string, NumericArray>>) => LatentDensity) | null
  /** Of so few codes that all can be gone through: log p(x, z) of each, nats, as `logJoint` [rows, codes]. */
  enumeration?: { codes: number; program(rows: number): Program }
}

/** What was fitted after an epoch: part of the state, and figures of the training rows. */
export interface Afterwards {
  state: Record<string, NumericArray>
  figures: Record<string, number>
}

/** What of the inference a model's programs depend on. */
export type StepSpec = Pick<GradientSpec, 'objective' | 'mode' | 'inner' | 'optimizer' | 'rates' | 'clip'>

import type { HmmSpec } from '@shared/domain/spec'
import type { TrainResult } from '@shared/domain/worker-protocol'
import { adjustedRandIndex, normalizedMutualInformation } from '@shared/math/cluster-agreement'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, prepareData } from '../datasets/prepare'
import { type Hmm, type HmmProblem, hmmProblem, logEmissionsOf, smoothAll } from '../inference/hmm-problem'
import { logScale, standardUnits, toStandard } from '../inference/standard-units'
import { CollapsedState, type Emission, emissionFreeParameters, emissionMeans, reorderEmission, whiteningOf } from '../models/sequences/emissions'
import { viterbi } from '../models/sequences/forward-backward'
import { startHmm } from '../models/sequences/hmm-starts'
import { type FinalFigures, knownOfRows } from './held-out'
import { saveIterations } from './iteration-file'
import { fitAndRecord } from './latent-fit'
import { type NamedArrays, array, saveModel } from './model-file'
import { type Observations, asIndices, cutIntoSequences, requireCounts, symbolsOf } from './sequence-data'
import type { TrainContext } from './train-context'

interface Setting {
  context: TrainContext
  data: PreparedData
  model: HmmSpec
  observations: Observations
  labels: Int32Array | null
  units: { shift: Float64Array; scale: Float64Array } | null
  like: Hmm
}

/** Baum–Welch from several starts. */
export async function trainHmm(context: TrainContext): Promise<TrainResult> {
  const setting = prepare(context)
  const { model, observations, like, units } = setting
  const { inference, seed } = context.task.spec
  if (inference.kind !== 'em') throw new Error(`a hidden Markov model cannot be fitted by ${inference.kind}`)
  const problem = await hmmProblem(context.runtime, observations, like, model.regularization)
  const shift = units ? logScale(units) : 0
  const fit = await fitAndRecord(context, {
    problem,
    startAt: (index) => startHmm(observations.x, like.emission, model.states, { seed, stream: `hmm/restart/${index}` }),
    restarts: inference.restarts,
    tolerance: inference.tolerance,
    maxIterations: inference.maxIterations,
    shift,
    climbed: 'logLikelihood',
    isSpurious: (hmm) => isSpurious(hmm),
    isRegularized: model.emissions === 'gaussian' && model.regularization > 0,
    isDegenerate: (error) => error instanceof CollapsedState,
  }).catch((error: unknown) => {
    throw error instanceof CollapsedState ? new AppError('hmm/state-collapsed', { state: error.state + 1 }) : error
  })
  const counts = fit.expectation.statistics.emission.counts
  const order = orderOf(fit.parameters, counts)
  const hmm = reordered(fit.parameters, order)
  for (const [k, count] of counts.entries()) {
    if (count < 1e-6) context.reporter.warn('hmm/state-unvisited', { state: k + 1, states: model.states })
  }
  saveModel(context.files, 'hmm', tensorsOf(setting, hmm))
  saveIterations(context.files, { iterations: fit.kept, trace: fit.trace, shift }, (one) => tensorsOf(setting, reordered(one, order)))
  const held = await heldOutFigures(setting, hmm)
  const metrics = { ...(await figures(setting, problem, hmm, fit.trace.at(-1)! - shift)), ...held.metrics }
  await problem.dispose()
  const bound = fit.bound ? { 'train/lowerBound': fit.bound.lowerBound - shift, 'train/kl': fit.bound.kl } : {}
  return { status: 'completed', converged: fit.converged, iterations: fit.iterations, epochs: null, metrics: { ...metrics, ...bound }, heldOut: held.heldOut }
}

function prepare(context: TrainContext): Setting {
  const { task, readArrays } = context
  const { model } = task.spec
  if (model.kind !== 'hmm') throw new Error(`a hidden Markov model cannot be fitted to ${model.kind}`)
  const data = prepareData(task.dataset, readArrays(), task.spec, 'float64')
  if (data.train.rows < model.states) throw new AppError('spec/too-few-rows', { rows: data.train.rows, components: model.states })
  const found = sequencesIn(context, model, data, data.train)
  const { columns } = found
  const chain = { states: model.states, initial: new Float64Array(model.states), transitions: new Float64Array(model.states ** 2) }
  const labels = data.train.labels && Int32Array.from(found.rowIndex, (row) => data.train.labels![row]!)
  const setting = (observations: Observations, units: Setting['units'], emission: Emission): Setting => ({
    context,
    data,
    model,
    observations,
    labels,
    units,
    like: { ...chain, emission },
  })
  switch (model.emissions) {
    case 'poisson':
      requireCounts(found)
      return setting(found, null, { kind: 'poisson', columns, rates: new Float64Array(model.states * columns) })
    case 'categorical': {
      const symbols = symbolsOf(found)
      const probabilities = symbols.map((values) => new Float64Array(model.states * values.length))
      return setting(asIndices(found, symbols), null, { kind: 'categorical', columns, symbols, probabilities })
    }
    case 'gaussian': {
      const units = standardUnits(found.x, found.names, 'column', 'refuse')
      return setting({ ...found, x: toStandard(found.x, units) }, units, {
        kind: 'gaussian',
        diagonal: model.covariance === 'diagonal',
        columns,
        means: new Float64Array(model.states * columns),
        covariances: new Float64Array(model.states * columns ** 2),
      })
    }
    default:
      return model.emissions satisfies never
  }
}

type Table = Pick<PreparedData['train'], 'features' | 'labels'>

const sequencesIn = ({ task }: TrainContext, { sequence }: HmmSpec, { featureNames }: PreparedData, { features, labels }: Table): Observations =>
  cutIntoSequences({
    features: features as Float64Array,
    featureNames,
    labels,
    labelName: task.dataset.columns.find((column) => column.role === 'label')?.name ?? null,
    sequence,
  })

/**
 * log p(x_t | x_1 … x_{t−1}), mean per row of each held-out part: of whole sequences, or of what follows the training rows in time, which are
 * then part of the past.
 */
async function heldOutFigures({ context, data, model, units, like }: Setting, hmm: Hmm): Promise<FinalFigures> {
  const parts = (['train', 'validation', 'test'] as const).flatMap((name) => (data[name] ? [{ name, part: data[name] }] : []))
  const { metrics, heldOut }: FinalFigures = { metrics: {}, heldOut: {} }
  if (parts.length === 1) return { metrics, heldOut }
  const features = new Float64Array(parts.reduce((sum, { part }) => sum + part.features.length, 0))
  const labels = data.train.labels && Int32Array.from(parts.flatMap(({ part }) => [...part.labels!]))
  let filled = 0
  for (const { part } of parts) {
    features.set(part.features, filled)
    filled += part.features.length
  }
  const all = sequencesIn(context, model, data, { features, labels })
  if (like.emission.kind === 'poisson') requireCounts(all)
  const seen = like.emission.kind === 'categorical' ? asIndices(all, like.emission.symbols) : units ? { ...all, x: toStandard(all.x, units) } : all
  const smoothed = smoothAll(seen, hmm, await logEmissionsOf(context.runtime, seen, hmm), null)
  const logs = new Float64Array(all.rowIndex.length)
  all.sequences.forEach(({ start }, index) => smoothed[index]!.pass.logStep.forEach((value, t) => (logs[all.rowIndex[start + t]!] = value)))
  const shift = units ? logScale(units) : 0
  let first = 0
  for (const { name, part } of parts) {
    const own = logs.subarray(first, first + part.rows)
    if (name !== 'train') {
      metrics[`${name}/logLikelihood`] = own.reduce((sum, value) => sum + value, 0) / part.rows - shift
      heldOut[`${name}/logLikelihood`] = knownOfRows(own)
    }
    first += part.rows
  }
  return { metrics, heldOut }
}

/** A Gaussian state flatter than 1e-4 of the data's spread in some direction sits on single values. */
function isSpurious({ states, emission }: Hmm): boolean {
  if (emission.kind !== 'gaussian') return false
  const { columns, covariances } = emission
  return Array.from({ length: states }, (_, k) => whiteningOf(covariances, columns, k).whitening).some((whitening) =>
    Array.from({ length: columns }, (_, d) => whitening[d * (columns + 1)]! ** -2).some((variance) => variance < 2e-6),
  )
}

/** States by the mean of their first column, so that fits compare; of symbols, by how often they are visited. */
function orderOf({ states, emission }: Hmm, counts: Float64Array): number[] {
  const means = emissionMeans(emission, states)
  const key = (k: number): number => (emission.kind === 'categorical' ? -counts[k]! : means[k * emission.columns]!)
  return Array.from({ length: states }, (_, k) => k).sort((a, b) => key(a) - key(b))
}

function reordered(hmm: Hmm, order: number[]): Hmm {
  const { states, emission } = hmm
  return {
    states,
    initial: Float64Array.from(order, (k) => hmm.initial[k]!),
    transitions: Float64Array.from({ length: states * states }, (_, index) => hmm.transitions[order[Math.floor(index / states)]! * states + order[index % states]!]!),
    emission: reorderEmission(emission, order),
  }
}

async function figures(setting: Setting, problem: HmmProblem, hmm: Hmm, mean: number): Promise<Record<string, number>> {
  const { observations, labels } = setting
  const { states } = hmm
  const rows = problem.weight
  const degrees = states - 1 + states * (states - 1) + emissionFreeParameters(hmm.emission, states)
  const total = mean * rows
  const logEmission = await problem.logEmission(hmm)
  const path = new Int32Array(rows)
  let complete = -rows * (setting.units ? logScale(setting.units) : 0)
  for (const { start, length } of observations.sequences) {
    const found = viterbi(hmm, logEmission.subarray(start * states, (start + length) * states))
    path.set(found.path, start)
    complete += found.logProbability
  }
  const metrics: Record<string, number> = {
    'train/logLikelihood': mean,
    'train/bic': 2 * total - degrees * Math.log(rows),
    'train/aic': 2 * total - 2 * degrees,
    // With the states of the most probable path in the place of those that are not seen.
    'train/icl': 2 * complete - degrees * Math.log(rows),
  }
  if (!labels || setting.model.sequence !== undefined) return metrics
  return { ...metrics, 'train/ari': adjustedRandIndex(labels, path), 'train/nmi': normalizedMutualInformation(labels, path) }
}

function tensorsOf({ units, observations }: Setting, { states, initial, transitions, emission }: Hmm): NamedArrays {
  const { columns } = emission
  const chain = { initial: array(initial, states), transitions: array(transitions, states, states) }
  const told = (): NamedArrays => {
    if (emission.kind === 'poisson') return { rates: array(emission.rates, states, columns) }
    if (emission.kind === 'categorical') {
      return Object.fromEntries(
        observations.names.flatMap((name, column) => [
          [`probabilities/${name}`, array(emission.probabilities[column]!, states, emission.symbols[column]!.length)],
          [`symbols/${name}`, array(Float64Array.from(emission.symbols[column]!), emission.symbols[column]!.length)],
        ]),
      )
    }
    const { shift, scale } = units!
    return {
      means: array(emission.means.map((value, index) => value * scale[index % columns]! + shift[index % columns]!), states, columns),
      covariances: array(
        emission.covariances.map((value, index) => value * scale[index % columns]! * scale[Math.floor(index / columns) % columns]!),
        states,
        columns,
        columns,
      ),
      'unit/means': array(emission.means, states, columns),
      'unit/covariances': array(emission.covariances, states, columns, columns),
      'unit/shift': array(shift, columns),
      'unit/scale': array(scale, columns),
    }
  }
  return { ...chain, ...told() }
}

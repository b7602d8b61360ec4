import { type RunFiles } from '../files/run-files'
import { readSafetensors, writeSafetensors } from '../files/safetensors'
import type { EmIteration } from '../inference/em'
import type { Restart } from '../inference/restarts'
import { type GaussianMixture, covarianceShape, covarianceSize } from '../models/mixtures/gaussian-parameters'

/** How a mixture run keeps its restarts, its iterations and its result. All parameters are in the units the model saw. */

export type KeptRestart = Omit<Restart<GaussianMixture>, 'start' | 'collapsed'>

const shapes = ({ covariance, components, columns }: GaussianMixture) => ({
  weights: [components],
  means: [components, columns],
  covariances: covarianceShape(covariance, components, columns),
})

export function saveMixture(files: RunFiles, mixture: GaussianMixture): void {
  const shape = shapes(mixture)
  writeSafetensors(files.checkpoint('best'), {
    metadata: { kind: 'gaussian-mixture', covariance: mixture.covariance },
    tensors: {
      weights: { shape: shape.weights, values: mixture.weights },
      means: { shape: shape.means, values: mixture.means },
      covariances: { shape: shape.covariances, values: mixture.covariances },
    },
  })
}

export function loadMixture(files: RunFiles): GaussianMixture {
  const { tensors, metadata } = readSafetensors(files.checkpoint('best'))
  const [components, columns] = tensors['means']!.shape as [number, number]
  return {
    covariance: metadata['covariance'] as GaussianMixture['covariance'],
    components,
    columns,
    weights: tensors['weights']!.values as Float64Array,
    means: tensors['means']!.values as Float64Array,
    covariances: tensors['covariances']!.values as Float64Array,
  }
}

/** Restarts that are done, so that an interrupted search goes on with the next one. */
export const saveRestarts = (files: RunFiles, restarts: readonly KeptRestart[]): void =>
  writeSafetensors(files.checkpoint('last'), { tensors: {}, metadata: { restarts: JSON.stringify(restarts) } })

export const loadRestarts = (files: RunFiles): KeptRestart[] =>
  files.hasCheckpoint('last') ? (JSON.parse(readSafetensors(files.checkpoint('last')).metadata['restarts'] ?? '[]') as KeptRestart[]) : []

export interface MixtureTrace {
  /** The iterations whose parameters are kept, ascending. */
  kept: EmIteration<GaussianMixture>[]
  /** Mean log-likelihood per row after every iteration. */
  logLikelihoods: Float64Array
  restarts: KeptRestart[]
  chosen: number
}

export function saveTrace(files: RunFiles, trace: MixtureTrace): number {
  const first = trace.kept[0]!.parameters
  const count = trace.kept.length
  const stack = (pick: (mixture: GaussianMixture) => Float64Array): Float64Array => {
    const size = pick(first).length
    const values = new Float64Array(count * size)
    trace.kept.forEach(({ parameters }, index) => values.set(pick(parameters), index * size))
    return values
  }
  const shape = shapes(first)
  const bounds = trace.kept.flatMap(({ bound }) => [bound?.lowerBound ?? NaN, bound?.kl ?? NaN])
  const tensors = {
    iteration: { shape: [count], values: Int32Array.from(trace.kept, ({ iteration }) => iteration) },
    bound: { shape: [count, 2], values: Float64Array.from(bounds) },
    logLikelihoods: { shape: [trace.logLikelihoods.length], values: trace.logLikelihoods },
    weights: { shape: [count, ...shape.weights], values: stack((mixture) => mixture.weights) },
    means: { shape: [count, ...shape.means], values: stack((mixture) => mixture.means) },
    covariances: { shape: [count, ...shape.covariances], values: stack((mixture) => mixture.covariances) },
  }
  writeSafetensors(files.artifact('em-trace'), {
    tensors,
    metadata: { covariance: first.covariance, restarts: JSON.stringify(trace.restarts), chosen: String(trace.chosen) },
  })
  return Object.values(tensors).reduce((bytes, { values }) => bytes + values.byteLength, 0)
}

export function loadTrace(files: RunFiles): MixtureTrace {
  const { tensors, metadata } = readSafetensors(files.artifact('em-trace'))
  const [count, components, columns] = tensors['means']!.shape as [number, number, number]
  const covariance = metadata['covariance'] as GaussianMixture['covariance']
  const values = (name: string): Float64Array => tensors[name]!.values as Float64Array
  const part = (name: string, size: number, index: number): Float64Array => values(name).slice(index * size, (index + 1) * size)
  const logLikelihoods = values('logLikelihoods')
  const kept = Array.from({ length: count }, (_, index) => {
    const iteration = tensors['iteration']!.values[index]!
    const lowerBound = values('bound')[2 * index]!
    return {
      iteration,
      logLikelihood: logLikelihoods[iteration]!,
      bound: Number.isNaN(lowerBound) ? null : { lowerBound, kl: values('bound')[2 * index + 1]! },
      parameters: {
        covariance,
        components,
        columns,
        weights: part('weights', components, index),
        means: part('means', components * columns, index),
        covariances: part('covariances', covarianceSize(covariance, components, columns), index),
      },
    }
  })
  return { kept, logLikelihoods, restarts: JSON.parse(metadata['restarts']!) as KeptRestart[], chosen: Number(metadata['chosen']) }
}

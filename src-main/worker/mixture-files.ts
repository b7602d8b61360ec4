import type { FittedTransform } from '../datasets/prepare'
import { type RunFiles } from '../files/run-files'
import { type TensorFile, readSafetensors, writeSafetensors } from '../files/safetensors'
import type { EmIteration } from '../inference/em'
import type { GivenUp } from '../inference/portfolio'
import type { Restart } from '../inference/restarts'
import type { Box } from '../models/mixtures/box'
import type { Mixture, MixtureFamily, Standardization, StoredValues } from '../models/mixtures/mixture-family'

/** How a mixture run keeps its restarts, its iterations and its result. All but starts are in the units the model saw. */

type Family = MixtureFamily<Mixture>
export type KeptRestart = Omit<Restart<Mixture>, 'start' | 'parameters' | 'collapsed'>

/** A start that did not go on to the end, or a move that led nowhere. */
export interface KeptStart {
  origin: string
  fate: GivenUp<Mixture>['fate']
  /** Where it stood as high as one that went on: the index of that restart. */
  restart: number | null
  trace: number[]
}

/** What passes over the training rows found. */
export interface MixturePreparation {
  transform: FittedTransform
  units: Standardization
  levels: readonly number[]
  /** What noise fills, where there is a noise component. */
  box: Box | null
}

export function saveMixture(files: RunFiles, family: Family, kind: string, mixture: Mixture, preparation: MixturePreparation): void {
  const metadata = { kind, family: family.name, preparation: JSON.stringify(plain(preparation)) }
  writeSafetensors(files.checkpoint('best'), { metadata, tensors: family.arrays(mixture) })
}

const plain = ({ units, box, ...others }: MixturePreparation) => ({
  ...others,
  units: { shift: [...units.shift], scale: [...units.scale] },
  box: box && { axes: [...box.axes], low: [...box.low], high: [...box.high] },
})

/** Null in files of an earlier version: then the rows are passed over again. */
export function loadPreparation(files: RunFiles): MixturePreparation | null {
  const kept = readSafetensors(files.checkpoint('best')).metadata['preparation']
  if (kept === undefined) return null
  const { units, box = null, ...others } = JSON.parse(kept) as ReturnType<typeof plain>
  const array = (values: readonly number[]): Float64Array => Float64Array.from(values)
  return {
    ...others,
    units: { shift: array(units.shift), scale: array(units.scale) },
    box: box && { axes: array(box.axes), low: array(box.low), high: array(box.high) },
  }
}

// saveMixture writes float64 only
export const loadMixture = (files: RunFiles, family: Family): Mixture =>
  family.fromArrays(readSafetensors(files.checkpoint('best')).tensors as Record<string, StoredValues>)

const prefixed = (prefix: string, arrays: Record<string, StoredValues>): Record<string, StoredValues> =>
  Object.fromEntries(Object.entries(arrays).map(([name, stored]) => [`${prefix}/${name}`, stored]))

const under = (prefix: string, tensors: Record<string, unknown>): Record<string, StoredValues> =>
  Object.fromEntries(
    Object.entries(tensors as Record<string, StoredValues>).flatMap(([name, stored]) =>
      name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), stored]] : [],
    ),
  )

/** Restarts whose parameters are kept, if they do not fill more than this. */
const mostKept = 20
const mostBytes = 64e6

/** Restarts that are done, so that an interrupted search goes on with the next one; of the highest also where they began and ended. */
export function saveRestarts(files: RunFiles, family: Family, restarts: readonly Restart<Mixture>[]): void {
  const known = restarts.filter(({ parameters, logLikelihood }) => parameters !== null && logLikelihood !== null)
  const highest = known.sort((a, b) => Number(a.spurious) - Number(b.spurious) || b.logLikelihood! - a.logLikelihood!).slice(0, mostKept)
  const bytesEach = highest[0] ? 2 * Object.values(family.arrays(highest[0].parameters!)).reduce((sum, { values }) => sum + values.byteLength, 0) : 1
  highest.splice(Math.max(1, Math.floor(mostBytes / bytesEach)))
  const tensors = highest.map(({ index, start, parameters }) => ({
    ...prefixed(`${index}/start`, family.arrays(start!)),
    ...prefixed(`${index}/end`, family.arrays(parameters!)),
  }))
  const kept = restarts.map(({ start: _start, parameters: _parameters, ...restart }) => restart)
  writeSafetensors(files.checkpoint('last'), { tensors: Object.assign({}, ...tensors), metadata: { restarts: JSON.stringify(kept) } })
}

export function loadRestarts(files: RunFiles, family: Family): Restart<Mixture>[] {
  if (!files.hasCheckpoint('last')) return []
  const { tensors, metadata } = readSafetensors(files.checkpoint('last'))
  const kept = JSON.parse(metadata['restarts'] ?? '[]') as Omit<Restart<Mixture>, 'start' | 'parameters'>[]
  return kept.map((restart) => {
    const part = (name: string): Mixture | null => {
      const arrays = under(`${restart.index}/${name}`, tensors)
      return Object.keys(arrays).length > 0 ? family.fromArrays(arrays) : null
    }
    return { ...restart, start: part('start'), parameters: part('end') }
  })
}

export interface MixtureTrace {
  /** The iterations whose parameters are kept, ascending. */
  kept: EmIteration<Mixture>[]
  /** Mean log-likelihood per row after every iteration. */
  logLikelihoods: Float64Array
  restarts: KeptRestart[]
  givenUp: KeptStart[]
  chosen: number
}

export function saveTrace(files: RunFiles, family: Family, trace: MixtureTrace): number {
  const count = trace.kept.length
  const each = trace.kept.map(({ parameters }) => family.arrays(parameters))
  const stacked = Object.entries(each[0]!).map(([name, { shape, values }]) => {
    const all = new Float64Array(count * values.length)
    each.forEach((arrays, index) => all.set(arrays[name]!.values, index * values.length))
    return [`parameters/${name}`, { shape: [count, ...shape], values: all }] as const
  })
  const bounds = trace.kept.flatMap(({ bound }) => [bound?.lowerBound ?? NaN, bound?.kl ?? NaN])
  const tensors = {
    iteration: { shape: [count], values: Int32Array.from(trace.kept, ({ iteration }) => iteration) },
    bound: { shape: [count, 2], values: Float64Array.from(bounds) },
    logLikelihoods: { shape: [trace.logLikelihoods.length], values: trace.logLikelihoods },
    'givenUp/length': { shape: [trace.givenUp.length], values: Int32Array.from(trace.givenUp, (one) => one.trace.length) },
    'givenUp/trace': flat(trace.givenUp.flatMap((one) => one.trace)),
    ...Object.fromEntries(stacked),
  }
  writeSafetensors(files.artifact('em-trace'), {
    tensors,
    metadata: {
      restarts: JSON.stringify(trace.restarts),
      chosen: String(trace.chosen),
      givenUp: JSON.stringify(trace.givenUp.map(({ trace: _trace, ...one }) => one)),
    },
  })
  return Object.values(tensors).reduce((bytes, { values }) => bytes + values.byteLength, 0)
}

const flat = (values: number[]) => ({ shape: [values.length], values: Float64Array.from(values) })

/** None in files of an earlier version. */
function givenUpOf({ tensors, metadata }: TensorFile): KeptStart[] {
  const lengths = tensors['givenUp/length']?.values ?? []
  const values = tensors['givenUp/trace']?.values ?? []
  let from = 0
  return (JSON.parse(metadata['givenUp'] ?? '[]') as Omit<KeptStart, 'trace'>[]).map((one, index) => ({ ...one, trace: [...values.slice(from, (from += lengths[index]!))] }))
}

export function loadTrace(files: RunFiles, family: Family): MixtureTrace {
  const file = readSafetensors(files.artifact('em-trace'))
  const { tensors, metadata } = file
  const stacked = under('parameters', tensors)
  const bounds = tensors['bound']!.values
  const logLikelihoods = tensors['logLikelihoods']!.values as Float64Array
  const parametersAt = (index: number): Mixture =>
    family.fromArrays(
      Object.fromEntries(
        Object.entries(stacked).map(([name, { shape, values }]) => {
          const size = values.length / shape[0]!
          return [name, { shape: shape.slice(1), values: values.slice(index * size, (index + 1) * size) }]
        }),
      ),
    )
  const kept = Array.from(tensors['iteration']!.values, (iteration, index) => ({
    iteration,
    logLikelihood: logLikelihoods[iteration]!,
    bound: Number.isNaN(bounds[2 * index]!) ? null : { lowerBound: bounds[2 * index]!, kl: bounds[2 * index + 1]! },
    parameters: parametersAt(index),
  }))
  return { kept, logLikelihoods, restarts: JSON.parse(metadata['restarts']!) as KeptRestart[], givenUp: givenUpOf(file), chosen: Number(metadata['chosen']) }
}

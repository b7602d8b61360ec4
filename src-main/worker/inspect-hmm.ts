import type { Dataset } from '@shared/domain/dataset'
import type { ChainParameters, StateSequences } from '@shared/domain/run'
import type { HmmSpec } from '@shared/domain/spec'
import { cholesky } from '@shared/math/cholesky'
import { AppError } from '@shared/rpc/errors'
import type { PreparedData } from '../datasets/prepare'
import { type OpenedArrays, openDatasetArrays } from '../files/dataset-arrays'
import { type Hmm, logEmissionsOf, smoothAll, totalLogLikelihood } from '../inference/hmm-problem'
import { logScale, toStandard } from '../inference/standard-units'
import { type Emission, emissionMeans } from '../models/sequences/emissions'
import { forecastStates, viterbi } from '../models/sequences/forward-backward'
import { sampleHmm } from '../models/sequences/sample-hmm'
import { answering, rowsFor, storedParams } from './inspect-answers'
import { type InspectedModel, type InspectedRun, matrixOf, parametersOf, preparedFor } from './inspected-run'
import { type NamedArrays, nested } from './model-file'
import { type Observations, asIndices, cutIntoSequences, requireCounts } from './sequence-data'

type Units = { shift: Float64Array; scale: Float64Array } | null

/** A fitted hidden Markov model: states over time, the most probable path, and what comes next. */
export function inspectHmm(run: InspectedRun): InspectedModel {
  const { model } = run.spec
  if (model.kind !== 'hmm') throw new Error(`${model.kind} has no states`)
  const tensors = parametersOf(run)
  const data = preparedFor(run)
  const names = data.featureNames.filter((name) => name !== model.sequence)
  const fitted = restore(model, tensors, names)
  const hmm = fitted
  const units: Units = tensors['unit/shift'] ? { shift: tensors['unit/shift'].values, scale: tensors['unit/scale']!.values } : null
  const stateNames = Array.from({ length: hmm.states }, (_, k) => `state ${k + 1}`)

  const decode = async (dataset: Dataset, arrays: OpenedArrays, hmm: Hmm = fitted) => {
    const observations = observe(run, data, model, { dataset, arrays, hmm, units })
    const logEmission = await logEmissionsOf(run.runtime, observations, hmm)
    return { observations, logEmission, smoothed: smoothAll(observations, hmm, logEmission, null) }
  }
  type Decoded = Awaited<ReturnType<typeof decode>>
  /** Values per row of the sequences, back in the rows of the table. */
  const inTable = ({ observations }: Decoded, width: number, of: (sequence: number) => ArrayLike<number>): Float64Array => {
    const found = new Float64Array(observations.rowIndex.length * width)
    observations.sequences.forEach(({ start, length }, index) => {
      const values = of(index)
      for (let t = 0; t < length; t += 1) {
        for (let k = 0; k < width; k += 1) found[observations.rowIndex[start + t]! * width + k] = values[t * width + k]!
      }
    })
    return found
  }
  const pathOf = ({ observations, logEmission }: Decoded, sequence: number, hmm: Hmm = fitted) => {
    const { start, length } = observations.sequences[sequence]!
    return viterbi(hmm, logEmission.subarray(start * hmm.states, (start + length) * hmm.states))
  }
  const shift = units ? logScale(units) : 0

  return answering(run, {
    params: () => hmmParams(run, model, tensors, names),
    data,
    sample: (count, seed) => {
      const { values, states } = sampleHmm(hmm, factorsOf(hmm.emission), count, seed)
      const width = names.length + 1
      const rows = new Float64Array(count * width)
      for (let row = 0; row < count; row += 1) {
        for (const column of names.keys()) rows[row * width + column] = inUnits(values[row * names.length + column]!, column, units)
        rows[row * width + names.length] = states[row]! + 1
      }
      return matrixOf([...names, 'state'], rows)
    },
    apply: {
      responsibilities: async (...from) => {
        const found = await decode(...from)
        return matrixOf(stateNames, inTable(found, hmm.states, (index) => found.smoothed[index]!.posteriors))
      },
      assignments: async (...from) => {
        const found = await decode(...from)
        return matrixOf(['state'], inTable(found, 1, (index) => pathOf(found, index).path))
      },
      /** log p(x_t | x_1 … x_{t−1}), so that the sum over a sequence is its log-likelihood. */
      logDensity: async (...from) => {
        const found = await decode(...from)
        return matrixOf(['logDensity'], inTable(found, 1, (index) => found.smoothed[index]!.pass.logStep.map((value) => value - shift)))
      },
    },
    own: {
      states: async (operation): Promise<StateSequences> => {
        if (operation.kind !== 'states') throw new Error('not a question about states')
        const hmm = operation.parameters ? withParameters(fitted, operation.parameters) : fitted
        const found = await decode(operation.dataset, openDatasetArrays(operation.datasetFolder, operation.dataset), hmm)
        const { observations, smoothed } = found
        const paths = observations.sequences.map((_, index) => pathOf(found, index, hmm))
        const means = emissionMeans(hmm.emission, hmm.states)
        const meanOf = (weights: ArrayLike<number>): number[] =>
          names.map((_, column) => {
            let sum = 0
            for (let k = 0; k < hmm.states; k += 1) sum += weights[k]! * means[k * names.length + column]!
            return inUnits(sum, column, units)
          })
        const rows = observations.rowIndex.length
        return {
          states: hmm.states,
          featureNames: names,
          means: Array.from({ length: hmm.states }, (_, k) => meanOf(Float64Array.from({ length: hmm.states }, (_unused, j) => (j === k ? 1 : 0)))),
          sequences: observations.sequences.map(({ name, start, length }) => ({ name, start, rows: length })),
          rowIndex: observations.rowIndex,
          observations: Float64Array.from(observations.x, (value, index) => shown(value, index % names.length, hmm.emission, units)),
          posteriors: Float64Array.from(smoothed.flatMap(({ posteriors }) => [...posteriors])),
          path: Int32Array.from(paths.flatMap(({ path }) => [...path])),
          pathLogProbability: paths.reduce((sum, { logProbability }) => sum + logProbability, 0) - shift * rows,
          logLikelihood: totalLogLikelihood(smoothed) - shift * rows,
          forecast: smoothed.map(({ pass }) => {
            const ahead = forecastStates(hmm, pass.filtered.subarray(-hmm.states), operation.horizon)
            const steps = Array.from({ length: operation.horizon }, (_, step) => ahead.slice(step * hmm.states, (step + 1) * hmm.states))
            return { stateProbabilities: steps.map((step) => [...step]), means: steps.map(meanOf) }
          }),
        }
      },
    },
  })
}

const inUnits = (value: number, column: number, units: Units): number => (units ? value * units.scale[column]! + units.shift[column]! : value)

const shown = (value: number, column: number, emission: Emission, units: Units): number =>
  emission.kind === 'categorical' ? emission.symbols[column]![value]! : inUnits(value, column, units)

function restore(model: HmmSpec, tensors: NamedArrays, names: string[]): Hmm {
  const columns = names.length
  const values = (name: string): Float64Array => tensors[name]!.values
  const emission = (): Emission => {
    switch (model.emissions) {
      case 'poisson':
        return { kind: 'poisson', columns, rates: values('rates') }
      case 'categorical':
        return {
          kind: 'categorical',
          columns,
          symbols: names.map((name) => [...values(`symbols/${name}`)]),
          probabilities: names.map((name) => values(`probabilities/${name}`)),
        }
      case 'gaussian':
        return { kind: 'gaussian', diagonal: model.covariance === 'diagonal', columns, means: values('unit/means'), covariances: values('unit/covariances') }
      default:
        return model.emissions satisfies never
    }
  }
  return { states: model.states, initial: values('initial'), transitions: values('transitions'), emission: emission() }
}

/** With one column its name is left out: rates [K], probabilities [K][symbols]. */
function hmmParams(run: InspectedRun, model: HmmSpec, tensors: NamedArrays, names: string[]): Record<string, unknown> {
  if (model.emissions !== 'categorical') {
    const params = storedParams(run)
    if (model.emissions === 'poisson' && names.length === 1) params['rates'] = (params['rates'] as number[][]).map(([rate]) => rate)
    return { ...params, featureNames: names }
  }
  const table = (kind: string): unknown => {
    const all = names.map((name) => nested(tensors[`${kind}/${name}`]!))
    return names.length === 1 ? all[0] : Object.fromEntries(names.map((name, index) => [name, all[index]]))
  }
  return {
    initial: nested(tensors['initial']!),
    transitions: nested(tensors['transitions']!),
    symbols: table('symbols'),
    probabilities: table('probabilities'),
    featureNames: names,
  }
}

/** The fitted chain with other numbers in it. */
function withParameters({ states, emission }: Hmm, { initial, transitions, rates, probabilities }: ChainParameters): Hmm {
  const sumsToOne = (row: readonly number[]): boolean => Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-9
  const symbols = emission.kind === 'categorical' ? emission.symbols[0]!.length : 0
  const isTable = (table: readonly number[][] | undefined, width: number): table is number[][] =>
    table !== undefined && table.length === states && table.every((row) => row.length === width && sumsToOne(row))
  const fits = {
    poisson: rates?.length === states && emission.columns === 1,
    categorical: isTable(probabilities, symbols) && emission.columns === 1,
    gaussian: false,
  }[emission.kind]
  if (!fits || !isTable(transitions, states) || initial.length !== states || !sumsToOne(initial)) {
    throw new AppError('hmm/parameters-shape', { states, emissions: emission.kind, symbols })
  }
  return {
    states,
    initial: Float64Array.from(initial),
    transitions: Float64Array.from(transitions.flat()),
    emission:
      emission.kind === 'categorical'
        ? { ...emission, probabilities: [Float64Array.from(probabilities!.flat())] }
        : { kind: 'poisson', columns: 1, rates: Float64Array.from(rates!) },
  }
}

interface Observed {
  dataset: Dataset
  arrays: OpenedArrays
  hmm: Hmm
  units: Units
}

function observe(run: InspectedRun, data: PreparedData, model: HmmSpec, { dataset, arrays, hmm, units }: Observed): Observations {
  const found = cutIntoSequences({
    features: rowsFor(run, data, dataset, arrays),
    featureNames: data.featureNames,
    labels: arrays.labels,
    labelName: dataset.columns.find((column) => column.role === 'label')?.name ?? null,
    sequence: model.sequence,
  })
  if (hmm.emission.kind === 'poisson') requireCounts(found)
  if (hmm.emission.kind === 'categorical') return asIndices(found, hmm.emission.symbols)
  return units ? { ...found, x: toStandard(found.x, units) } : found
}

const factorsOf = (emission: Emission): Float64Array[] =>
  emission.kind === 'gaussian'
    ? Array.from({ length: emission.means.length / emission.columns }, (_, k) =>
        cholesky(emission.covariances.subarray(k * emission.columns ** 2, (k + 1) * emission.columns ** 2), emission.columns)!,
      )
    : []

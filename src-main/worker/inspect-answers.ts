import type { Dataset } from '@shared/domain/dataset'
import type { ApplyOutput, ImageShape, Matrix, ModelData } from '@shared/domain/run'
import type { InspectOperation } from '@shared/domain/worker-protocol'
import type { PreparedData } from '../datasets/prepare'
import { transformRows } from '../datasets/prepare'
import { transformSelected } from '../datasets/transform'
import { type OpenedArrays, openDatasetArrays } from '../files/dataset-arrays'
import { type Fill, columnMeans, completed, imputed, requireRowsOf } from './imputation'
import { type InspectedModel, type InspectedRun, misfit, parametersOf, requireColumns, wayBackTo } from './inspected-run'
import { loadKeptRestarts } from './latent-fit'
import { nested } from './model-file'

/** What a fitted model can tell; a question it has no answer to is refused in words. */
export interface Answers {
  params(): Record<string, unknown>
  data: PreparedData
  imageShape?: ImageShape | null
  sample?(count: number, seed: number): Matrix
  decode?(latent: number[][]): Matrix
  apply?: Partial<Record<ApplyOutput, (dataset: Dataset, arrays: OpenedArrays) => Matrix | Promise<Matrix>>>
  /** Some columns given others, of every row of a dataset. */
  conditional?(operation: Extract<InspectOperation, { kind: 'apply' }>): Promise<Matrix>
  mixture?: NonNullable<InspectedModel['mixture']>
  evidence?: NonNullable<InspectedModel['evidence']>
  codeVariances?: NonNullable<InspectedModel['codeVariances']>
  /** Questions of this kind of model alone. */
  own?: Partial<Record<InspectOperation['kind'], (operation: InspectOperation) => unknown>>
}

export const answering = (run: InspectedRun, answers: Answers): InspectedModel => ({
  ...(answers.mixture ? { mixture: answers.mixture } : {}),
  ...(answers.evidence ? { evidence: answers.evidence } : {}),
  ...(answers.codeVariances ? { codeVariances: answers.codeVariances } : {}),
  async answer(operation) {
    const own = answers.own?.[operation.kind]
    if (own) return own(operation)
    switch (operation.kind) {
      case 'params':
        return answers.params()
      case 'restarts':
        return loadKeptRestarts(run.files)
      case 'iterations':
        return run.iterations?.kept ?? []
      case 'data':
        return modelDataOf(answers.data)
      case 'wayBack':
        return wayBackTo(run, answers.data)
      case 'sample':
        if (answers.sample) return { rows: answers.sample(operation.count, operation.seed), imageShape: answers.imageShape ?? null }
        break
      case 'decode':
        if (answers.decode) return { rows: answers.decode(operation.latent), imageShape: answers.imageShape ?? null }
        break
      case 'apply': {
        if (operation.output === 'conditional' && answers.conditional) {
          requireColumns(run, operation.dataset)
          return answers.conditional(operation)
        }
        const apply = answers.apply?.[operation.output]
        if (apply) return apply(operation.dataset, openDatasetArrays(operation.datasetFolder, operation.dataset))
        break
      }
      default:
        break
    }
    throw misfit(operation, run)
  },
})

/** The stored parameters by name; those under `unit/` are of the program's own making and stay inside. */
export function storedParams(run: InspectedRun): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parametersOf(run)).flatMap(([name, tensor]) => (name.startsWith('unit/') ? [] : [[name, nested(tensor)]])))
}

const modelDataOf = ({ train, featureNames, classes }: PreparedData): ModelData => ({
  featureNames,
  rowIndex: train.rowIndex,
  features: Float32Array.from(train.features),
  labels: train.labels,
  classes,
  total: train.rows,
})

/** Rows of any dataset with as many features, in the units the model saw. */
export function rowsFor(run: InspectedRun, data: PreparedData, dataset: Dataset, arrays: OpenedArrays): Float64Array {
  requireColumns(run, dataset)
  return transformRows(data.transform, arrays.features, dataset.rows, 'float64') as Float64Array
}

/** The questions about absent and hidden entries, where a model can fill them in: in the units it saw. */
export function fillingIn(run: InspectedRun, data: PreparedData, fill: Fill, codes?: boolean[]): NonNullable<Answers['own']> {
  const rowsAt = (rows: readonly number[]): Float64Array => {
    const raw = run.arrays.features
    const at = { transform: data.transform, raw, rows: Int32Array.from(rows), columns: raw.length / run.dataset.rows, precision: 'float64' as const }
    return transformSelected({ ...at, binarizeKey: null }) as Float64Array
  }
  return {
    imputation: () => imputed([rowsFor(run, data, run.dataset, run.arrays)], { featureNames: data.featureNames, way: wayBackTo(run, data), ...(codes ? { codes } : {}) }, fill),
    completion: (operation) => {
      if (operation.kind !== 'completion') throw new Error(`${operation.kind} hides nothing`)
      const { rows, hidden } = operation
      requireRowsOf(rows, run.dataset.rows)
      const { featureNames, imageShape, train } = data
      return completed({ rows, hidden, original: rowsAt(rows), featureNames, imageShape, means: columnMeans(train.features, data.features) }, fill)
    },
  }
}

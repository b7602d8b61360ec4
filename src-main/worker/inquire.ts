import type { InquiryAnswer } from '@shared/domain/inquiry'
import type { InspectOperation, InspectTask } from '@shared/domain/worker-protocol'
import { isMixture } from '@shared/domain/models/mixtures'
import type { ApplyOutput, LatentSummary, Matrix } from '@shared/domain/run'
import { AppError } from '@shared/rpc/errors'
import { splitRows } from '../datasets/split'
import { readDatasetLabels } from '../files/dataset-arrays'
import { openDatasetArrays } from '../files/dataset-arrays'
import type { RowProgress } from '../evidence/estimate'
import type { Runtime } from '../graph/runtime'
import { estimateEvidence } from './evidence'
import type { EvidenceRequest, EvidenceSource } from './evidence-source'
import type { InspectedModel } from './inspected-run'
import { benchRun } from './estimator-bench'
import { measureGaps } from './gaps'
import { disentangle } from './disentangle'
import { embedCodes } from './embed-codes'
import { probeCodes } from './probe-codes'

export type Inquire = Extract<InspectOperation, { kind: 'inquire' }>

/** Answers a question that takes long; `progress` tells how far it is and lets others in between. */
export async function inquire(
  model: InspectedModel,
  task: InspectTask,
  operation: Inquire,
  { runtime, progress, latents }: { runtime: Runtime; progress: RowProgress; latents(): Promise<LatentSummary> },
): Promise<InquiryAnswer> {
  const { question, dataset, datasetFolder } = operation
  switch (question.kind) {
    case 'evidence':
    case 'gaps': {
      const { options } = question
      const request = { dataset, arrays: openDatasetArrays(datasetFolder, dataset), isOwn: question.dataset === undefined, part: options.part, rows: options.rows }
      const source = (await model.evidence?.(request as EvidenceRequest)) ?? (await byDensity(model, task, operation, request as EvidenceRequest))
      if (question.kind === 'gaps') return { kind: 'gaps', gaps: await measureGaps(source, question.options, { runtime, progress, model: task.spec.model.kind }) }
      return { kind: 'evidence', evidence: await estimateEvidence(source, question.options, { runtime, progress, model: task.spec.model.kind }) }
    }
    case 'probe':
      return { kind: 'probe', probing: await probeCodes(model, task, question.options, { runtime, progress }) }
    case 'disentangle': {
      const source = { dataset, datasetFolder, isOwn: question.dataset === undefined }
      return { kind: 'disentangle', disentangling: await disentangle(model, task, source, question.options, progress) }
    }
    case 'estimators':
      return { kind: 'estimators', bench: await benchRun(task, question.options, { runtime, progress }) }
    case 'embedding':
      return { kind: 'embedding', embedding: await embedCodes(await latents(), question.options, progress) }
    default:
      return question satisfies never
  }
}

/** What every model with a log-density offers: the exact figure, and for a mixture its responsibilities as the posterior of a discrete z. */
async function byDensity(model: InspectedModel, { spec, dataset: own }: InspectTask, { dataset, datasetFolder }: Inquire, request: EvidenceRequest): Promise<EvidenceSource> {
  const { part, rowIndex } = rowsOfPart(request, own.rows === dataset.rows && request.isOwn ? splitRows(dataset, spec.split, () => readDatasetLabels(datasetFolder, dataset)) : null)
  const rows = rowIndex.length
  const apply = async (output: ApplyOutput): Promise<{ values: Float64Array; columns: number }> => {
    const matrix = (await model.answer({ kind: 'apply', output, dataset, datasetFolder })) as Matrix
    const columns = matrix.columns.length
    const values = new Float64Array(rows * columns)
    rowIndex.forEach((row, at) => values.set(matrix.values.subarray(row * columns, (row + 1) * columns), at * columns))
    return { values, columns }
  }
  const exact = async (): Promise<Float64Array> => (await apply('logDensity')).values
  const isDiscrete = isMixture(spec.model) && spec.model.kind !== 'k-means'
  return {
    part,
    rows,
    exact,
    discrete: isDiscrete
      ? {
          values: 'components' in spec.model ? spec.model.components : 1,
          logJoint: async () => {
            const [density, posterior] = [await exact(), await apply('responsibilities')]
            return posterior.values.map((share, at) => density[Math.floor(at / posterior.columns)]! + Math.log(share))
          },
        }
      : null,
    continuous: null,
  }
}

function rowsOfPart({ dataset, part, rows, isOwn }: EvidenceRequest, parts: ReturnType<typeof splitRows> | null): { part: string; rowIndex: Int32Array } {
  if (!isOwn || !parts) {
    if (part !== undefined) throw new AppError('evidence/part-of-another', { part, dataset: dataset.name })
    return { part: dataset.name, rowIndex: Int32Array.from({ length: Math.min(rows ?? dataset.rows, dataset.rows) }, (_, row) => row) }
  }
  const name = part ?? (parts.test.length > 0 ? 'test' : parts.validation.length > 0 ? 'validation' : 'train')
  if (parts[name].length === 0) throw new AppError('evidence/no-part', { part: name })
  return { part: name, rowIndex: parts[name].subarray(0, rows ?? parts[name].length) }
}

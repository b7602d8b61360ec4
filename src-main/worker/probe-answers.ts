import type { LinearProbeResult } from '@shared/domain/linear-probe'
import { AppError } from '@shared/rpc/errors'
import type { Part, Parts } from '../datasets/prepare'
import type { Runtime } from '../graph/runtime'
import { type LabelledCodes, fitLinearProbe } from '../inference/linear-probe'

interface Probed {
  dataset: string
  data: Parts<Part>
  /** Codes of all rows of the dataset, row-major. */
  codes: Float32Array
  columns: number
}

/** Fits a probe to the codes of the training part and scores it on every part. */
export async function linearProbe(runtime: Runtime, { dataset, data, codes, columns }: Probed): Promise<LinearProbeResult> {
  if (!data.classes) throw new AppError('linear-probe/no-labels', { dataset })
  const classes = data.classes.length
  const labelled = ({ rowIndex, labels }: Part): LabelledCodes => {
    const rows = Array.from(rowIndex.keys()).filter((row) => labels![row]! >= 0)
    return { codes: rows.flatMap((row) => Array.from(codes.subarray(rowIndex[row]! * columns, (rowIndex[row]! + 1) * columns))), labels: rows.map((row) => labels![row]!) }
  }
  const train = labelled(data.train)
  if (new Set(Array.from(train.labels)).size < 2) throw new AppError('linear-probe/one-class', { dataset })
  const probe = await fitLinearProbe(runtime, train, { columns, classes })
  const common = mostCommon(train.labels, classes)
  const parts = (['train', 'validation', 'test'] as const).flatMap((part) => {
    const own = data[part] && labelled(data[part])
    if (!own || own.labels.length === 0) return []
    const largestClass = Array.from(own.labels).filter((label) => label === common).length / own.labels.length
    return [{ part, ...probe.score(own), largestClass }]
  })
  return { classes, iterations: probe.iterations, converged: probe.converged, parts }
}

function mostCommon(labels: ArrayLike<number>, classes: number): number {
  const counts = new Array<number>(classes).fill(0)
  for (const label of Array.from(labels)) counts[label]! += 1
  return counts.indexOf(Math.max(...counts))
}

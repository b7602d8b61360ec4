import type { RunSpec } from '@shared/domain/spec'
import { permutation } from '@shared/math/random'
import type { PreparedData, PreparedPart } from '../datasets/prepare'
import type { FurtherColumns } from '../inference/batches'

/** What a model that learns from some labels is fed with beside the rows, by the names of its inputs. */
export function labelColumns(spec: RunSpec, { train, features, classes }: PreparedData, part: PreparedPart, training: boolean): Record<string, FurtherColumns> {
  const { model, seed } = spec
  if (model.kind !== 'semi-supervised-vae' || model.labelled === 0) return {}
  const width = classes!.length
  const known = part.labels!.filter((label) => label >= 0).length
  const ofAll = { class: { values: indicators(part.labels!, width, part.rows / Math.max(1, known)), width } }
  if (!training) return ofAll
  const chosen = labelledRows(train.labels!, width, model.labelled, seed)
  const values = new Float32Array(chosen.length * features)
  chosen.forEach((row, at) => values.set((train.features as Float32Array).subarray(row * features, (row + 1) * features), at * features))
  const index = Int32Array.from({ length: part.rows }, (_, row) => row % chosen.length)
  const labels = Int32Array.from(chosen, (row) => train.labels![row]!)
  return { ...ofAll, labelled: { values, width: features, index }, label: { values: indicators(labels, width, 1), width, index } }
}

/** So many rows with a label, at random, as many of each class as there are. */
export function labelledRows(labels: Int32Array, classes: number, count: number, seed: number): Int32Array {
  const order = permutation(labels.length, { seed, stream: 'labelled' })
  const ofClass: number[][] = Array.from({ length: classes }, () => [])
  for (const row of order) ofClass[labels[row]!]?.push(row)
  const most = Math.max(...ofClass.map(({ length }) => length))
  const inTurn = Array.from({ length: most }, (_, turn) => ofClass.flatMap((rows) => rows.slice(turn, turn + 1))).flat()
  return Int32Array.from(inTurn.slice(0, count))
}

/** Row-major [rows, width]: `value` at the label of each row, 0 elsewhere and where there is no label. */
function indicators(labels: Int32Array, width: number, value: number): Float32Array {
  const out = new Float32Array(labels.length * width)
  labels.forEach((label, row) => {
    if (label >= 0) out[row * width + label] = value
  })
  return out
}

/** The first so many entries of each code, with a sum of 1 to all digits: [rows, classes]. */
export function classProbabilitiesOf(codes: Float32Array, width: number, classes: number): Float64Array {
  const rows = codes.length / width
  const out = new Float64Array(rows * classes)
  for (let row = 0; row < rows; row += 1) {
    const own = codes.subarray(row * width, row * width + classes)
    const sum = own.reduce((all, value) => all + value, 0)
    own.forEach((value, index) => (out[row * classes + index] = value / sum))
  }
  return out
}

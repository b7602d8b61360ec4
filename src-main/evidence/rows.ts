import type { Program } from '../graph/program'
import type { NumericArray } from '../graph/runtime'
import { type Tensor, input, parameter } from '../graph/tensor'
import type { LatentDensity, RowTensors } from '../models/latent-density'

/** Values of a number of rows by name, row-major [rows, width] each. */
export interface RowValues {
  rows: number
  columns: Readonly<Record<string, NumericArray>>
}

export const rowInputs = (model: LatentDensity, rows: number): RowTensors => tensors(model, (name, width) => input(name, [rows, width], model.type))

/** Rows that stay in the runtime from call to call, under `evidence/NAME`. */
export const rowParameters = (model: LatentDensity, rows: number): RowTensors =>
  tensors(model, (name, width) => parameter(`evidence/${name}`, [rows, width], model.type))

const tensors = ({ columns }: LatentDensity, make: (name: string, width: number) => Tensor): RowTensors =>
  Object.fromEntries(Object.entries(columns).map(([name, width]) => [name, make(name, width)]))

/** What `rowParameters` are loaded with: every row `copies` times in a row. */
export function rowState(model: LatentDensity, { rows, columns }: RowValues, copies = 1): Record<string, NumericArray> {
  return Object.fromEntries(
    Object.entries(model.columns).map(([name, width]) => {
      const out = numbers(model, rows * copies * width)
      for (let at = 0; at < rows * copies; at += 1) out.set(columns[name]!.subarray(Math.floor(at / copies) * width, Math.floor(at / copies + 1) * width), at * width)
      return [`evidence/${name}`, out]
    }),
  )
}

export const numbers = ({ type }: Pick<LatentDensity, 'type'>, length: number): NumericArray =>
  type === 'float32' ? new Float32Array(length) : new Float64Array(length)

export function someRows(model: LatentDensity, { rows, columns }: RowValues, start: number, count: number): RowValues {
  const end = Math.min(rows, start + count)
  return {
    rows: end - start,
    columns: Object.fromEntries(
      Object.entries(model.columns).map(([name, width]) => [name, columns[name]!.slice(start * width, end * width) as NumericArray]),
    ),
  }
}

/** The model's parameters that a program uses. */
export function ownState(program: Program, { state }: LatentDensity): Record<string, NumericArray> {
  return Object.fromEntries(program.parameters.flatMap(({ name }) => (state[name!] ? [[name!, state[name!]!]] : [])))
}

import * as ort from 'onnxruntime-node'
import type { Program } from '../../graph/program'
import type { NumericArray } from '../../graph/runtime'
import { type Tensor, sizeOf } from '../../graph/tensor'

/** An array as ONNX Runtime takes it; it is not copied. */
export function wrapTensor(program: Pick<Program, 'name'>, tensor: Tensor, data: NumericArray | Int32Array): ort.Tensor {
  if (data.length !== sizeOf(tensor.shape)) {
    throw new Error(`${program.name}: ${tensor.name ?? tensor.op} was given ${data.length} values, not [${tensor.shape.join(', ')}]`)
  }
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, tensor.shape)
  return data instanceof Float64Array ? new ort.Tensor('float64', data, tensor.shape) : new ort.Tensor('int32', data, tensor.shape)
}

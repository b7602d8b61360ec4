import { describe, it } from 'vitest'
import { createOnnxRuntime } from '../onnx/onnx-runtime'
import { suite } from '../op-suite'
import { createNativeTensorFlow, nativeProblem } from './load'

/*
 * In a file, and so in a process, of its own: TensorFlow.js has one backend at a time, and loading the native one replaces the plain one.
 * What it is measured against here is ONNX Runtime, which ops.test.ts measures against the plain one.
 */
const problem = nativeProblem()
if (problem) describe.skip(`native TensorFlow (skipped: ${problem})`, () => it('has the values and gradients of the others', () => {}))
else {
  const oracle = () => Promise.resolve(createOnnxRuntime({ threads: 1 }))
  suite({ name: 'native TensorFlow', runtime: createNativeTensorFlow, oracle, type: 'float32' })
}

import { expect, it } from 'vitest'
import { differentiate } from '../graph/differentiate'
import * as g from '../graph/ops'
import { buildProgram } from '../graph/program'
import { input, parameter } from '../graph/tensor'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { firstNonFinite } from './non-finite'

const rows = 5

/** log(x·w + b) summed: the logarithm of a negative number is the first that goes wrong. */
async function step(weights: number[]) {
  const x = input('x', [rows, 2], 'float32')
  const [w, b] = [parameter('layer/weight', [2, 3], 'float32'), parameter('layer/bias', [3], 'float32')]
  const loss = g.reduceSum(g.log(g.add(g.matmul(x, w), b)))
  const [gradient] = differentiate(loss, [w])
  const runtime = createOnnxRuntime({ threads: 1 })
  const executable = await runtime.compile(buildProgram({ name: 'step', outputs: { loss }, updates: { 'layer/weight': g.subtract(w, gradient!) } }))
  executable.load({ 'layer/weight': Float32Array.from(weights), 'layer/bias': new Float32Array(3) })
  return { runtime, executable }
}

it('names the operator after its nearest parameter, and the rows of the batch', async () => {
  const { runtime, executable } = await step([1, 1, 1, 1, 1, 1])
  const feeds = { x: Float32Array.of(1, 1, 2, 1, -3, 1, 1, 4, 0, -1) }
  expect(await firstNonFinite(runtime, executable, feeds, rows)).toEqual({ tensor: 'log after layer/bias', rows: [2, 4] })
})

it('names an input or a parameter that came in so; a parameter has no rows', async () => {
  const { runtime, executable } = await step([1, 1, 1, 1, 1, 1])
  expect(await firstNonFinite(runtime, executable, { x: Float32Array.of(1, 1, 1, NaN, 1, 1, 1, 1, 1, 1) }, rows)).toEqual({ tensor: 'x', rows: [1] })
  const spoiled = await step([1, Infinity, 1, 1, 1, 1])
  expect(await firstNonFinite(spoiled.runtime, spoiled.executable, { x: new Float32Array(10).fill(1) }, rows)).toEqual({ tensor: 'layer/weight', rows: [] })
})

it('finds nothing where all is finite', async () => {
  const { runtime, executable } = await step([1, 1, 1, 1, 1, 1])
  expect(await firstNonFinite(runtime, executable, { x: new Float32Array(10).fill(1) }, rows)).toBeNull()
})

import { expect, test } from 'vitest'
import type { Place } from '@shared/domain/devices'
import type { FromWorker, Probed } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { type OpenRuntime, openRuntime } from '../runtimes/open'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { createWorker } from './worker'

async function probe(place: Place, open: OpenRuntime): Promise<Probed> {
  const messages: FromWorker[] = []
  const worker = createWorker(async (message) => void messages.push(message), open)
  expect(await worker.receive({ kind: 'probe', ...place, threads: 1 })).toBe(true)
  const [answer, ...more] = messages
  expect(more).toEqual([])
  if (answer?.kind !== 'probed') throw new Error(`no answer: ${JSON.stringify(answer)}`)
  return answer.result
}
const webgpu: Place = { runtime: 'onnx', device: 'webgpu' }
const cuda: Place = { runtime: 'onnx', device: 'cuda' }

test('the CPU is tried, trusted and timed, and then the process is done', async () => {
  const result = await probe({ runtime: 'onnx', device: 'cpu' }, openRuntime)
  expect(result).toMatchObject({ passed: true, notice: null })
  expect(result.msPerStep).toBeGreaterThan(0)
})

const place = '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 auto f()::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. '
test.each([
  ['without an adapter', webgpu, `${place}Failed to get a WebGPU adapter: No supported adapters.`, 'device/no-adapter', 'Failed to get a WebGPU adapter: No supported adapters'],
  ['without the libraries of CUDA', cuda, 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library', 'device/cuda-libraries-missing', 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library'],
  ['with an unknown trouble', cuda, '\nCUDA driver version is insufficient.\nmore', 'device/open-failed', 'CUDA driver version is insufficient'],
] as const)('a device %s says so, without the place in the library', async (_, asked, message, code, problem) => {
  const result = await probe(asked, () => Promise.reject(new Error(message)))
  expect(result).toMatchObject({ passed: false, msPerStep: null, notice: { code, details: { problem } } })
})

test('a reason that is known keeps its own sentence', async () => {
  const result = await probe(cuda, () => Promise.reject(new AppError('device/no-gpu')))
  expect(result.notice).toMatchObject({ code: 'device/no-gpu' })
})

test('a device that computes something else fails with the first figure that is off', async () => {
  const cpu = createOnnxRuntime({ threads: 1 })
  const rounding: OpenRuntime = async () => ({
    ...cpu,
    compile: async (program) => {
      const executable = await cpu.compile(program)
      return {
        program,
        load: (state) => executable.load(Object.fromEntries(Object.entries(state).map(([name, values]) => [name, values.map((value) => Math.round(value * 64) / 64)]))),
        read: () => executable.read(),
        run: (feeds, keep) => executable.run(feeds, keep),
        dispose: () => executable.dispose(),
      }
    },
  })
  const result = await probe(webgpu, rounding)
  expect(result).toMatchObject({ passed: false, notice: { code: 'device/self-test-failed' } })
  expect(result.largestError).toBeGreaterThan(1e-4)
})

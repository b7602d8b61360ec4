import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { FromWorker, TrainTask } from '@shared/domain/worker-protocol'
import { notice } from '@shared/rpc/errors'
import { runSpecSchema } from '@shared/domain/spec'
import { deviceFaultOf } from '../runtimes/device-fault'
import type { OpenRuntime } from '../runtimes/open'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { type StoredDataset, storeDataset, train as trainOn } from './training-fixture'
import { createWorker } from './worker'

let iris: StoredDataset
beforeAll(async () => {
  iris = await storeDataset('iris.csv', { label: 'target' })
})

const spec = (more: object = {}): object => ({
  dataset: 'iris',
  preprocess: ['standardize'],
  model: { kind: 'vae', latent: 2, encoder: { mlp: [16] }, decoder: { mlp: [16] }, likelihood: { gaussian: {} } },
  inference: { kind: 'gradient', batchSize: 32, epochs: 6 },
  ...more,
})
const stepsPerEpoch = 5

/** The CPU that calls itself a GPU, and is gone at one training step. */
function faultyGpu(problem: string, failsAt = 3 * stepsPerEpoch + 2): OpenRuntime {
  return async ({ device, threads }) => {
    const cpu = createOnnxRuntime({ threads })
    if (device === 'cpu') return cpu
    let steps = 0
    return {
      ...cpu,
      device,
      compile: async (program) => {
        const executable = await cpu.compile(program)
        return {
          program,
          load: (state) => executable.load(state),
          read: () => executable.read(),
          dispose: () => executable.dispose(),
          run: async (feeds, keep) => {
            if (program.name === 'vae-training-step') {
              steps += 1
              if (steps === failsAt) throw new Error(problem)
            }
            return executable.run(feeds, keep)
          },
        }
      },
    }
  }
}

async function trainOnGpu(more: object, open: OpenRuntime): Promise<FromWorker[]> {
  const messages: FromWorker[] = []
  const worker = createWorker(async (message) => void messages.push(structuredClone(message)), open)
  const task: TrainTask = {
    kind: 'train',
    runId: 'r1',
    spec: runSpecSchema.parse(spec(more)),
    dataset: iris.dataset,
    datasetFolder: iris.folder,
    runFolder: mkdtempSync(join(tmpdir(), 'latent-fault-')),
    resume: false,
    threads: 1,
    place: { runtime: 'onnx', device: 'webgpu', because: notice('device/chosen-cpu-only') },
  }
  await worker.receive(task)
  return messages
}
const ofKind = <K extends FromWorker['kind']>(messages: FromWorker[], kind: K) => messages.filter((message): message is Extract<FromWorker, { kind: K }> => message.kind === kind)

describe('a device that fails in the middle', () => {
  it.each([
    ['Device was lost: the driver was reset', 'device/lost'],
    ['OOM when allocating tensor with shape[128,512]', 'device/out-of-memory'],
    ['Buffer size (2304000000) exceeds the max buffer size limit (1073741824)', 'device/too-large'],
  ])('%s: ends the run with its sentence, after a checkpoint', async (problem, code) => {
    const messages = await trainOnGpu({}, faultyGpu(problem))
    expect(ofKind(messages, 'failed')).toMatchObject([{ error: { code, details: { device: 'webgpu', problem }, message: expect.stringContaining(problem) } }])
    expect(ofKind(messages, 'checkpoint')).toHaveLength(1)
    expect(ofKind(messages, 'started')).toHaveLength(1)
  })

  it('goes on with the CPU from the last checkpoint where the specification says so, to the figures of an unbroken run, and says it', async () => {
    const messages = await trainOnGpu({ onDeviceFailure: 'cpu' }, faultyGpu('wgpu: device lost'))
    expect(ofKind(messages, 'warning')).toMatchObject([{ warning: { code: 'device/continued-on-cpu', details: { device: 'webgpu' } } }])
    expect(ofKind(messages, 'started').map(({ device }) => device)).toEqual(['webgpu', 'cpu'])
    expect(ofKind(messages, 'started')[1]!.environment['chosenBecause']).toContain('failed in the middle')
    expect(ofKind(messages, 'rewind')).toMatchObject([{ afterStep: 3 }])
    const unbroken = await trainOn(iris, spec())
    expect(ofKind(messages, 'finished')[0]!.result).toEqual(unbroken.finished())
  })

  it('in the first epoch, it starts over', async () => {
    const messages = await trainOnGpu({ onDeviceFailure: 'cpu' }, faultyGpu('CUDA_ERROR_ILLEGAL_ADDRESS', 3))
    expect(ofKind(messages, 'rewind')).toMatchObject([{ afterStep: -1 }])
    expect(ofKind(messages, 'finished')[0]!.result).toMatchObject({ status: 'completed', epochs: 6 })
  })

  it('an error that has nothing to do with the device stays what it is', async () => {
    const messages = await trainOnGpu({ onDeviceFailure: 'cpu' }, faultyGpu('index out of range'))
    expect(ofKind(messages, 'failed')).toMatchObject([{ error: { code: 'system/internal' } }])
  })
})

describe('messages of native libraries', () => {
  it.each([
    ['[WebGPU] Device lost: A valid external Instance reference no longer exists.', 'lost'],
    ['DXGI_ERROR_DEVICE_REMOVED (0x887A0005)', 'lost'],
    ['vkQueueSubmit failed with VK_ERROR_DEVICE_LOST', 'lost'],
    ['CUDA failure 700: an illegal memory access was encountered', 'lost'],
    ['CUDA failure 2: out of memory ; GPU=0', 'out-of-memory'],
    ['vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY', 'out-of-memory'],
    ["BFCArena::AllocateRawInternal(size_t) Available memory of 1 is smaller than requested bytes of 2", 'out-of-memory'],
    ['std::bad_alloc', 'out-of-memory'],
    // the three that follow were seen: ONNX Runtime 1.30, WebGPU on a software Vulkan device
    ['WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.', 'out-of-memory'],
    ['WebGPU validation failed. Buffer size (2304000000) exceeds the max buffer size limit (1073741824).', 'too-large'],
    ['vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n - While calling [Device].CreateBuffer', 'out-of-memory'],
    ['[Device "gpu"] is lost.', 'lost'],
    ['Got invalid dimensions for input: x', null],
  ])('%s', (message, fault) => expect(deviceFaultOf(new Error(message))).toBe(fault))
})

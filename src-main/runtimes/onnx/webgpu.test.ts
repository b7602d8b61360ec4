import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fillNormal } from '@shared/math/random'
import { differentiate } from '../../graph/differentiate'
import * as g from '../../graph/ops'
import { adamRates, adamStep } from '../../graph/optimizers'
import { buildProgram } from '../../graph/program'
import { input, parameter, sizeOf } from '../../graph/tensor'
import { programOf, suite } from '../op-suite'
import { createOnnxRuntime } from './onnx-runtime'
import { createWebGpuRuntime } from './webgpu-runtime'

/*
 * Without a GPU, Chromium's software Vulkan device takes its place: slow, but it runs the same shaders. In a file of its own, since the
 * device is chosen once per process.
 */
const software = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (process.platform === 'linux' && !existsSync('/dev/nvidia0') && existsSync(software)) process.env['VK_ICD_FILENAMES'] ??= software

const draw = (size: number, stream: string): Float32Array => {
  const values = new Float32Array(size)
  fillNormal(values, { seed: 7, stream })
  return values
}

async function problemOfWebGpu(): Promise<string | null> {
  try {
    const runtime = await createWebGpuRuntime()
    const x = input('x', [2], 'float32')
    const executable = await runtime.compile(buildProgram({ name: 'probe', outputs: { y: g.add(x, x) } }))
    const { y } = await executable.run({ x: Float32Array.of(1, 2) })
    return y![1] === 4 ? null : 'it computes 2 + 2 wrong'
  } catch (error) {
    return (error as Error).message.split('\n')[0]!
  }
}

const problem = await problemOfWebGpu()
if (problem) describe.skip(`WebGPU (skipped: ${problem})`, () => it('has the values and gradients of the CPU', () => {}))
else {
  suite({
    name: 'ONNX Runtime on WebGPU',
    runtime: createWebGpuRuntime,
    oracle: () => Promise.resolve(createOnnxRuntime({ threads: 1 })),
    type: 'float32',
    // WebGPU has no buffers of no bytes.
    applies: (opCase) => programOf(opCase, 'float32').program.nodes.every(({ shape }) => sizeOf(shape) > 0),
  })

  describe('training on WebGPU', () => {
    it('keeps its state on the device and takes the steps of the CPU', async () => {
      const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
      const x = input('x', [16, 40], 'float32')
      const weights = [parameter('w', [40, 32], 'float32'), parameter('b', [32], 'float32')]
      const loss = g.reduceMean(g.square(g.tanh(g.add(g.matmul(x, weights[0]!), weights[1]!))))
      const step = adamStep(weights, differentiate(loss, weights), options)
      const program = buildProgram({ name: 'train', outputs: { loss }, updates: step.updates })
      const results = []
      for (const runtime of [await createWebGpuRuntime(), createOnnxRuntime({ threads: 1 })]) {
        const executable = await runtime.compile(program)
        executable.load(
          Object.fromEntries(
            program.parameters.map(({ name, shape }) => [name!, name!.startsWith('adam') ? new Float32Array(sizeOf(shape)) : draw(sizeOf(shape), name!)]),
          ),
        )
        const losses = []
        for (let t = 1; t <= 5; t += 1) losses.push((await executable.run({ x: draw(640, `x${t}`), ...adamRates(t, 0.01, options) }))['loss']![0]!)
        await executable.run({ x: draw(640, 'refused'), ...adamRates(6, 0.01, options) }, () => false)
        results.push({ losses, weights: Float32Array.from((await executable.read())['w']!) })
        await executable.dispose()
      }
      const [gpu, cpu] = results as [(typeof results)[0], (typeof results)[0]]
      gpu.losses.forEach((value, index) => expect(value).toBeCloseTo(cpu.losses[index]!, 5))
      gpu.weights.forEach((value, index) => expect(value).toBeCloseTo(cpu.weights[index]!, 4))
    })

    it('refuses a program in float64', async () => {
      const program = buildProgram({ name: 'double', outputs: { y: g.exp(input('x', [2], 'float64')) } })
      await expect((await createWebGpuRuntime()).compile(program)).rejects.toThrow('computes in float64, which WebGPU does not have')
    })
  })
}

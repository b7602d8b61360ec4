import { existsSync } from 'node:fs'
import type { Place } from '@shared/domain/devices'
import { expect, test } from 'vitest'
import type { Runtime } from '../graph/runtime'
import { createOnnxRuntime } from './onnx/onnx-runtime'
import { openRuntime } from './open'
import { selfTest } from './self-test'

/** Chromium's software Vulkan device stands in where there is no GPU. */
const software = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (process.platform === 'linux' && !existsSync('/dev/nvidia0') && existsSync(software)) process.env['VK_ICD_FILENAMES'] ??= software

const reference = createOnnxRuntime({ threads: 1 })

/** The CPU, with every output changed a little. */
const faulty = (change: (value: number) => number): Runtime => ({
  ...reference,
  async compile(program) {
    const executable = await reference.compile(program)
    return Object.assign(Object.create(executable) as typeof executable, {
      load: executable.load.bind(executable),
      read: executable.read.bind(executable),
      dispose: executable.dispose.bind(executable),
      run: async (...args: Parameters<typeof executable.run>) => {
        const outputs = await executable.run(...args)
        return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.map(change) as typeof values]))
      },
    })
  },
})

test('the CPU in float32 passes against itself in float64, with errors of rounding, and is timed', async () => {
  const result = await selfTest(await openRuntime({ runtime: 'onnx', device: 'cpu', threads: 1 }), reference)
  expect(result).toMatchObject({ passed: true, reason: null })
  expect(result.largestError).toBeGreaterThan(0)
  expect(result.largestError).toBeLessThan(2e-5)
  expect(result.msPerStep).toBeGreaterThan(0.2)
})

test.each([
  ['a thousandth too large', (value: number) => value * 1.001],
  ['not a number', () => NaN],
])('a device whose outputs are %s fails, with the figure', async (_name, change) => {
  const result = await selfTest(faulty(change), reference)
  expect(result).toMatchObject({ passed: false, msPerStep: null, reason: { code: 'device/self-test-failed' } })
  expect(result.reason!.message).toMatch(/of step \d came out as (-?\d|NaN)/)
})

test.each([
  [{ runtime: 'onnx', device: 'coreml' }, process.platform === 'darwin' ? null : 'device/not-bundled'],
  [{ runtime: 'tensorflow', device: 'webgpu' }, 'device/no-combination'],
] as const)('%o that is not there is an error with its reason', async (place, code) => {
  if (code === null) return
  await expect(openRuntime({ ...place, threads: 1 })).rejects.toMatchObject({ code })
})

test.each<Place>([
  { runtime: 'onnx', device: 'webgpu' },
  { runtime: 'tensorflow', device: 'cpu' },
])('$runtime on $device passes, with errors of rounding, where it is there', async (place) => {
  const opened = await openRuntime({ ...place, threads: 1 }).catch((error: Error) => error)
  const result = opened instanceof Error ? opened : await selfTest(opened, reference).catch((error: Error) => error)
  if (result instanceof Error) return void console.log(`skipped: ${place.runtime} on ${place.device}: ${result.message.split('\n')[0]}`)
  expect(result).toMatchObject({ passed: true, reason: null })
  expect(result.largestError).toBeLessThan(2e-5)
})

import { describe, expect, test } from 'vitest'
import { defaultSettings, type Place } from '@shared/domain/devices'
import { type RunSpec, runSpecSchema } from '@shared/domain/spec'
import type { RuntimeInfo } from '@shared/domain/system'
import { notice } from '@shared/rpc/errors'
import { chooseDevice, placesToCheck } from './choose-device'

const gradient = (more: object = {}): RunSpec => runSpecSchema.parse({ dataset: 'd', model: { kind: 'vae' }, inference: { kind: 'gradient' }, ...more })
const em = (more: object = {}): RunSpec => runSpecSchema.parse({ dataset: 'd', model: { kind: 'gaussian-mixture' }, inference: { kind: 'em' }, ...more })

const info = (place: string, state: RuntimeInfo['state'], msPerStep?: number): RuntimeInfo => {
  const [name, device] = place.split('/') as [Place['runtime'], Place['device']]
  const problem = notice('device/open-failed', { problem: place })
  return {
    name,
    device,
    state,
    precision: place === 'onnx/cpu' ? ['float32', 'float64'] : ['float32'],
    available: state === 'passed' || (place === 'onnx/cpu' && state === 'unchecked'),
    ...(msPerStep !== undefined && { msPerStep }),
    ...(state === 'failed' && { notice: problem, reason: problem.message }),
  }
}
const slowGpu = [info('onnx/cpu', 'passed', 4), info('onnx/webgpu', 'passed', 700), info('tensorflow/cuda', 'failed')]
const fastGpus = [info('onnx/cpu', 'passed', 4), info('onnx/webgpu', 'passed', 1), info('tensorflow/cuda', 'passed', 0.6), info('tensorflow/cpu', 'passed', 0.1)]
const fresh = [info('onnx/cpu', 'unchecked'), info('onnx/webgpu', 'unchecked'), info('onnx/cuda', 'absent'), info('tensorflow/cpu', 'unchecked')]

describe('auto', () => {
  test.each([
    ['the fastest of the devices that passed', fastGpus, 'tensorflow/cuda', 'device/chosen-fastest'],
    ['the CPU where it is faster', slowGpu, 'onnx/cpu', 'device/chosen-cpu-faster'],
    ['the CPU where nothing else passed', [slowGpu[0]!, slowGpu[2]!], 'onnx/cpu', 'device/chosen-cpu-only'],
  ])('takes %s', (_, runtimes, place, code) => {
    const choice = chooseDevice(gradient(), { runtimes })
    expect(`${choice.runtime}/${choice.device}`).toBe(place)
    expect(choice.because.code).toBe(code)
    expect(choice.because.message).not.toContain('{')
  })

  test('never takes a GPU for float64, and tests none for it', () => {
    expect(chooseDevice(em(), { runtimes: fastGpus })).toMatchObject({ runtime: 'onnx', device: 'cpu', because: { code: 'device/chosen-float64' } })
    expect(placesToCheck(em(), defaultSettings, fresh)).toEqual([])
  })

  test('a resumed run goes on where it began, while that is there', () => {
    const before: Place = { runtime: 'onnx', device: 'webgpu' }
    expect(chooseDevice(gradient(), { runtimes: fastGpus, before })).toMatchObject({ ...before, because: { code: 'device/chosen-as-before' } })
    expect(chooseDevice(gradient(), { runtimes: [slowGpu[0]!], before })).toMatchObject({
      device: 'cpu',
      because: { message: 'The run began with ONNX Runtime on webgpu, which cannot be used now. No other device here passed its self-test.' },
    })
  })

  test('needs the self-tests of the other devices and the time of the CPU to compare with; without others, none', () => {
    const names = (runtimes: RuntimeInfo[]): string[] => placesToCheck(gradient(), defaultSettings, runtimes).map(({ runtime, device }) => `${runtime}/${device}`)
    expect(names(fresh)).toEqual(['onnx/cpu', 'onnx/webgpu'])
    expect(names([info('onnx/cpu', 'unchecked'), info('onnx/webgpu', 'failed')])).toEqual([])
    expect(names(fastGpus)).toEqual([])
  })

  test('leaves the choice to the settings, whose device must be there then', () => {
    const settings = { ...defaultSettings, device: 'webgpu' as const }
    expect(chooseDevice(gradient(), { runtimes: slowGpu, settings })).toMatchObject({ device: 'webgpu', because: { code: 'device/chosen-settings' } })
    expect(chooseDevice(gradient({ device: 'cpu' }), { runtimes: slowGpu, settings })).toMatchObject({ device: 'cpu', because: { code: 'device/chosen-asked' } })
    expect(chooseDevice(em(), { runtimes: slowGpu, settings })).toMatchObject({ device: 'cpu', because: { code: 'device/chosen-float64' } })
    expect(() => chooseDevice(gradient(), { runtimes: [slowGpu[0]!], settings })).toThrow('webgpu')
  })
})

describe('a device that is asked for', () => {
  test.each([
    [{ device: 'webgpu' }, 'onnx/webgpu'],
    [{ device: 'cpu' }, 'onnx/cpu'],
    [{ runtime: 'tensorflow' }, 'tensorflow/cpu'],
    [{ runtime: 'tensorflow', device: 'cuda' }, 'tensorflow/cuda'],
  ])('%o is taken, however slow it is', (asked, place) => {
    const choice = chooseDevice(gradient(asked), { runtimes: fastGpus })
    expect(`${choice.runtime}/${choice.device}`).toBe(place)
  })

  test('that failed is an error with the reason, in both languages', () => {
    expect(() => chooseDevice(gradient({ device: 'cuda' }), { runtimes: slowGpu })).toThrow(/cuda .* not available here: It could not be started: tensorflow\/cuda\. Use/)
  })

  test('that there is no such thing as is an error', () => {
    expect(() => chooseDevice(gradient({ device: 'dml' }), { runtimes: slowGpu })).toThrow('There is no such combination')
  })

  test('that was not tested yet passes while the specification is written, and not at its start', () => {
    expect(chooseDevice(gradient({ device: 'webgpu' }), { runtimes: fresh, unchecked: true })).toMatchObject({ device: 'webgpu' })
    expect(() => chooseDevice(gradient({ device: 'webgpu' }), { runtimes: fresh })).toThrow('not available')
  })

  test.each([{ device: 'webgpu' }, { runtime: 'tensorflow' }])('%o cannot fit a model in float64, which has its own sentence', (asked) => {
    expect(() => chooseDevice(em(asked), { runtimes: fastGpus })).toThrow(/gaussian-mixture is fitted in float64/)
    expect(chooseDevice(em({ device: 'cpu' }), { runtimes: fastGpus })).toMatchObject({ runtime: 'onnx', device: 'cpu' })
  })
})

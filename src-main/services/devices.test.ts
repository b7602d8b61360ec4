import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Place } from '@shared/domain/devices'
import { isTerminal, type Run } from '@shared/domain/run'
import type { RuntimeInfo } from '@shared/domain/system'
import { type Client, createClient } from '@shared/rpc/client'
import { createHost, type Host } from '../host'
import { createProber } from '../jobs/probe'
import { findNodeCommand } from '../jobs/node-command'

/* A real host and real processes; what each device does is told to the worker of the fixture. */

const workerPath = resolve('src-main/jobs/fixture-worker.mjs')
const limits = { answerMs: 5000, stopMs: 400, terminateMs: 300 }
const unchecked = (runtime: Place['runtime'], device: Place['device']): RuntimeInfo => ({
  name: runtime,
  device,
  precision: device === 'cpu' ? ['float32', 'float64'] : ['float32'],
  available: device === 'cpu',
  state: 'unchecked',
})
const runtimes = [unchecked('onnx', 'cpu'), unchecked('onnx', 'webgpu'), unchecked('tensorflow', 'cuda')]
const behave = (devices: Record<string, number | string>): void => void (process.env['LATENT_FIXTURE_DEVICES'] = JSON.stringify(devices))

let home: string
let host: Host
let client: Client
function open(version = '1'): void {
  host = createHost({ home, resourcesFolder: resolve('resources'), workerPath, hostKind: 'server', version, parallelRuns: 1, limits, runtimes, checkOutputs: true })
  client = createClient({ request: host.dispatch, subscribe: host.subscribe })
}
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'latent-devices-'))
  behave({ 'onnx/cpu': 4, 'onnx/webgpu': 1 })
  open()
})
afterEach(async () => {
  await host.close()
  rmSync(home, { recursive: true })
  delete process.env['LATENT_FIXTURE_DEVICES']
})

const vae = (more: object = {}) => ({ name: 'finish', dataset: 'iris', preprocess: ['scale'], model: { kind: 'vae' }, inference: { kind: 'gradient' }, ...more })
async function finished(spec: object): Promise<Run> {
  const { id } = await client.call('runs.start', { spec })
  for (;;) {
    const run = await client.call('runs.get', { id })
    if (isTerminal(run.status)) return run
    await new Promise((done) => setTimeout(done, 5))
  }
}
const states = async (): Promise<string[]> => (await client.call('devices.list', {})).runtimes.map(({ state }) => state)

test('the first run that leaves the choice open tests the devices, as a phase of its progress, and records what it chose and why', async () => {
  const phases: (string | undefined)[] = []
  client.on('run.changed', ({ run }) => phases.push(run.progress?.phase))
  const run = await finished(vae())
  expect(phases).toContain('devices')
  expect(run).toMatchObject({ status: 'completed', device: 'webgpu', runtime: 'onnx' })
  expect(run.environment['chosenBecause']).toBe('ONNX Runtime on webgpu passed its self-test and is the fastest here: 1 ms for a step that takes the CPU 4 ms.')
  expect(await states()).toEqual(['passed', 'passed', 'failed'])
  phases.length = 0
  await finished(vae())
  expect(phases).not.toContain('devices')
})

test('what was found out outlives the host, but not another version of the program', async () => {
  await client.call('devices.probe', {})
  await host.close()
  open()
  expect(await states()).toEqual(['passed', 'passed', 'failed'])
  await host.close()
  open('2')
  expect(await states()).toEqual(['unchecked', 'unchecked', 'unchecked'])
})

test('testing tells how far it is, keeps what failed with its reason, and a later test replaces it', async () => {
  const told: string[] = []
  client.on('devices.changed', ({ checking }) => told.push(checking ? `${checking.device} ${checking.done}/${checking.total}` : 'done'))
  const first = await client.call('devices.probe', {})
  expect(told).toEqual(['cpu 0/3', 'webgpu 1/3', 'cuda 2/3', 'done'])
  expect(first.runtimes[2]).toMatchObject({ available: false, state: 'failed', reason: 'It could not be started: none.' })
  behave({ 'onnx/cpu': 4, 'tensorflow/cuda': 2 })
  const second = await client.call('devices.probe', {})
  expect(second.runtimes.map(({ available }) => available)).toEqual([true, false, true])
  expect((await client.call('system.info', {})).runtimes).toEqual(second.runtimes)
})

test('a driver that takes its process down is a device that does not work, and nothing else', async () => {
  behave({ 'onnx/cpu': 4, 'onnx/webgpu': 'crash' })
  const { runtimes: found } = await client.call('devices.probe', {})
  expect(found[1]).toMatchObject({ state: 'failed', notice: { code: 'device/probe-crashed' } })
  expect(await finished(vae())).toMatchObject({ status: 'completed', device: 'cpu' })
})

test('a driver that hangs is ended after its time', async () => {
  behave({ 'onnx/webgpu': 'hang' })
  const prober = createProber({ command: findNodeCommand(null), workerPath, limits, threads: 1, timeoutMs: 600 })
  expect(await prober.probe({ runtime: 'onnx', device: 'webgpu' })).toMatchObject({ passed: false, notice: { code: 'device/probe-timeout', details: { seconds: 0.6 } } })
})

test('a host that closes while a device hangs is not held up, and remembers nothing of it', async () => {
  behave({ 'onnx/cpu': 4, 'onnx/webgpu': 'hang' })
  const changed = new Promise<void>((done) => client.on('devices.changed', ({ checking }) => checking?.device === 'webgpu' && done()))
  const { id } = await client.call('runs.start', { spec: vae() })
  await changed
  await host.close()
  expect(readFileSync(join(home, 'devices.json'), 'utf8')).not.toContain('failed')
  behave({ 'onnx/cpu': 4, 'onnx/webgpu': 1 })
  open()
  while ((await client.call('runs.get', { id })).status !== 'completed') await new Promise((done) => setTimeout(done, 5))
})

test('a run that is cancelled while devices are tested does not start', async () => {
  behave({ 'onnx/cpu': 4, 'onnx/webgpu': 'hang' })
  const changed = new Promise<void>((done) => client.on('devices.changed', ({ checking }) => checking?.device === 'webgpu' && done()))
  const { id } = await client.call('runs.start', { spec: vae() })
  await changed
  expect(await client.call('runs.cancel', { id })).toMatchObject({ status: 'cancelled', startedAt: null })
})

test('a device that is asked for is tested before the run is taken in; one that fails is refused with its reason', async () => {
  behave({ 'onnx/cpu': 4, 'tensorflow/cuda': 900 })
  await expect(client.call('runs.start', { spec: vae({ device: 'webgpu' }) })).rejects.toMatchObject({
    code: 'spec/device-unavailable',
    message: expect.stringContaining('It could not be started: none.'),
  })
  expect((await client.call('runs.list', {})).total).toBe(0)
  const run = await finished(vae({ runtime: 'tensorflow' }))
  expect(run).toMatchObject({ device: 'cuda', runtime: 'tensorflow' })
})

test('a mixture is not tested for, and a GPU is refused to it in its own words', async () => {
  const mixture = { name: 'finish', dataset: 'faithful', model: { kind: 'gaussian-mixture' } }
  expect(await finished(mixture)).toMatchObject({ device: 'cpu', runtime: 'onnx' })
  expect(existsSync(join(home, 'devices.json'))).toBe(false)
  await expect(client.call('runs.start', { spec: { ...mixture, device: 'webgpu' } })).rejects.toMatchObject({ code: 'device/float32-only' })
})

test('settings are kept, choose where the specification does not, and are told to every window', async () => {
  const settings = { device: 'cpu', runtime: 'auto', parallelRuns: 2, threadsPerRun: 1 } as const
  const told: unknown[] = []
  client.on('settings.changed', (payload) => told.push(payload.settings))
  expect(await client.call('settings.get', {})).toEqual({ device: 'auto', runtime: 'auto', parallelRuns: 0, threadsPerRun: 0 })
  await client.call('settings.set', settings)
  expect(told).toEqual([settings])
  await host.close()
  open()
  expect(await client.call('settings.get', {})).toEqual(settings)
  expect((await finished(vae())).environment['chosenBecause']).toBe('The settings ask for ONNX Runtime on cpu.')
})

test('a damaged settings file is named, and saving the settings mends it', async () => {
  await host.close()
  writeFileSync(join(home, 'settings.json'), '{"device": "abacus"}')
  open()
  await expect(client.call('settings.get', {})).rejects.toMatchObject({ code: 'settings/damaged', message: expect.stringContaining('settings.json') })
  expect(await finished(vae())).toMatchObject({ status: 'failed', error: { code: 'settings/damaged' } })
  await client.call('settings.set', { device: 'auto', runtime: 'auto', parallelRuns: 0, threadsPerRun: 0 })
  expect(await finished(vae())).toMatchObject({ status: 'completed' })
})

test('a driver that takes a run down ends it; with onDeviceFailure: cpu the run goes on with the CPU, in one piece, and says so', async () => {
  await client.call('devices.probe', {})
  expect(await finished(vae({ name: 'gpuCrash' }))).toMatchObject({ status: 'failed', device: 'webgpu', error: { code: 'run/crashed' } })
  const statuses: string[] = []
  client.on('run.changed', ({ run }) => statuses.at(-1) !== run.status && statuses.push(run.status))
  const run = await finished(vae({ name: 'gpuCrash', onDeviceFailure: 'cpu' }))
  expect(statuses).toEqual(['queued', 'running', 'completed'])
  expect(run).toMatchObject({ device: 'cpu', error: null, warnings: [{ code: 'device/continued-on-cpu', details: { device: 'webgpu' } }, {}] })
  expect((await client.call('runs.metrics', { id: run.id }))['train/logLikelihood']?.step).toEqual([0, 1, 2])
})

test('more runs at once start what waits', async () => {
  const stay = { dataset: 'faithful', model: { kind: 'gaussian-mixture' } }
  const [one, other] = [await client.call('runs.start', { spec: { ...stay, name: 'work' } }), await client.call('runs.start', { spec: { ...stay, name: 'work' } })]
  const status = async (id: string): Promise<string> => (await client.call('runs.get', { id })).status
  while ((await status(one.id)) !== 'running') await new Promise((done) => setTimeout(done, 5))
  expect(await status(other.id)).toBe('queued')
  await client.call('settings.set', { device: 'auto', runtime: 'auto', parallelRuns: 2, threadsPerRun: 0 })
  while ((await status(other.id)) !== 'running') await new Promise((done) => setTimeout(done, 5))
  for (const { id } of [one, other]) await client.call('runs.kill', { id })
})

test('a file of self-tests that cannot be read is as good as none', async () => {
  await client.call('devices.probe', {})
  await host.close()
  writeFileSync(join(home, 'devices.json'), '{"key": ')
  open()
  expect(await states()).toEqual(['unchecked', 'unchecked', 'unchecked'])
})

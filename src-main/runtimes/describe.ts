import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type DeviceKind, type Place } from '@shared/domain/devices'
import type { RuntimeInfo } from '@shared/domain/system'
import { notice } from '@shared/rpc/errors'

const fromHere = createRequire(import.meta.url)
const { platform, arch } = process
const machine = `${platform}-${arch}`

/** Folder of an installed package, or null. */
function packageFolder(name: string): string | null {
  try {
    return dirname(fromHere.resolve(`${name}/package.json`))
  } catch {
    const found = (fromHere.resolve.paths(name) ?? []).map((folder) => join(folder, name)).find((folder) => existsSync(folder))
    return found ?? null
  }
}

function versionOf(name: string): string | null {
  try {
    return (fromHere(`${name}/package.json`) as { version: string }).version
  } catch {
    return null
  }
}

/** Files of one folder per version of Node-API, e.g. bin/napi-v6/linux/x64. */
function filesIn(folder: string | null, ...rest: string[]): string[] {
  if (!folder || !existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.startsWith('napi-v'))
    .map((name) => join(folder, name, ...rest))
    .flatMap((path) => (existsSync(path) ? readdirSync(path) : []))
}
const onnxFiles = (): string[] => {
  const folder = packageFolder('onnxruntime-node')
  return filesIn(folder && join(folder, 'bin'), platform, arch)
}
const tensorFlowFiles = (): string[] => {
  const folder = packageFolder('@tensorflow/tfjs-node-gpu')
  return filesIn(folder && join(folder, 'lib'))
}

/** What onnxruntime-node brings beside the CPU, by platform; CUDA is a part of its own. */
const bundled: Partial<Record<NodeJS.Platform, DeviceKind[]>> = { win32: ['webgpu', 'dml'], darwin: ['webgpu', 'coreml'], linux: ['webgpu', 'cuda'] }

/** Everything that could compute here, without loading any of it into this process: what speaks against it is known from files alone. */
export function describeRuntimes(): RuntimeInfo[] {
  const onnx = onnxFiles()
  const devices: DeviceKind[] = ['cpu', ...(bundled[platform] ?? ['webgpu'])]
  const places: Place[] = [
    ...devices.map((device) => ({ runtime: 'onnx' as const, device })),
    { runtime: 'tensorflow', device: 'cuda' },
    { runtime: 'tensorflow', device: 'cpu' },
  ]
  return places.map((place) => describe(place, problemOf(place, onnx)))
}

function problemOf({ runtime, device }: Place, onnx: string[]) {
  if (runtime === 'tensorflow') {
    if (!packageFolder('@tensorflow/tfjs-node-gpu')) return notice('device/package-missing', { package: '@tensorflow/tfjs-node-gpu' })
    return tensorFlowFiles().includes('tfjs_binding.node') ? null : notice('device/library-missing')
  }
  if (!onnx.includes('onnxruntime_binding.node')) return notice('device/no-binary', { platform: machine })
  if (machine === 'linux-arm64' && device !== 'cpu') return notice('device/not-bundled', { device, platform: machine })
  return device === 'cuda' && !onnx.some((name) => name.includes('providers_cuda')) ? notice('device/cuda-not-installed') : null
}

function describe({ runtime: name, device }: Place, problem: ReturnType<typeof notice> | null): RuntimeInfo {
  const isBase = name === 'onnx' && device === 'cpu'
  const precision: RuntimeInfo['precision'] = isBase ? ['float32', 'float64'] : ['float32']
  if (problem) return { name, device, precision, available: false, state: 'absent', reason: problem.message, notice: problem }
  if (isBase) return { name, device, precision, available: true, state: 'unchecked' }
  const unchecked = notice('device/unchecked')
  return { name, device, precision, available: false, state: 'unchecked', reason: unchecked.message, notice: unchecked }
}

/** Changes when what was found out about devices no longer holds: other libraries, another machine, a driver added or removed. */
export function describeMachine(hostName: string): string {
  const drivers = ['/dev/nvidia0', '/dev/dxg', '/dev/dri', '/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib/aarch64-linux-gnu/libvulkan.so.1']
  const parts = [
    `onnxruntime-node ${versionOf('onnxruntime-node')}`,
    `tfjs-node-gpu ${versionOf('@tensorflow/tfjs-node-gpu')}`,
    machine,
    hostName,
    ...onnxFiles().filter((name) => name.includes('providers_')),
    ...tensorFlowFiles(),
    ...drivers.filter((path) => existsSync(path)),
    ...['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'CUDA_VISIBLE_DEVICES'].map((name) => `${name}=${process.env[name] ?? ''}`),
  ]
  return parts.join(' · ')
}

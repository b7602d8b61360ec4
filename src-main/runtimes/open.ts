import type { DeviceKind, Place } from '@shared/domain/devices'
import { AppError } from '@shared/rpc/errors'
import type { Runtime } from '../graph/runtime'
import { hasBackend } from './onnx/backends'
import { createOnnxRuntime } from './onnx/onnx-runtime'
import { createWebGpuRuntime } from './onnx/webgpu-runtime'
import { createNativeTensorFlow, nativePackage, nativeProblem } from './tensorflow/load'

export interface OpenOptions extends Place {
  threads: number
  /** The file that lanes of ONNX Runtime on the CPU run. */
  laneEntry?: string | undefined
}
export type OpenRuntime = (options: OpenOptions) => Promise<Runtime>

/** The runtime asked for and no other; throws an AppError with the reason where it cannot be had. */
export const openRuntime: OpenRuntime = ({ runtime, device, threads, laneEntry }) =>
  runtime === 'onnx' ? openOnnx(device, threads, laneEntry) : openTensorFlow(device, threads)

async function openOnnx(device: DeviceKind, threads: number, laneEntry: string | undefined): Promise<Runtime> {
  if (device === 'cpu') return createOnnxRuntime({ threads, laneEntry })
  if (!hasBackend(device)) throw new AppError('device/not-bundled', { device, platform: `${process.platform}-${process.arch}` })
  if (device === 'webgpu') return createWebGpuRuntime()
  if (device === 'cuda') wholeFloat32()
  return createOnnxRuntime({ threads, provider: device })
}

async function openTensorFlow(device: DeviceKind, threads: number): Promise<Runtime> {
  if (device !== 'cpu' && device !== 'cuda') throw new AppError('device/no-combination')
  if (!nativePackage()) throw new AppError('device/package-missing', { package: '@tensorflow/tfjs-node-gpu' })
  if (nativeProblem()) throw new AppError('device/library-missing')
  // TensorFlow reads these when its library is loaded: its share of the cores, and memory of the GPU as it is needed, not all of it at once
  Object.assign(process.env, { TF_NUM_INTRAOP_THREADS: String(threads), TF_NUM_INTEROP_THREADS: '1' })
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true'
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1'
  if (device === 'cpu') process.env['CUDA_VISIBLE_DEVICES'] = '-1'
  else wholeFloat32()
  const opened = await createNativeTensorFlow()
  if (opened.device !== device) throw new AppError('device/no-gpu')
  return opened
}

/** NVIDIA's libraries round the factors of products to 10 bits (TF32) unless told otherwise; a run is to be the same on every device. */
function wholeFloat32(): void {
  process.env['NVIDIA_TF32_OVERRIDE'] ??= '0'
}

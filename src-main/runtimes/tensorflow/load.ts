import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import nodeUtil from 'node:util'
import type { Runtime } from '../../graph/runtime'
import type { TensorFlow } from './lowering'
import { createTensorFlowRuntime } from './tensorflow-runtime'

const load = createRequire(import.meta.url)

/** The folder of @tensorflow/tfjs-node-gpu, or null where it is not installed. */
export function nativePackage(): string | null {
  try {
    return dirname(load.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  } catch {
    return null
  }
}

/** Why the native library of the package in a folder cannot be loaded, or null where its file is in place. */
export function nativeProblem(folder: string | null = nativePackage()): string | null {
  if (!folder) return '@tensorflow/tfjs-node-gpu is not installed'
  const library = join(folder, 'lib')
  const versions = existsSync(library) ? readdirSync(library).filter((name) => name.startsWith('napi-v')) : []
  const found = versions.some((name) => existsSync(join(library, name, 'tfjs_binding.node')))
  return found ? null : 'its native library is not in place: `npm run setup:cuda` puts it there'
}

/** The pure JavaScript backend: slow, everywhere, and written by others. Tests measure the other runtimes against it. */
export async function createPlainTensorFlow(): Promise<Runtime> {
  const tf = load('@tensorflow/tfjs') as TensorFlow
  await tf.setBackend('cpu')
  await tf.ready()
  return createTensorFlowRuntime(tf, 'cpu', { '@tensorflow/tfjs': tf.version_core, backend: 'cpu' })
}

/** tfjs-node 4.22 still calls functions of `util` that Node 23 took away. */
function mendNodeUtil(): void {
  const util = nodeUtil as unknown as Record<string, unknown>
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  util['isArray'] ??= Array.isArray
  for (const type of ['string', 'number', 'boolean', 'function'] as const) {
    const name = `is${type[0]!.toUpperCase()}${type.slice(1)}`
    util[name] ??= (value: unknown) => typeof value === type
  }
}

/** Native TensorFlow: CUDA where its library was built for it and finds a GPU, else its own CPU kernels. */
export async function createNativeTensorFlow(): Promise<Runtime> {
  const problem = nativeProblem()
  if (problem) throw new Error(problem)
  mendNodeUtil()
  const tf = load('@tensorflow/tfjs-node-gpu') as TensorFlow & { version: Record<string, string> }
  await tf.ready()
  const backend = tf.backend() as unknown as { isUsingGpuDevice?: boolean; binding?: { TF_Version?: string } }
  const environment = { '@tensorflow/tfjs-node-gpu': tf.version_core, libtensorflow: backend.binding?.TF_Version ?? 'unknown' }
  return createTensorFlowRuntime(tf, backend.isUsingGpuDevice ? 'cuda' : 'cpu', environment)
}

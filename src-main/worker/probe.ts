import type { Probed, ProbeTask } from '@shared/domain/worker-protocol'
import { AppError, notice } from '@shared/rpc/errors'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import type { OpenRuntime } from '../runtimes/open'
import { selfTest } from '../runtimes/self-test'

/** Tries one way of computing. What goes wrong is the answer, not an error. */
export async function probe({ runtime: name, device, threads }: ProbeTask, open: OpenRuntime): Promise<Probed> {
  try {
    const runtime = await open({ runtime: name, device, threads })
    const { passed, reason, msPerStep, largestError } = await selfTest(runtime, createOnnxRuntime({ threads: 1 }))
    return { passed, notice: reason, msPerStep, largestError }
  } catch (error) {
    return { passed: false, notice: reasonOf(error, device), msPerStep: null, largestError: null }
  }
}

const noAdapter = /no (suitable |supported )?adapter|failed to get (a|an|the) adapter|adapter.*(not|no|fail|unavailable)|no supported.*backend|vulkan/i

function reasonOf(error: unknown, device: string) {
  if (error instanceof AppError) return error.toJSON()
  const problem = firstLine(error)
  if (device === 'webgpu' && noAdapter.test(problem)) return notice('device/no-adapter', { device, problem })
  if (device === 'cuda' && /failed to load|cannot open shared object/i.test(problem)) return notice('device/cuda-libraries-missing', { problem })
  return notice('device/open-failed', { problem })
}

/** Native libraries put the place in their source before what is wrong. */
export const firstLine = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  const line = message.split('\n').find((one) => one.trim() !== '') ?? 'unknown'
  const told = line.replace(/^.*\[ONNXRuntimeError\] : \d+ : \w+ : /, '').replace(/^\/onnxruntime_src\/.* was false\. /, '')
  return told.trim().slice(0, 300).replace(/[.。]+$/, '')
}

import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { RuntimeInfo } from '@shared/domain/system'

const fromHere = createRequire(import.meta.url)

/** Folder of an installed package, or null. */
function packageFolder(name: string): string | null {
  try {
    return dirname(fromHere.resolve(`${name}/package.json`))
  } catch {
    const found = (fromHere.resolve.paths(name) ?? []).map((folder) => join(folder, name)).find((folder) => existsSync(folder))
    return found ?? null
  }
}

/** What can compute here, without loading any of it into this process. */
export function describeRuntimes(): RuntimeInfo[] {
  const onnx = packageFolder('onnxruntime-node')
  const binaries = onnx && existsSync(join(onnx, 'bin')) ? readdirSync(join(onnx, 'bin')) : []
  const binding = binaries.some((api) => existsSync(join(onnx!, 'bin', api, process.platform, process.arch, 'onnxruntime_binding.node')))
  const notYet = 'this version computes with ONNX Runtime on the CPU only'
  return [
    {
      name: 'onnx',
      device: 'cpu',
      precision: ['float32', 'float64'],
      available: binding,
      ...(binding ? {} : { reason: `onnxruntime-node has no binary for ${process.platform}-${process.arch}` }),
    },
    { name: 'onnx', device: 'webgpu', precision: ['float32'], available: false, reason: notYet },
    { name: 'tensorflow', device: 'cuda', precision: ['float32'], available: false, reason: notYet },
  ]
}

// npm run setup:cuda: puts the native library of TensorFlow in place, or the CUDA part of ONNX Runtime. Nothing else ever downloads them.
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildBinding, builtBinding, requireBuildTools, toolEnvironment, versionOfBinding } from './native-build.mjs'
import { runToEnd } from './processes.mjs'
import { ensureInstalled, findNode, main, root, startWhereCalled, ToolError } from './project.mjs'
import { entriesUnder, openWheel, pathIn } from './wheel.mjs'

const help = `npm run setup:cuda                      TensorFlow: what tfjs-node-gpu downloads itself (needs the internet)
npm run setup:cuda -- --wheel FILE      TensorFlow: the library in a wheel of TensorFlow (offline; needs a C++ compiler and Python 3)
npm run setup:cuda -- --onnx-cuda       ONNX Runtime: its CUDA part (Linux x64, CUDA 12, cuDNN 9; needs the internet)
Then \`npm run -s latent -- doctor\` says whether this machine can use it.`

const say = (line) => console.log(line)
const headerPrefixes = ['tensorflow/c/', 'tensorflow/core/platform/', 'xla/tsl/', 'tsl/'].map((path) => `tensorflow/include/${path}`)

/** Names inside the wheel, and under which name the linker looks for them. */
const libraries = {
  linux: { core: ['libtensorflow_cc.so.2', 'libtensorflow.so'], framework: ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'] },
  darwin: { core: ['libtensorflow_cc.2.dylib', 'libtensorflow.2.dylib'], framework: ['libtensorflow_framework.2.dylib', null] },
}

export function tensorFlowPackage() {
  const folder = join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu')
  if (existsSync(join(folder, 'package.json'))) return folder
  throw new ToolError('@tensorflow/tfjs-node-gpu is not installed here. It is optional; `npm ci` without `--omit=optional` installs it.')
}

/** Runs an action with an empty deps folder; what was there comes back where it fails. */
async function withFreshDeps(packageFolder, action) {
  const deps = join(packageFolder, 'deps')
  const kept = join(packageFolder, 'deps.before')
  if (existsSync(kept)) {
    // an earlier attempt was cut off
    rmSync(deps, { recursive: true, force: true })
    renameSync(kept, deps)
  }
  if (existsSync(deps)) renameSync(deps, kept)
  try {
    const result = await action(deps)
    rmSync(kept, { recursive: true, force: true })
    return result
  } catch (error) {
    rmSync(deps, { recursive: true, force: true })
    if (existsSync(kept)) renameSync(kept, deps)
    throw error
  }
}

/** Takes the library and headers out of a wheel into a deps folder. */
export async function unpackTensorFlow(wheelPath, deps, platform = process.platform) {
  const names = libraries[platform]
  if (!names) throw new ToolError(`A wheel cannot be used on ${platform}: it has no library to link with. \`npm run setup:cuda\` downloads one.`)
  const wheel = await openWheel(wheelPath)
  try {
    const parts = Object.values(names).map(([inWheel]) => [inWheel, wheel.entries.get(`tensorflow/${inWheel}`)])
    const headers = entriesUnder(wheel.entries, headerPrefixes)
    const missing = parts.filter(([, entry]) => !entry).map(([name]) => name)
    if (!wheel.entries.has('tensorflow/include/tensorflow/c/c_api.h')) missing.push('include/tensorflow/c/c_api.h')
    if (missing.length > 0)
      throw new ToolError(
        `${wheelPath} has no ${missing.join(' and no ')}, so it is not a TensorFlow wheel for ${platform}. Take \`tensorflow\` or \`tensorflow-cpu\`, 2.16 or newer.`,
      )
    mkdirSync(join(deps, 'lib'), { recursive: true })
    for (const [name, entry] of parts) await wheel.extract(entry, join(deps, 'lib', name))
    for (const [inWheel, linked] of Object.values(names)) if (linked) symlinkSync(inWheel, join(deps, 'lib', linked))
    for (const entry of headers) await wheel.extract(entry, pathIn(deps, entry.name.replace(/^tensorflow\//, '')))
    return { headers: headers.length }
  } finally {
    await wheel.close()
  }
}

export async function setUpFromWheel(wheelPath, packageFolder) {
  requireBuildTools()
  const fresh = join(packageFolder, 'deps.new')
  rmSync(fresh, { recursive: true, force: true })
  try {
    say(`Taking the TensorFlow library out of ${wheelPath} …`)
    await unpackTensorFlow(wheelPath, fresh)
    await withFreshDeps(packageFolder, async (deps) => {
      renameSync(fresh, deps)
      say('Building the binding (a minute) …')
      await buildBinding(packageFolder)
    })
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  tellBinding(packageFolder)
}

export async function setUpFromDownload(packageFolder) {
  say('Running the installer of @tensorflow/tfjs-node-gpu, as its own package would: it downloads libtensorflow (some 400 MB on Linux; for CUDA 11)')
  say('and a binding for it. For newer GPUs take a wheel instead: npm run setup:cuda -- --wheel FILE.')
  await withFreshDeps(packageFolder, async () => {
    const options = { cwd: packageFolder, env: toolEnvironment() }
    const { status } = await runToEnd(findNode(), [join('scripts', 'install.js'), 'gpu', 'download'], options)
    const isThere = existsSync(join(packageFolder, 'deps', 'lib')) && builtBinding(packageFolder)
    if (status !== 0 || !isThere) throw new ToolError('The download did not succeed; its message is above. Without the internet, give a wheel: npm run setup:cuda -- --wheel FILE.')
  })
  tellBinding(packageFolder)
}

function tellBinding(packageFolder) {
  const path = builtBinding(packageFolder)
  if (!path) throw new ToolError('The binding was built but is not in its place; `npm ci` and another attempt may help.')
  say(`TensorFlow ${versionOfBinding(path)} is in place. \`npm run -s latent -- doctor\` says whether it finds a GPU.`)
}

async function setUpOnnxCuda() {
  const machine = `${process.platform}-${process.arch}`
  if (machine !== 'linux-x64') throw new ToolError(`ONNX Runtime has a CUDA part for Linux x64 only, not for ${machine}. WebGPU is built in and uses any GPU.`)
  const folder = join(root, 'node_modules', 'onnxruntime-node')
  say("Running onnxruntime-node's own installer for CUDA 12: it downloads some 300 MB into its package.")
  const env = { ...toolEnvironment(), ONNXRUNTIME_NODE_INSTALL: 'cuda12' }
  const { status } = await runToEnd(findNode(), [join('script', 'install.js')], { cwd: folder, env })
  const provider = join(folder, 'bin', 'napi-v6', 'linux', 'x64', 'libonnxruntime_providers_cuda.so')
  if (status !== 0 || !existsSync(provider)) throw new ToolError('The download did not succeed; its message is above. It needs the internet.')
  say('The CUDA part of ONNX Runtime is in place; it needs CUDA 12 and cuDNN 9 where the loader looks. `npm run -s latent -- doctor` tries it.')
}

function readArguments(args) {
  const options = { wheel: { type: 'string' }, 'onnx-cuda': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }
  try {
    return parseArgs({ args, options, allowPositionals: false }).values
  } catch (error) {
    throw new ToolError(`${error.message.split('. ')[0]}.\n${help}`)
  }
}

if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith('setup-cuda.mjs')) {
  await main(async () => {
    startWhereCalled('setup:cuda')
    const { wheel, 'onnx-cuda': onnxCuda, help: asksHelp } = readArguments(process.argv.slice(2))
    if (asksHelp) return void say(help)
    await ensureInstalled({ say })
    if (onnxCuda) return setUpOnnxCuda()
    const folder = tensorFlowPackage()
    return wheel === undefined ? setUpFromDownload(folder) : setUpFromWheel(wheel, folder)
  })
}

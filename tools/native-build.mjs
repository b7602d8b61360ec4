// What building the TensorFlow binding needs of this machine: a compiler, make, Python and the headers of some Node.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { runToEnd } from './processes.mjs'
import { findNode, isWindows, npmCommand, root, ToolError } from './project.mjs'

const works = (command, args = ['--version'], environment = process.env) => spawnSync(command, args, { stdio: 'ignore', env: environment }).status === 0

/** Says what is missing before anything is changed. */
export function requireBuildTools(environment = process.env) {
  const missing = (what, how) => new ToolError(`Building the TensorFlow binding needs ${what}, which was not found. ${how}`)
  const compilers = environment.CXX ? [environment.CXX] : ['g++', 'clang++', 'c++']
  if (!compilers.some((command) => works(command, ['--version'], environment)))
    throw missing('a C++ compiler', 'Debian and Ubuntu: `apt install build-essential`; Fedora: `dnf install gcc-c++ make`; macOS: `xcode-select --install`.')
  if (!works(environment.MAKE ?? 'make', ['--version'], environment)) throw missing('make', 'Debian and Ubuntu: `apt install build-essential`; macOS: `xcode-select --install`.')
  const pythons = environment.npm_config_python || environment.PYTHON ? [environment.npm_config_python ?? environment.PYTHON] : ['python3', 'python']
  if (!pythons.some((command) => works(command, ['--version'], environment)))
    throw missing('Python 3', 'Install python3 from your system, or name it in the variable PYTHON.')
}

/** A folder with include/node, so that no headers need be fetched: the binding uses Node-API, for which those of any recent Node do. */
export function findNodeHeaders(environment = process.env) {
  const onPath = (environment.PATH ?? '').split(delimiter).map((folder) => dirname(folder))
  const candidates = [environment.npm_config_nodedir, dirname(dirname(process.execPath)), ...onPath, '/usr', '/usr/local', '/opt/homebrew']
  return candidates.find((folder) => folder && existsSync(join(folder, 'include', 'node', 'node_api.h'))) ?? null
}

/** npm brings node-gyp along. */
function findNodeGyp() {
  const [script] = npmCommand().prefix
  const beside = script ? [join(dirname(script), '..', 'node_modules'), join(dirname(script), '..', '..')] : []
  const folders = [...beside, '/usr/share/nodejs', '/usr/share/nodejs/npm/node_modules']
  return [process.env.npm_config_node_gyp, ...folders.map((folder) => join(folder, 'node-gyp', 'bin', 'node-gyp.js'))].find((path) => path && existsSync(path))
}

/** The environment in which a package's own scripts find its tools. */
export function toolEnvironment() {
  const nodeGyp = findNodeGyp()
  const nodeDir = findNodeHeaders()
  return {
    ...process.env,
    PATH: [dirname(findNode()), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    ...(nodeGyp && { npm_config_node_gyp: nodeGyp }),
    ...(nodeDir && { npm_config_nodedir: nodeDir }),
  }
}

/** Compiles the binding of a tfjs-node package against the library in its deps folder. */
export async function buildBinding(packageFolder) {
  const script = join(root, 'node_modules', '@mapbox', 'node-pre-gyp', 'bin', 'node-pre-gyp')
  if (!existsSync(script)) throw new ToolError('node-pre-gyp is not installed; `npm ci` installs it.')
  const { status } = await runToEnd(findNode(), [script, 'install', '--build-from-source'], { cwd: packageFolder, env: toolEnvironment(), stdio: ['ignore', 2, 2] })
  if (status === 0) return
  const headers = findNodeHeaders()
    ? ''
    : ' If it could not fetch the headers of Node, install them (Debian: `apt install libnode-dev`) and name their folder: npm_config_nodedir=/usr.'
  throw new ToolError(`The TensorFlow binding could not be built; the compiler's message is above.${headers}`)
}

/** The binding that was built, or null. */
export function builtBinding(packageFolder) {
  const folder = join(packageFolder, 'lib')
  const found = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'tfjs_binding.node')) : []
  return found.find((path) => existsSync(path)) ?? null
}

/** Loads the binding in a process of its own and returns the version of TensorFlow in it. */
export function versionOfBinding(path) {
  const program = 'process.stdout.write(String(require(process.argv[1]).TF_Version))'
  const { status, stdout, stderr, signal } = spawnSync(findNode(), ['-e', program, path], { encoding: 'utf8' })
  if (status === 0 && stdout) return stdout
  const why = stderr.split('\n').find((line) => /error/i.test(line)) ?? (signal ? `signal ${signal}` : `exit code ${status}`)
  const hint = isWindows ? '' : ' Libraries it names must be where the loader looks (LD_LIBRARY_PATH).'
  throw new ToolError(`The TensorFlow binding is there but cannot be loaded: ${why.trim()}.${hint}`)
}

// What every tool needs to know about this checkout. Runs on the machine's own Node, before anything is installed.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runToEnd } from './processes.mjs'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
export const isWindows = process.platform === 'win32'
const neededNode = [22, 14]

const isRecentEnough = (version) => {
  const [major, minor] = version.split('.').map(Number)
  return major > neededNode[0] || (major === neededNode[0] && minor >= neededNode[1])
}

/** The Node that runs the program: the one npm installed here, else the machine's own where it is recent enough. */
export function findNode() {
  const installed = join(root, 'node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node')
  if (existsSync(installed)) return installed
  if (isRecentEnough(process.versions.node)) return process.execPath
  throw new ToolError(
    `This program needs Node ${neededNode.join('.')} or newer; this machine has ${process.versions.node}, and npm installed no newer one here. ` +
      'Install Node 24, or run `npm ci` without `--omit=optional`.',
  )
}

/** Whether this very process can run the program, so that no second one is needed. */
export const runsHere = () => isRecentEnough(process.versions.node)

/** Something that is said in one sentence, without a stack. */
export class ToolError extends Error {}

const modificationTime = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

/** node_modules agrees with package-lock.json: by time, or, after a checkout or `npm install`, by what is in it. */
export function isInstalled() {
  const wanted = join(root, 'package-lock.json')
  const held = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(held)) return false
  if (modificationTime(held) >= modificationTime(wanted)) return true
  const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages
  return holds(packagesOf(held), packagesOf(wanted))
}

/** Whether what is installed is what a lockfile asks for; entries that npm marks extraneous are never installed. */
export const holds = (held, wanted) =>
  Object.entries(wanted).every(
    ([path, { version, optional, dev, devOptional, extraneous }]) =>
      path === '' || (held[path] ? held[path].version === version : optional || extraneous || (devOptional && !dev)),
  )

/** `npm ci` empties the folder that a link leads to, which may be another checkout's. */
function refuseLink() {
  const path = join(root, 'node_modules')
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new ToolError(`${path} is a link, and what it leads to is not what this checkout needs. Remove the link; the packages are then installed here.`)
}

/** npm without a shell: its script run by Node, which also works on Windows, where npm is a .cmd file. */
export function npmCommand() {
  const beside = dirname(process.execPath)
  const script = [
    process.env.npm_execpath,
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'share', 'nodejs', 'npm', 'bin', 'npm-cli.js'),
  ].find((path) => path?.endsWith('npm-cli.js') && existsSync(path))
  return script ? { command: process.execPath, prefix: [script] } : { command: isWindows ? 'npm.cmd' : 'npm', prefix: [], shell: isWindows }
}

/** Where output goes: `latent` keeps its stdout for results. */
const outputTo = (descriptor) => ['ignore', descriptor, 2]

export async function ensureInstalled({ say, output = 1 }) {
  if (isInstalled()) return
  await withLock('install', say, async () => {
    if (isInstalled()) return
    refuseLink()
    say('Installing what the program needs (npm ci); the first time this takes about half a minute …')
    const npm = npmCommand()
    // Windows can't delete the node.exe that is running, which `npm ci` would try.
    const runsFromModules = process.execPath.startsWith(join(root, 'node_modules') + sep)
    const action = isWindows && runsFromModules ? ['install', '--no-save'] : ['ci']
    const { status } = await runToEnd(npm.command, [...npm.prefix, ...action, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: outputTo(output),
      shell: npm.shell ?? false,
    })
    if (status !== 0)
      throw new ToolError('npm could not install the packages; its message is above. Check the connection to the package registry.')
  })
}

const builtFrom = ['src-shared', 'src-main', 'src-renderer']
const alsoBuiltFrom = ['electron.vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.base.json']
const stampFile = join(root, 'out', '.built-from')

function* sourcesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sourcesUnder(path)
    else if (!/\.test\.\w+$/.test(entry.name)) yield path
  }
}

function sourcesDigest() {
  const hash = createHash('sha1')
  const paths = builtFrom.flatMap((folder) => (existsSync(join(root, folder)) ? [...sourcesUnder(join(root, folder))] : []))
  for (const path of [...paths, ...alsoBuiltFrom.map((name) => join(root, name))]) {
    const { mtimeMs, size } = statSync(path)
    hash.update(`${path}\n${mtimeMs}\n${size}\n`)
  }
  return hash.digest('hex')
}

export function isBuilt() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sourcesDigest()
}

export async function ensureBuilt({ say, output = 1 }) {
  if (isBuilt()) return
  await withLock('build', say, async () => {
    if (isBuilt()) return
    say('Building …')
    const digest = sourcesDigest()
    const { status } = await runToEnd(
      findNode(),
      [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'],
      {
        cwd: root,
        stdio: outputTo(output),
      },
    )
    if (status !== 0) throw new ToolError('The build failed; the message is above.')
    writeFileSync(stampFile, digest)
  })
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Two commands started at once must not install or build over each other: the second waits for the first. */
async function withLock(name, say, action) {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const path = join(root, '.cache', `${name}.lock`)
  for (let told = false; ; told = true) {
    try {
      const file = openSync(path, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
    const justMade = Date.now() - modificationTime(path) < 2000
    if (!(holder > 0 ? isAlive(holder) : justMade)) rmSync(path, { force: true })
    else {
      if (!told) say(`Waiting for another command that is at it (${name}) …`)
      await new Promise((wake) => setTimeout(wake, 200))
    }
  }
  try {
    return await action()
  } finally {
    rmSync(path, { force: true })
  }
}

/** npm moves to the top of the repository; paths in arguments mean the folder it was called in. */
export function startWhereCalled(script) {
  if (process.env.npm_lifecycle_event === script && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD)
}

/** Runs a tool's main function; what goes wrong on the user's side is one sentence. */
export async function main(action) {
  try {
    process.exitCode = (await action()) ?? 0
  } catch (error) {
    console.error(error instanceof ToolError ? error.message : error)
    process.exitCode = 1
  }
}

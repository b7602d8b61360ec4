import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { requireBuildTools } from './native-build.mjs'
import { unpackTensorFlow } from './setup-cuda.mjs'
import { openWheel } from './wheel.mjs'

const folder = mkdtempSync(join(tmpdir(), 'latent-wheel-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A ZIP archive as Python writes wheels, from names and contents. */
function zip(files, { comment = '' } = {}) {
  const locals = []
  const directory = []
  let offset = 0
  for (const [name, { bytes, method = 8, crc = crc32(bytes), size = bytes.length }] of Object.entries(files)) {
    const packed = method === 8 ? deflateRawSync(bytes) : bytes
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(crc, 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(size, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(offset, 42)
    locals.push(local, Buffer.from(name), packed)
    directory.push(entry, Buffer.from(name))
    offset += 30 + name.length + packed.length
  }
  const middle = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(middle.length, 12)
  end.writeUInt32LE(offset, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...locals, middle, end, Buffer.from(comment)])
}
const text = (content) => ({ bytes: Buffer.from(content) })
const write = (name, bytes) => {
  writeFileSync(join(folder, name), bytes)
  return join(folder, name)
}
const tensorFlow = {
  'tensorflow/libtensorflow_cc.so.2': { bytes: Buffer.alloc(3_000_000, 'core ') },
  'tensorflow/libtensorflow_framework.so.2': { ...text('framework'), method: 0 },
  'tensorflow/include/tensorflow/c/c_api.h': text('// api'),
  'tensorflow/include/tsl/platform/empty.h': text(''),
  'tensorflow/include/tsl/../../../outside.h': text('leaves the folder'),
  'tensorflow/python/other.py': text('not needed'),
}

describe('a wheel of TensorFlow', () => {
  it('gives its library, the names the linker looks for, and its headers; nothing else', async () => {
    const deps = join(folder, 'deps')
    await unpackTensorFlow(write('good.whl', zip(tensorFlow, { comment: 'made by hand' })), deps, 'linux')
    expect(readFileSync(join(deps, 'lib', 'libtensorflow_cc.so.2'))).toEqual(tensorFlow['tensorflow/libtensorflow_cc.so.2'].bytes)
    expect(readFileSync(join(deps, 'lib', 'libtensorflow_framework.so.2'), 'utf8')).toBe('framework')
    expect(readlinkSync(join(deps, 'lib', 'libtensorflow.so'))).toBe('libtensorflow_cc.so.2')
    expect(readFileSync(join(deps, 'include', 'tensorflow', 'c', 'c_api.h'), 'utf8')).toBe('// api')
    expect(existsSync(join(deps, 'include', 'tsl', 'platform', 'empty.h'))).toBe(true)
    for (const path of [join(folder, 'outside.h'), join(deps, 'outside.h'), join(deps, 'python')]) expect(existsSync(path)).toBe(false)
  })

  const without = (name) => Object.fromEntries(Object.entries(tensorFlow).filter(([key]) => key !== name))
  const core = 'tensorflow/libtensorflow_cc.so.2'
  it.each([
    ['no such file', () => join(folder, 'nothing.whl'), /There is no file .*nothing\.whl/],
    ['a folder', () => folder, /is not a Python wheel/],
    ['an empty file', () => write('empty.whl', ''), /is not a Python wheel: it is too small/],
    ['something else', () => write('text.whl', 'x'.repeat(200_000)), /is not a Python wheel: it is no ZIP archive/],
    ['half a download', () => write('half.whl', zip(tensorFlow).subarray(0, 3000)), /is not a Python wheel: .*not downloaded to its end/],
    ['another wheel', () => write('other.whl', zip({ 'numpy/core.py': text('x') })), /has no libtensorflow_cc\.so\.2 and no .* not a TensorFlow wheel for linux/],
    ['one without the library', () => write('thin.whl', zip(without(core))), /has no libtensorflow_cc\.so\.2, so/],
    ['a damaged library', () => write('crc.whl', zip({ ...tensorFlow, [core]: { ...text('x'), crc: 1 } })), /libtensorflow_cc\.so\.2 is damaged/],
    ['a library larger than it says', () => write('bomb.whl', zip({ ...tensorFlow, [core]: { bytes: Buffer.alloc(5_000_000), size: 10 } })), /larger than its directory says/],
  ])('%s is named in one sentence', async (name, path, message) => {
    await expect(unpackTensorFlow(path(), join(folder, `deps of ${name}`), 'linux')).rejects.toThrow(message)
  })

  it('is of no use on Windows, which is said', async () => {
    await expect(unpackTensorFlow(join(folder, 'good.whl'), join(folder, 'win'), 'win32')).rejects.toThrow(/cannot be used on win32/)
  })

  it('is not read whole', async () => {
    const wheel = await openWheel(join(folder, 'good.whl'))
    expect([...wheel.entries.keys()]).toEqual(Object.keys(tensorFlow))
    await wheel.close()
  })
})

describe('what a build needs', () => {
  const tools = join(folder, 'bin')
  const only = (...names) => {
    rmSync(tools, { recursive: true, force: true })
    mkdirSync(tools)
    for (const name of names) writeFileSync(join(tools, name), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
    return { PATH: tools }
  }
  it.skipIf(process.platform === 'win32').each([
    ['compiler', ['make', 'python3'], /C\+\+ compiler/],
    ['make', ['g++', 'python3'], /needs make/],
    ['Python', ['g++', 'make'], /Python 3/],
  ])('a missing %s is named, with the way to get it', (_, present, message) => {
    expect(() => requireBuildTools(only(...present))).toThrow(message)
    expect(() => requireBuildTools(only('g++', 'make', 'python3'))).not.toThrow()
  })
})

describe('npm run setup:cuda', () => {
  const call = (...args) => spawnSync(process.execPath, [join(import.meta.dirname, 'setup-cuda.mjs'), ...args], { encoding: 'utf8' })
  it('names a wrong argument and shows what there is', () => {
    const { status, stderr } = call('--whel', 'x')
    expect(status).toBe(1)
    expect(stderr).toContain("Unknown option '--whel'")
    expect(stderr).toContain('--onnx-cuda')
  })
  it('changes nothing where the wheel is not there', () => {
    const { status, stderr } = call('--wheel', '/nowhere/tensorflow.whl')
    expect(status).toBe(1)
    expect(stderr.trim()).toMatch(/^There is no file \/nowhere\/tensorflow\.whl|^@tensorflow\/tfjs-node-gpu is not installed|^Building the TensorFlow binding needs/)
  })
})

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Matrix } from '@shared/domain/run'
import { storeDataset, train } from './training-fixture'

/*
 * The files are opened by processes that have nothing of the app: plain Node and, where one is found, Python (LATENT_BENCH_PYTHON or python3
 * with onnxruntime).
 */

const plainNode = `
import { readFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
const { file, latent } = JSON.parse(readFileSync(0, 'utf8'))
const session = await InferenceSession.create(file)
const { mean } = await session.run({ latent: new Tensor('float32', Float32Array.from(latent.flat()), [latent.length, latent[0].length]) })
console.log(JSON.stringify({ shape: mean.dims, values: Array.from(mean.data) }))
`
const plainPython = `
import json, sys
import numpy as np
import onnxruntime
request = json.load(sys.stdin)
session = onnxruntime.InferenceSession(request["file"], providers=["CPUExecutionProvider"])
[mean] = session.run(["mean"], {"latent": np.array(request["latent"], dtype=np.float32)})
print(json.dumps({"shape": list(mean.shape), "values": mean.ravel().tolist()}))
`

/** Inside node_modules, from where packages are found. */
mkdirSync(resolve('node_modules/.cache'), { recursive: true })
const folder = mkdtempSync(resolve('node_modules/.cache/export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const script = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const python = [process.env['LATENT_BENCH_PYTHON'] ?? 'python3'].find((name) => spawnSync(name, ['-c', 'import onnxruntime'], { stdio: 'ignore' }).status === 0)
const hosts: [string, string | undefined, string][] = [
  ['Node', process.execPath, script('decode.mjs', plainNode)],
  ['Python', python, script('decode.py', plainPython)],
]
const networks = [{ mlp: [32] }, { channels: [8, 16], mlp: [] }]
const cases = hosts.flatMap(([host, program, path]) => networks.map((network) => ({ host, program, path, network, skipped: program ? '' : ' (skipped: no Python with onnxruntime)' })))

describe('an exported decoder run by another process', () => {
  it.for(cases)('$host, $network: gives the pictures of the app to 1e-5$skipped', async ({ program, path, network }, { skip }) => {
    if (!program) return skip('no Python with onnxruntime was found')
    const digits = await storeDataset('digits/digits-images-idx3-ubyte.gz', {}, [0, 16])
    const run = await train(digits, {
      preprocess: ['scale'],
      model: { kind: 'vae', latent: 3, encoder: network, decoder: network, likelihood: 'bernoulli' },
      inference: { kind: 'gradient', batchSize: 64, epochs: 2 },
    })
    const { out } = await run.inspect<{ out: string[] }>({ kind: 'export', out: join(run.runFolder, 'exported') })
    const latent = [[0, 0, 0], [1, -1, 0.5], [2, 0, -2], [-3, 1, 1], [0.25, 4, 0]]
    const { rows } = await run.inspect<{ rows: Matrix }>({ kind: 'decode', latent })
    const file = out.find((name) => name.endsWith('decoder.onnx'))
    const { stdout, stderr, status } = spawnSync(program, [path], { input: JSON.stringify({ file, latent }), encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const { shape, values } = JSON.parse(stdout) as { shape: number[]; values: number[] }
    expect(shape).toEqual([5, 64])
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.1)
    values.forEach((value, index) => expect(Math.abs(value - rows.values[index]!)).toBeLessThan(1e-5))
  })
})

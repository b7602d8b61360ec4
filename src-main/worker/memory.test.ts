import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from 'vite'
import { workerFlags } from '../jobs/worker-process'

/*
 * Memory is a matter of whole processes: each case runs in one of its own, from a bundle of the sources and with the
 * flags of a worker, and tells its resident set.
 */

/** Inside node_modules, from where packages are found. */
mkdirSync(resolve('node_modules/.cache'), { recursive: true })
const folder = mkdtempSync(resolve('node_modules/.cache/memory-'))
const bundle = join(folder, 'case.mjs')

const program = `
import { fillNormal } from '@shared/math/random'
import { sharedFloat64 } from '@shared/math/shared-memory'
import { createOnnxRuntime } from '${resolve('src-main/runtimes/onnx/onnx-runtime')}'
import { familyChunks, mixtureProblem } from '${resolve('src-main/inference/mixture-problem')}'
import { gaussianFamily } from '${resolve('src-main/models/mixtures/gaussian-family')}'
import { createTrainer } from '${resolve('src-main/inference/gradient')}'
import { gradientSpecSchema, vaeSpecSchema } from '@shared/domain/spec'
import { vaePrograms } from '${resolve('src-main/models/vae/vae-programs')}'

const resident = () => { globalThis.gc(); globalThis.gc(); return process.memoryUsage.rss() / 2 ** 20 }
const threads = Number(process.argv[3] ?? 1)
const iterations = Number(process.argv[4] ?? 0)
const runtime = createOnnxRuntime({ threads, laneEntry: process.argv[5] })
const results = { start: resident() }
if (process.argv[2] === 'em') {
  const [rows, columns, components] = [1_000_000, 8, 8]
  const features = sharedFloat64(rows * columns)
  const part = new Float64Array(columns * 1000)
  for (let at = 0; at < features.length; at += part.length) { fillNormal(part, { seed: 1, stream: 'rows' }, at); features.set(part, at) }
  const family = gaussianFamily({ structure: 'VVV', components, columns, regularization: 1e-6 })
  const problem = await mixtureProblem(runtime, familyChunks(features, family), family)
  let mixture = await problem.begin(Int32Array.from({ length: rows }, (_, row) => row % components))
  for (let iteration = 1; iteration <= iterations; iteration += 1) {
    mixture = problem.maximize((await problem.expect(mixture, null)).statistics, mixture)
    if (iteration === iterations / 5) results.before = resident()
  }
} else {
  const inference = gradientSpecSchema.parse({ kind: 'gradient', batchSize: 64, epochs: 15 })
  const network = { mlp: [256] }
  const model = vaePrograms(vaeSpecSchema.parse({ kind: 'vae', encoder: network, decoder: network }), inference, { features: 784, imageShape: null })
  const source = { features: new Float32Array(6400 * 784).fill(0.2), rows: 6400, columns: 784, binarize: true }
  const trainer = await createTrainer({ runtime, model, source, inference, seed: 1, state: null })
  for (let epoch = 1; epoch <= 15; epoch += 1) {
    await trainer.epoch(epoch, { yield: async () => {}, onStep: () => {} })
    if (epoch === 5) results.before = resident()
  }
}
results.after = resident()
results.peak = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify(results))
process.exit(0)
`

beforeAll(async () => {
  const entry = join(folder, 'case.ts')
  writeFileSync(entry, program)
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': resolve('src-shared') } },
    ssr: { external: ['onnxruntime-node'] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { input: { case: entry, lane: resolve('src-main/entries/lane.ts') }, external: ['onnxruntime-node'], output: { entryFileNames: '[name].mjs' } },
    },
  })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Resident = Record<'start' | 'before' | 'after' | 'peak', number>

/** MB at the start, after a fifth of the work, at the end, and at most. */
function measure(name: string, ...more: string[]): Resident {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', ...workerFlags, bundle, name, ...more], { encoding: 'utf8', cwd: process.cwd() })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Resident
}

describe('memory', () => {
  it.each([
    { threads: 1, iterations: 125 },
    { threads: 2, iterations: 25 },
  ])('of a million rows of EM is flat, and never more than the data and 200 MB, on $threads thread(s)', ({ threads, iterations }) => {
    const { before, after, peak } = measure('em', `${threads}`, `${iterations}`, join(folder, 'lane.mjs'))
    console.log(`EM 1M × 8, ${threads} thread(s): ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after ${0.8 * iterations} iterations, ${peak.toFixed(0)} MB at most`)
    expect(after).toBeLessThan(before * 1.05)
    expect(peak).toBeLessThan((1_000_000 * 8 * 8) / 2 ** 20 + 200)
  }, 300_000)

  it('of training is flat over 1,000 steps', () => {
    const { before, after } = measure('vae')
    console.log(`VAE: ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after 1,000 steps`)
    expect(after).toBeLessThan(before * 1.05)
  }, 300_000)
})

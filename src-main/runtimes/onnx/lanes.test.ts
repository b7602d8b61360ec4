import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillNormal } from '@shared/math/random'
import { sharedFloat64 } from '@shared/math/shared-memory'
import type { BlockSums, Runtime } from '../../graph/runtime'
import { cutIntoChunks } from '../../inference/chunks'
import { fitByEm } from '../../inference/em'
import { mixtureProblem } from '../../inference/mixture-problem'
import { gaussianFamily } from '../../models/mixtures/gaussian-family'
import { expectationPass } from '../../models/mixtures/mixture-pass'
import { nearestCentres, spreadRows } from '../../models/mixtures/partitions'
import { Lanes, isWorthLanes } from './lanes'
import { createOnnxRuntime } from './onnx-runtime'

/** Inside node_modules, from where packages are found. */
mkdirSync(resolve('node_modules/.cache'), { recursive: true })
const folder = mkdtempSync(resolve('node_modules/.cache/lanes-'))
const laneEntry = join(folder, 'lane.mjs')
/** Leaves while its lanes are at work. */
const leaving = `
import { cases } from '${resolve('src-main/bench/cases')}'
const { once } = await cases.find(({ name }) => name.includes('full 100k×16')).prepare(2, process.argv[2])
await once()
const onceMore = () => once().then(onceMore)
void onceMore()
setTimeout(() => process.exit(7), Number(process.argv[3]))
`
beforeAll(async () => {
  writeFileSync(join(folder, 'leaving.ts'), leaving)
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': resolve('src-shared') } },
    ssr: { external: ['onnxruntime-node'] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: {
        input: { lane: resolve('src-main/entries/lane.ts'), leaving: join(folder, 'leaving.ts') },
        external: ['onnxruntime-node'],
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
      },
    },
  })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const [rows, columns, components] = [100_000, 12, 8]
const features = sharedFloat64(rows * columns)
fillNormal(features, { seed: 1, stream: 'rows' })
for (let row = 0; row < rows; row += 1) features[row * columns + (row % components)]! += 3
const weights = Float64Array.from({ length: rows }, (_, row) => row % 3)
const shape = { columns, components, regularization: 1e-6 }

type Structure = 'VVV' | 'VVI' | 'VII'

/** A runtime and, of every pass that was asked for, whether lanes share it. */
function watched(threads: number): { runtime: Runtime; shared: boolean[] } {
  const runtime = createOnnxRuntime({ threads, laneEntry })
  const shared: boolean[] = []
  const sumOverBlocks: Runtime['sumOverBlocks'] = async (...asked) => {
    const pass = await runtime.sumOverBlocks!(...asked)
    shared.push(pass !== null)
    return pass
  }
  return { runtime: runtime.sumOverBlocks ? { ...runtime, sumOverBlocks } : runtime, shared }
}

/** Five iterations of EM: log-likelihoods and all parameters. */
async function fit(threads: number, { structure = 'VVV' as Structure, weighted = false } = {}) {
  const family = gaussianFamily({ structure, ...shape })
  const chunks = cutIntoChunks(features, columns, weighted ? weights : null, 3000)
  const { runtime, shared } = watched(threads)
  const problem = await mixtureProblem(runtime, chunks, family)
  const centres = spreadRows({ features: features.subarray(0, 500 * columns), columns }, components, { seed: 1, stream: 'start' })
  const start = await problem.begin(nearestCentres({ features, columns }, centres).nearest)
  try {
    const { trace, parameters } = await fitByEm(problem, start, { tolerance: 0, maxIterations: 5, identityEvery: 2 })
    expect(shared).toEqual(threads === 1 ? [] : [true, true])
    return { trace, parameters: Object.values(parameters).filter((value) => value instanceof Float64Array) }
  } finally {
    await problem.dispose()
  }
}

const family = gaussianFamily({ structure: 'VVV', ...shape })
const program = expectationPass(family, { rows: 3000, mixtures: 1, identity: false, posterior: 'plain', known: false })
const blocks = cutIntoChunks(features.subarray(0, 36_000 * columns), columns, null, 3000).shared!.map(({ x, weight }) => ({ x, weight }))

/** A pass that lanes share, ready to be summed. */
async function opened(count = 2): Promise<{ lanes: Lanes; pass: BlockSums }> {
  const lanes = new Lanes(laneEntry, count)
  const pass = await lanes.sumOverBlocks(program, blocks)
  const centres = spreadRows({ features: features.subarray(0, 500 * columns), columns }, components, { seed: 1, stream: 'start' })
  const problem = await mixtureProblem(createOnnxRuntime({ threads: 1 }), cutIntoChunks(features, columns), family)
  pass.load(family.state([await problem.begin(nearestCentres({ features, columns }, centres).nearest)]))
  await problem.dispose()
  return { lanes, pass }
}

describe('passes that lanes share', () => {
  it.each([
    ['full covariances', { structure: 'VVV' as const }],
    ['diagonal covariances', { structure: 'VVI' as const }],
    ['spherical covariances', { structure: 'VII' as const }],
    ['weights', { weighted: true }],
  ])('EM with %s ends where one thread does, to 1e-12, and again with the same bits', async (_, options) => {
    const [alone, two, again, three] = [await fit(1, options), await fit(2, options), await fit(2, options), await fit(3, options)]
    expect(two).toEqual(again)
    for (const shared of [two, three]) {
      expect(shared.trace.length).toBe(6)
      shared.trace.forEach((value, index) => expect(Math.abs(value - alone.trace[index]!)).toBeLessThan(1e-12 * Math.abs(value)))
      for (const [index, values] of shared.parameters.entries()) {
        const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        values.forEach((value, at) => expect(Math.abs(value - alone.parameters[index]![at]!)).toBeLessThan(1e-10 * size))
      }
    }
  })

  it('are shared where they are long and lie in shared memory, and nowhere else', () => {
    expect(isWorthLanes(program, blocks)).toBe(true)
    expect(isWorthLanes(program, blocks.slice(0, 1))).toBe(false)
    expect(isWorthLanes(program, blocks.map(({ x, weight }) => ({ x: x.slice(), weight })))).toBe(false)
    const small = expectationPass(gaussianFamily({ structure: 'VVV', columns: 2, components: 5, regularization: 0 }), { rows: 5000, mixtures: 1, identity: false, posterior: 'plain', known: false })
    expect(isWorthLanes(small, cutIntoChunks(sharedFloat64(20_000), 2, null, 5000).shared!.map(({ x, weight }) => ({ x, weight })))).toBe(false)
  })

  it('a cancel is heard in the middle of a pass, and the lanes serve the next', async () => {
    const { pass } = await opened()
    const whole = structuredClone(await pass.sum())
    let times = 0
    const cancelled = pass.sum(async () => {
      times += 1
      throw new Error('cancelled')
    })
    await expect(cancelled).rejects.toThrow('cancelled')
    expect(times).toBe(1)
    expect(await pass.sum()).toEqual(whole)
    await pass.dispose()
  })

  it('a lane that was killed ends all passes that follow, in words', async () => {
    const { lanes, pass } = await opened()
    await pass.sum()
    await lanes.workers[1]!.terminate()
    const told = { code: 'device/lane-ended', message: expect.stringContaining('Thread 2 of this run') as string }
    await expect(pass.sum()).rejects.toMatchObject(told)
    await expect(pass.sum()).rejects.toMatchObject(told)
    await pass.dispose()
    expect(lanes.workers).toEqual([])
  })

  it('lanes that end in the middle of a pass end it, in words', async () => {
    const entry = join(folder, 'short-lived.mjs')
    writeFileSync(entry, `import { parentPort } from 'node:worker_threads'
      parentPort.on('message', ({ kind }) => (kind === 'open' ? parentPort.postMessage({ sums: null }) : process.exit(3)))`)
    const pass = await new Lanes(entry, 2).sumOverBlocks(program, blocks)
    await expect(pass.sum()).rejects.toMatchObject({ code: 'device/lane-ended', message: expect.stringContaining('exit code 3') as string })
    await pass.dispose()
  })

  it('a process that ends in the middle of a pass ends with the code it was given', () => {
    for (const ms of [0, 5, 20]) {
      const { status, stderr } = spawnSync(process.execPath, [join(folder, 'leaving.mjs'), laneEntry, String(ms)], { encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 7, stderr: '' })
    }
  })

  it('what a lane cannot compute is told as it would be without lanes', async () => {
    const { pass } = await opened()
    const broken = Object.fromEntries(program.parameters.map(({ name }) => [name!, new Float64Array(1)]))
    pass.load(broken)
    await expect(pass.sum()).rejects.toThrow(/has 1 values|was given 1 values/)
    await pass.dispose()
  })

  it('lanes end with the last pass', async () => {
    const { lanes, pass } = await opened(3)
    const ended = lanes.workers.map((worker) => new Promise((done) => worker.on('exit', done)))
    expect(ended.length).toBe(3)
    await pass.dispose()
    await Promise.all(ended)
  })
})

import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSpecSchema } from '@shared/domain/spec'
import type { TrainTask } from '@shared/domain/worker-protocol'
import { fillNormal } from '@shared/math/random'
import { workerFlags } from '../jobs/worker-process'
import { storeDataset } from './training-fixture'

/** Trains as a worker does and tells its memory in MB: before, and the most it ever had in RAM. */
const program = `
import { readFileSync } from 'node:fs'
import { createWorker } from '${resolve('src-main/worker/worker')}'

const mostResident = () => {
  try {
    return Number(/VmHWM:\\s*(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
let last = null
const times = []
const worker = createWorker(async (message) => {
  if (message.kind === 'started') globalThis.started = { resident: mostResident(), at: performance.now() }
  if (message.kind === 'metrics' && message.points.some(({ key }) => key === 'train/logLikelihood')) times.push(performance.now())
  if (message.kind !== 'heartbeat') last = message
})
await worker.receive(JSON.parse(readFileSync(process.argv[2], 'utf8')))
const { resident, at } = globalThis.started
console.log(JSON.stringify({ start: resident, most: mostResident(), seconds: (performance.now() - at) / 1000, perIteration: (times.at(-1) - times[0]) / 1000 / (times.length - 1), last }))
process.exit(0)
`

const columns = 8
const pieceRows = 1 << 18
/** Inside node_modules, from where packages are found. */
mkdirSync(resolve('node_modules/.cache'), { recursive: true })
const bundle = mkdtempSync(resolve('node_modules/.cache/stream-memory-'))
const folder = mkdtempSync(join(tmpdir(), 'latent-stream-'))
beforeAll(async () => {
  const entry = join(bundle, 'case.ts')
  writeFileSync(entry, program)
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': resolve('src-shared') } },
    ssr: { external: ['onnxruntime-node'] },
    build: { ssr: entry, outDir: bundle, emptyOutDir: false, rolldownOptions: { external: ['onnxruntime-node'], output: { entryFileNames: 'case.mjs' } } },
  })
}, 60_000)
afterAll(() => {
  for (const own of [bundle, folder]) rmSync(own, { recursive: true, force: true })
})

/** Rows around four centres, labelled with them; the same piece again and again. */
async function storePieces(pieces: number, more: object): Promise<TrainTask> {
  const datasetFolder = join(folder, 'dataset')
  rmSync(datasetFolder, { recursive: true, force: true })
  mkdirSync(datasetFolder)
  const piece = new Float64Array(pieceRows * columns)
  fillNormal(piece, { seed: 1, stream: 'rows' })
  for (let row = 0; row < pieceRows; row += 1) piece[row * columns + (row % 4)]! += 6
  const centres = Int32Array.from({ length: pieceRows }, (_, row) => row % 4)
  for (const [name, part] of [['features.f64', piece], ['labels.i32', centres]] as const) {
    const file = openSync(join(datasetFolder, name), 'w')
    for (let written = 0; written < pieces; written += 1) writeSync(file, new Uint8Array(part.buffer))
    closeSync(file)
  }
  const { dataset: like } = await storeDataset('iris.csv', { label: '' })
  const column = { ...like.columns[0]!, role: 'feature' as const, missing: 0 }
  const rows = pieces * pieceRows
  const dataset = {
    ...like,
    rows,
    columns: Array.from({ length: columns }, (_, index) => ({ ...column, name: `x${index}` })),
    shape: [rows, columns],
    classes: ['a', 'b', 'c', 'd'],
  }
  const spec = runSpecSchema.parse({
    dataset: 'pieces',
    model: { kind: 'gaussian-mixture', components: 4, covariance: 'full' },
    inference: { kind: 'em', restarts: 1, initialization: 'kmeans++', maxIterations: 5, tolerance: 0 },
    ...more,
  })
  return { kind: 'train', runId: 'r', spec, dataset, datasetFolder, runFolder: mkdtempSync(join(folder, 'run-')), resume: false, threads: 1 }
}

interface Measured {
  start: number
  most: number
  seconds: number
  perIteration: number
  last: { kind: string; result?: { metrics: Record<string, number> } }
}

async function measure(pieces: number, environment: Record<string, string> = {}, more: object = {}): Promise<Measured> {
  const task = await storePieces(pieces, more)
  const path = join(folder, 'task.json')
  writeFileSync(path, JSON.stringify(task))
  const options = { encoding: 'utf8', env: { ...process.env, ...environment } } as const
  const { stdout, stderr, status } = spawnSync(process.execPath, [...workerFlags, join(bundle, 'case.mjs'), path], options)
  if (status !== 0) throw new Error(stderr)
  const measured = JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured
  const { start, most, seconds, perIteration } = measured
  const memory = `${start.toFixed(0)} MB at first, ${most.toFixed(0)} MB at most`
  console.log(`${pieces * 16} MB on disk: ${memory}, ${perIteration.toFixed(2)} s an iteration, ${seconds.toFixed(1)} s in all`)
  expect(measured.last.kind).toBe('finished')
  return measured
}

describe('a fit of data that stay on disk', () => {
  it('takes little memory: 208 MB of rows in less than 120 MB', async () => {
    const { start, most } = await measure(13, { LATENT_MEMORY_BUDGET_MB: '16' })
    expect(most).toBeLessThan(start + 120)
  }, 300_000)

  it.skipIf(process.env['LATENT_BIG_TESTS'] !== '1').each([
    ['as they are', {}],
    ['split and standardized', { preprocess: ['standardize'], split: { train: 0.8, validation: 0.1, test: 0.1 } }],
  ])(
    'takes no more than 700 MB for 2 GB of rows %s (only with LATENT_BIG_TESTS=1: it writes 2 GB and takes minutes)',
    async (_, more) => {
      const { most } = await measure(128, {}, more)
      expect(most).toBeLessThan(700)
    },
    1_800_000,
  )
})

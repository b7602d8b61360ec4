import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readSafetensors } from '../files/safetensors'
import { crc32c, encodeEvents, maskedCrc } from '../reports/tensorboard'
import { sampleRun } from '../store/sample-run'
import { openStore, type Store } from '../store/store'
import { createExportMethods } from './exports'

let home: string
let store: Store
const params = { weights: [0.25, 0.75], means: [[1, 2], [3, null]], featureNames: ['a', 'b'], layer: { shape: [2], values: Float32Array.of(0.1, 0.2) } }
const series = { 'train/logLikelihood': { step: [0, 1, 2], value: [-4.125, null, -1 / 3] }, 'a, "b"': { step: [3], value: [1e-300] } }

const run = sampleRun('r', { name: 'two: "geysers"\n#1', status: 'completed', startedAt: '2026-11-20T10:00:00.000Z' })

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'latent-export-'))
  store = openStore(join(home, 'latent.db'), home)
  store.runs.insert(run)
  store.metrics.append('r', Object.entries(series).flatMap(([key, { step, value }]) => step.map((at, index) => ({ key, step: at, value: value[index]! }))))
})
afterEach(() => {
  store.close()
  rmSync(home, { recursive: true })
})
const table = (what: 'runs' | 'metrics', name: string) =>
  createExportMethods({ store, params: async () => params })['exports.table']({ what, query: '', out: join(home, name) })
const write = (format: 'params' | 'csv' | 'parquet' | 'tensorboard' | 'mlflow', name: string) =>
  createExportMethods({ store, params: async () => params })['exports.write']({ id: 'r', format, out: join(home, name) })

/** Reads records by their framing alone, checksums included. */
function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc(bytes.subarray(at, at + 8)))
    const payload = bytes.subarray(at + 12, at + 12 + length)
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc(payload))
    records.push(payload)
    at += 16 + length
  }
  return records
}

const readers = [process.env['LATENT_BENCH_PYTHON'], 'python3']
const python = readers.find((name) => name && spawnSync(name, ['-c', 'import tensorboard'], { stdio: 'ignore' }).status === 0)
const tensorboard = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
events.Reload()
print(json.dumps({tag: [[one.step, one.value, one.wall_time] for one in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
`

describe('TensorBoard', () => {
  it('checksums are CRC-32C: the check value of the catalogue, and the vectors of RFC 3720', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
  })
  it('a file begins with the bytes that TensorFlow writes: a record of 24 bytes with the version', () => {
    const bytes = encodeEvents({}, 0)
    expect(Buffer.from(bytes.subarray(0, 13)).toString('hex')).toBe('1800000000000000a37f4b2209')
    expect(Buffer.from(bytes).toString('latin1')).toContain('brain.Event:2')
  })
  it('every point is a record of its own, whole', async () => {
    const { out } = await write('tensorboard', 'tb')
    const [version, ...points] = recordsOf(readFileSync(out[0]!))
    expect(version!.toString('latin1')).toContain('brain.Event:2')
    expect(points).toHaveLength(4)
    expect(points.filter((point) => point.includes('train/logLikelihood'))).toHaveLength(3)
  })
  it('is read by TensorBoard itself: the same tags, steps and values in float32', async ({ skip }) => {
    if (!python) return skip('no Python with tensorboard was found')
    await write('tensorboard', 'tb')
    const { stdout, stderr } = spawnSync(python, ['-c', tensorboard, join(home, 'tb')], { encoding: 'utf8' })
    const read = JSON.parse(stdout.replaceAll('NaN', 'null') || stderr) as Record<string, [number, number | null, number][]>
    const seconds = Date.parse('2026-11-20T10:00:00.000Z') / 1000
    expect(read).toEqual({
      'train/logLikelihood': [[0, -4.125, seconds], [1, null, seconds], [2, Math.fround(-1 / 3), seconds]],
      'a, "b"': [[3, 0, seconds]],
    })
  })
  it('refuses steps between whole numbers instead of moving them', async () => {
    store.metrics.append('r', [{ key: 'half', step: 0.5, value: 1 }])
    await expect(write('tensorboard', 'tb')).rejects.toMatchObject({ code: 'export/fractional-steps', details: { keys: ['half'] } })
  })
})

describe('MLflow', () => {
  it('a run folder has meta, metrics, params and tags in the form of the file store', async () => {
    const [folder] = (await write('mlflow', 'mlruns')).out
    expect(readdirSync(folder!).sort()).toEqual(['artifacts', 'meta.yaml', 'metrics', 'params', 'tags'])
    const meta = parse(readFileSync(join(folder!, 'meta.yaml'), 'utf8')) as Record<string, unknown>
    const experiment = parse(readFileSync(join(folder!, '..', 'meta.yaml'), 'utf8')) as Record<string, unknown>
    expect(folder).toBe(join(home, 'mlruns', experiment['experiment_id'] as string, meta['run_id'] as string))
    expect(meta).toMatchObject({ run_name: 'two: "geysers"\n#1', status: 3, lifecycle_stage: 'active', experiment_id: experiment['experiment_id'], tags: [] })
    expect(meta['run_id']).toMatch(/^[0-9a-f]{32}$/)
    const start = Date.parse('2026-11-20T10:00:00.000Z')
    expect(readFileSync(join(folder!, 'metrics/train/logLikelihood'), 'utf8')).toBe(`${start} -4.125 0\n${start} nan 1\n${start} ${-1 / 3} 2\n`)
    expect(readFileSync(join(folder!, 'params/model.kind'), 'utf8')).toBe(run.spec.model.kind)
    expect(JSON.parse(readFileSync(join(folder!, 'tags/latent.spec'), 'utf8'))).toEqual(run.spec)
  })
  it('never overwrites a run that is there', async () => {
    await write('mlflow', 'mlruns')
    await expect(write('mlflow', 'mlruns')).rejects.toMatchObject({ code: 'export/exists' })
  })
})

describe('CSV and parameters', () => {
  it('the CSV holds every point with every digit', async () => {
    await write('csv', 'm.csv')
    expect(readFileSync(join(home, 'm.csv'), 'utf8')).toBe(
      `key,step,value\ntrain/logLikelihood,0,-4.125\ntrain/logLikelihood,1,\ntrain/logLikelihood,2,${-1 / 3}\n"a, ""b""",3,1e-300\n`,
    )
  })
  it('safetensors hold the arrays with their shapes and types, JSON all there is', async () => {
    await write('params', 'p.safetensors')
    const { tensors, metadata } = readSafetensors(join(home, 'p.safetensors'))
    expect(tensors['means']).toEqual({ shape: [2, 2], values: Float64Array.of(1, 2, 3, Number.NaN) })
    expect(tensors['layer']).toEqual({ shape: [2], values: Float32Array.of(0.1, 0.2) })
    expect(Object.keys(tensors).sort()).toEqual(['layer', 'means', 'weights'])
    expect(metadata['run']).toBe('r')
    await write('params', 'p.json')
    expect(JSON.parse(readFileSync(join(home, 'p.json'), 'utf8'))).toMatchObject({ weights: [0.25, 0.75], featureNames: ['a', 'b'] })
  })
  it('NumPy reads the NPZ', async ({ skip }) => {
    const script = 'import numpy, sys, json; f = numpy.load(sys.argv[1]); print(json.dumps({k: [str(f[k].dtype), f[k].tolist()] for k in f}))'
    await write('params', 'p.npz')
    const { stdout, status } = spawnSync('python3', ['-c', script, join(home, 'p.npz')], { encoding: 'utf8' })
    if (status !== 0) return skip('no Python with NumPy was found')
    expect(JSON.parse(stdout.replaceAll('NaN', 'null'))).toEqual({
      weights: ['float64', [0.25, 0.75]],
      means: ['float64', [[1, 2], [3, null]]],
      layer: ['float32', Array.from(Float32Array.of(0.1, 0.2))],
    })
  })
  it('Parquet holds every point and every run, as hyparquet reads it, with null where there is no number', async () => {
    const { parquetReadObjects } = await import('hyparquet')
    const { compressors } = await import('hyparquet-compressors')
    const read = (name: string) => parquetReadObjects({ file: Uint8Array.from(readFileSync(join(home, name))).buffer, compressors })
    await write('parquet', 'm.parquet')
    const points = await read('m.parquet')
    expect(points.slice(0, 3)).toEqual([-4.125, null, -1 / 3].map((value, step) => ({ key: 'train/logLikelihood', step, value })))
    await table('runs', 'r.parquet')
    expect(await read('r.parquet')).toMatchObject([{ id: 'r', 'spec.model.kind': run.spec.model.kind, 'spec.seed': run.spec.seed }])
    await table('metrics', 'all.csv')
    expect(readFileSync(join(home, 'all.csv'), 'utf8').split('\n')[1]).toBe('r,train/logLikelihood,0,-4.125')
    await expect(table('runs', 'r.xlsx')).rejects.toMatchObject({ code: 'export/ending' })
  })
  it('pandas reads the Parquet by pyarrow: doubles with every bit', async ({ skip }) => {
    const reader = [process.env['LATENT_BENCH_PYTHON'], 'python3'].find((name) => name && spawnSync(name, ['-c', 'import pyarrow.parquet'], { stdio: 'ignore' }).status === 0)
    if (!reader) return skip('no Python with pyarrow was found')
    await write('parquet', 'm.parquet')
    const script = 'import pyarrow.parquet as q, sys, json; t = q.read_table(sys.argv[1]); print(json.dumps([str(t.schema.field("value").type), t.column("value").to_pylist()]))'
    const [type, values] = JSON.parse(spawnSync(reader, ['-c', script, join(home, 'm.parquet')], { encoding: 'utf8' }).stdout) as [string, (number | null)[]]
    expect(type).toBe('double')
    expect(values).toEqual([-4.125, null, -1 / 3, 1e-300])
  })
  it.each([
    ['params', 'p.txt', 'export/ending'],
    ['csv', 'm.tsv', 'export/ending'],
  ] as const)('%s as %s is refused with what to choose', async (format, name, code) => {
    await expect(write(format, name)).rejects.toMatchObject({ code })
    expect(statSync(join(home, name), { throwIfNoEntry: false })).toBeUndefined()
  })
})

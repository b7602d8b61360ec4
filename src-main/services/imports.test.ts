import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { messages } from '@shared/messages/messages'
import { openDataFolder } from '../files/data-folder'
import { encodeEvents, maskedCrc } from '../reports/tensorboard'
import { sampleRun } from '../store/sample-run'
import { openStore, type Store } from '../store/store'
import { createExportMethods } from './exports'
import { createFileWork } from './file-work'
import { createImportMethods } from './imports'

let work: string
let store: Store
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'latent-import-'))
  const folder = openDataFolder(join(work, 'home'))
  store = openStore(folder.database, folder.home)
})
afterEach(() => {
  store.close()
  rmSync(work, { recursive: true })
})
const take = (path: string) => createImportMethods({ store, work: createFileWork(() => {}), publish: () => {} })['imports.runs']({ path: join(work, path) })
const fixtures = join(import.meta.dirname, 'fixture-events')
function place(fixture: string, folder: string, name = 'events.out.tfevents.1'): void {
  mkdirSync(join(work, folder), { recursive: true })
  copyFileSync(join(fixtures, fixture), join(work, folder, name))
}

describe('TensorBoard', () => {
  it('reads what tensorboardX 2.6.5 wrote: every scalar, and NaN as none; pictures, texts and histograms are counted', async () => {
    place('tensorboardx.tfevents', 'logs/exp 高斯')
    const { runs } = await take('logs')
    expect(runs).toMatchObject([{ name: 'exp 高斯', program: 'tensorboard', isNew: true }])
    expect(store.metrics.read(runs[0]!.id)).toEqual({
      'train/loss': { step: [0, 1, 2, 3, 4, 5], value: [1, 0.5, Math.fround(1 / 3), 0.25, Math.fround(0.2), null] },
      lr: { step: [0, 1, 2, 3, 4], value: [0.1, 0.05, 0.025, 0.0125, 0.00625].map(Math.fround) },
    })
    const run = store.runs.get(runs[0]!.id)!
    expect(run).toMatchObject({ status: 'completed', startedAt: '2023-11-14T22:13:20.000Z', endedAt: '2023-11-14T22:13:25.000Z', durationMs: 5000 })
    expect(run.warnings).toMatchObject([{ code: 'import/passed-by', details: { count: 2 } }])
  })
  it('reads scalars that are tensors, as tf.summary writes them (by the messages of tensorboard 2.21.0), in float32 and float64', async () => {
    place('tensors.tfevents', 'logs')
    const { runs } = await take('logs')
    expect(store.metrics.read(runs[0]!.id)).toEqual({
      loss: { step: [0, 10, 20, 30], value: [0, 2.5, 5, 7.5] },
      double: { step: [0, 10, 20, 30], value: [0, Math.PI, 2 * Math.PI, 3 * Math.PI] },
    })
  })
  it('each folder with event files is a run, a second time none is new, and a file that went on after a crash counts once', async () => {
    place('tensors.tfevents', 'logs/a')
    place('tensorboardx.tfevents', 'logs/b/c')
    expect((await take('logs')).runs.map(({ name }) => name)).toEqual(['a', 'b/c'])
    expect((await take('logs')).runs.map(({ isNew }) => isNew)).toEqual([false, false])
    mkdirSync(join(work, 'again'))
    writeFileSync(join(work, 'again', 'events.out.tfevents.1'), encodeEvents({ x: { step: [0, 1, 2, 3], value: [0, 1, 2, 3] } }, 5))
    writeFileSync(join(work, 'again', 'events.out.tfevents.2'), encodeEvents({ x: { step: [2, 3, 4], value: [20, 30, 40] } }, 6))
    const [run] = (await take('again')).runs
    expect(store.metrics.read(run!.id)).toEqual({ x: { step: [0, 1, 2, 3, 4], value: [0, 1, 20, 30, 40] } })
    expect(run!.warnings).toMatchObject([{ code: 'import/taken-back', details: { count: 2 } }])
  })
  it('what this workbench wrote comes back with the same tags and steps, in float32', async () => {
    const series = { 'train/elbo': { step: [0, 5, 300], value: [-1.25, Math.PI, null] } }
    mkdirSync(join(work, 'own'))
    writeFileSync(join(work, 'own', 'events.out.tfevents.9'), encodeEvents(series, 7))
    const [run] = (await take('own')).runs
    expect(store.metrics.read(run!.id)).toEqual({ 'train/elbo': { step: [0, 5, 300], value: [-1.25, Math.fround(Math.PI), null] } })
  })
  it('of a file that is still being written all whole records are taken, and the run says so', async () => {
    place('tensors.tfevents', 'logs')
    const path = join(work, 'logs', 'events.out.tfevents.1')
    writeFileSync(path, readFileSync(path).subarray(0, -5))
    const [run] = (await take('logs')).runs
    expect(store.metrics.read(run!.id)['double']!.step).toEqual([0, 10, 20])
    expect([run!.warnings[0]!.code, store.runs.get(run!.id)!.status]).toEqual(['import/cut-off', 'interrupted'])
  })
})

describe('MLflow', () => {
  const spec = { learning_rate: '0.01', layers: '[64, 64]', seed: '7' }
  it('reads a folder of runs as its file store has it: metrics with steps and NaN, params, status and times', async () => {
    const folder = join(work, 'mlruns', '0', 'abc')
    for (const inner of ['metrics/val', 'params', 'tags']) mkdirSync(join(folder, inner), { recursive: true })
    writeFileSync(join(work, 'mlruns', '0', 'meta.yaml'), 'experiment_id: "0"\nname: Default\nlifecycle_stage: active\n')
    writeFileSync(join(folder, 'meta.yaml'), 'run_id: abc\nrun_name: nice-fox\nstatus: 3\nstart_time: 1700000000000\nend_time: 1700000001500\nlifecycle_stage: active\n')
    writeFileSync(join(folder, 'metrics/val/loss'), '1700000000000 0.5 0\n1700000000100 nan 1\n1700000000200 0.25 2\n')
    for (const [key, value] of Object.entries(spec)) writeFileSync(join(folder, 'params', key), value)
    writeFileSync(join(folder, 'tags', 'mlflow.note.content'), '注')
    const { runs } = await take('mlruns')
    const run = store.runs.get(runs[0]!.id)!
    expect(run).toMatchObject({ name: 'nice-fox', status: 'completed', durationMs: 1500, notes: '注', tags: ['mlflow'] })
    expect(run.spec).toMatchObject({ seed: 7, model: { kind: 'imported', parameters: { learning_rate: 0.01, layers: '[64, 64]' } } })
    expect(store.metrics.read(run.id)).toEqual({ 'val/loss': { step: [0, 1, 2], value: [0.5, null, 0.25] } })
    expect(run.metrics).toEqual({ 'val/loss': 0.25 })
  })
  it('reads mlflow.db, leaves deleted runs out, and never writes to it', async () => {
    const path = join(work, 'mlflow.db')
    const database = new Database(path)
    // the tables of mlflow.store.tracking.dbmodels, as far as they matter here
    database.exec(`
      CREATE TABLE experiments (experiment_id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(256) NOT NULL, artifact_location VARCHAR(256), lifecycle_stage VARCHAR(32), creation_time BIGINT, last_update_time BIGINT);
      CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL PRIMARY KEY, name VARCHAR(250), source_type VARCHAR(20), status VARCHAR(9), start_time BIGINT, end_time BIGINT, lifecycle_stage VARCHAR(20), artifact_uri VARCHAR(200), experiment_id INTEGER);
      CREATE TABLE metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL, run_uuid VARCHAR(32) NOT NULL, step BIGINT NOT NULL DEFAULT 0, is_nan BOOLEAN NOT NULL DEFAULT 0);
      CREATE TABLE params (key VARCHAR(250) NOT NULL, value VARCHAR(8000) NOT NULL, run_uuid VARCHAR(32) NOT NULL);
      CREATE TABLE tags (key VARCHAR(250) NOT NULL, value VARCHAR(8000), run_uuid VARCHAR(32) NOT NULL);
      INSERT INTO experiments VALUES (1, 'geysers', '', 'active', 0, 0);
      INSERT INTO runs VALUES ('r1', 'one', 'LOCAL', 'FINISHED', 1700000000000, 1700000002000, 'active', '', 1), ('r2', '', 'LOCAL', 'FAILED', 1700000000001, NULL, 'active', '', 1), ('r3', 'gone', 'LOCAL', 'FINISHED', 0, 0, 'deleted', '', 1);
      INSERT INTO metrics VALUES ('loss', 0.125, 1, 'r1', 0, 0), ('loss', 0, 2, 'r1', 1, 1), ('loss', ${Math.PI}, 3, 'r1', 2, 0);
      INSERT INTO params VALUES ('k', '3', 'r1');
    `)
    database.close()
    const before = readFileSync(path)
    const { runs } = await take('mlflow.db')
    expect(runs.map(({ name }) => name)).toEqual(['one', 'geysers · r2'])
    expect(store.metrics.read(runs[0]!.id)).toEqual({ loss: { step: [0, 1, 2], value: [0.125, null, Math.PI] } })
    expect(runs.map(({ id }) => store.runs.get(id)!.status)).toEqual(['completed', 'failed'])
    expect(readFileSync(path).equals(before)).toBe(true)
  })
  it('what this workbench exported comes back with its specification, points and environment', async () => {
    const own = sampleRun('r', { status: 'completed', name: 'geysers', startedAt: '2026-11-20T10:00:00.000Z', endedAt: '2026-11-20T10:00:01.000Z', environment: { node: 'v24' } })
    store.runs.insert(own)
    store.metrics.append('r', [0, 1].map((step) => ({ key: 'train/logLikelihood', step, value: -1 / 3 - step })))
    await createExportMethods({ store, params: () => Promise.resolve({}) })['exports.write']({ id: 'r', format: 'mlflow', out: join(work, 'out') })
    const [taken] = (await take('out')).runs
    const run = store.runs.get(taken!.id)!
    expect(run.spec).toEqual(own.spec)
    expect(run.environment['node']).toBe('v24')
    expect(store.metrics.read(run.id)).toEqual(store.metrics.read('r'))
  })
})

const ofVersion = (version: string): Uint8Array => {
  const text = Buffer.from(version)
  const payload = Buffer.concat([Buffer.from([0x09]), Buffer.alloc(8), Buffer.from([0x1a, text.length]), text])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(payload.length))
  const checksum = (bytes: Uint8Array): Buffer => {
    const four = Buffer.alloc(4)
    four.writeUInt32LE(maskedCrc(bytes))
    return four
  }
  return Buffer.concat([length, checksum(length), payload, checksum(payload)])
}

it('is cancelled while files are read, and nothing is imported', async () => {
  for (const name of ['a', 'b', 'c']) place('tensors.tfevents', `logs/${name}`)
  const work_ = createFileWork(() => work_.cancel(join(work, 'logs')))
  const taking = createImportMethods({ store, work: work_, publish: () => {} })['imports.runs']({ path: join(work, 'logs') })
  await expect(taking).rejects.toMatchObject({ code: 'archive/cancelled' })
  expect(store.runs.list('', 0, 10).total).toBe(0)
})

describe('what cannot be read is refused with a sentence, and nothing is imported', () => {
  const flipped = (): Buffer => {
    const bytes = readFileSync(join(fixtures, 'tensors.tfevents'))
    bytes[60]! ^= 1
    return bytes
  }
  it.each<[string, string, string, () => void]>([
    ['an event file of another version', 'import/event-version', 'x.tfevents', () => writeFileSync(join(work, 'x.tfevents'), ofVersion('brain.Event:3'))],
    ['an event file with a byte changed', 'import/event-damaged', 'x.tfevents', () => writeFileSync(join(work, 'x.tfevents'), flipped())],
    ['a text by the name of an event file', 'import/event-damaged', 'x.tfevents', () => writeFileSync(join(work, 'x.tfevents'), 'hello hello hello hello')],
    ['nothing at the path', 'import/no-path', 'nowhere', () => {}],
    ['an empty folder', 'import/nothing', 'empty', () => mkdirSync(join(work, 'empty'))],
    ['another file', 'import/nothing', 'x.txt', () => writeFileSync(join(work, 'x.txt'), 'hello')],
    ['a database of something else', 'import/no-mlflow', 'x.db', () => new Database(join(work, 'x.db')).exec('CREATE TABLE a (b)').close()],
    ['a database that is cut off', 'import/database-damaged', 'x.db', () => writeFileSync(join(work, 'x.db'), `SQLite format 3\0${'x'.repeat(500)}`)],
    ['a metric that is no number', 'import/mlflow-damaged', 'mlruns', () => { mkdirSync(join(work, 'mlruns/0/a/metrics'), { recursive: true }); writeFileSync(join(work, 'mlruns/0/a/meta.yaml'), 'run_id: a\n'); writeFileSync(join(work, 'mlruns/0/a/metrics/loss'), '1 abc 0\n') }],
    ['a meta.yaml that is none', 'import/mlflow-damaged', 'mlruns', () => { mkdirSync(join(work, 'mlruns/0/a'), { recursive: true }); writeFileSync(join(work, 'mlruns/0/a/meta.yaml'), 'a: [1\nb: }') }],
  ])('%s: %s', async (_, code, path, make) => {
    make()
    const failure = await Promise.resolve(take(path)).then(() => null, (error: unknown) => error)
    expect(failure).toMatchObject({ code })
    expect((failure as Error).message).toContain(work)
    expect((messages as Record<string, { zh: string }>)[code]!.zh).toMatch(/\p{Script=Han}/u)
    expect(store.runs.list('', 0, 10).total).toBe(0)
  })
})

describe('cancelled', () => {
  it.each(['reading', 'storing'])('while it is %s, nothing of it is kept', async (when) => {
    for (const name of ['a', 'b', 'c']) place('tensors.tfevents', `logs/${name}`)
    const path = join(work, 'logs')
    const events: string[] = []
    const fileWork = createFileWork((event) => event.name === 'import.progress' && when === 'reading' && fileWork.cancel(path))
    const publish = (event: { name: string }): void => {
      events.push(event.name)
      if (event.name === 'run.changed' && when === 'storing') fileWork.cancel(path)
    }
    await expect(createImportMethods({ store, work: fileWork, publish })['imports.runs']({ path })).rejects.toMatchObject({ code: 'archive/cancelled' })
    expect(store.runs.list('', 0, 10).total).toBe(0)
    expect(events).toEqual(when === 'reading' ? [] : ['run.changed', 'run.removed'])
  })
})

describe('with the programs themselves', () => {
  const python = [process.env['LATENT_BENCH_PYTHON'], 'python3'].find((name) => name && spawnSync(name, ['-c', 'import tensorboard, tensorboardX'], { stdio: 'ignore' }).status === 0)
  it('a file that tensorboardX writes now is read', async ({ skip }) => {
    if (!python) return skip('no Python with tensorboard and tensorboardX was found')
    const script = 'import sys; from tensorboardX import SummaryWriter; w = SummaryWriter(sys.argv[1]); [w.add_scalar("a/b", i * 0.5, i) for i in range(2000)]; w.close()'
    spawnSync(python, ['-c', script, join(work, 'now')])
    const [run] = (await take('now')).runs
    expect(store.metrics.read(run!.id)['a/b']!.value).toEqual(Array.from({ length: 2000 }, (_, index) => index * 0.5))
  })
})

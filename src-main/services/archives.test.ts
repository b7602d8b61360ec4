import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync, zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Dataset } from '@shared/domain/dataset'
import { messages } from '@shared/messages/messages'
import type { HostEvent } from '@shared/rpc/contract'
import { fillDatasetFolder } from '../files/dataset-arrays'
import { openDataFolder } from '../files/data-folder'
import { createRunFolder } from '../files/run-files'
import { sampleRun } from '../store/sample-run'
import { openStore, type Store } from '../store/store'
import { createArchiveMethods } from './archives'
import { createFileWork } from './file-work'

interface Home {
  path: string
  store: Store
  events: HostEvent[]
  methods: ReturnType<typeof createArchiveMethods>
}
const opened: Home[] = []
let work: string

function newHome(): Home {
  const path = mkdtempSync(join(work, 'home-'))
  const folder = openDataFolder(path)
  const store = openStore(folder.database, folder.home)
  const sweeps = { 'sweeps.get': ({ id }: { id: string }) => ({ ...store.sweeps.get(id)!, counts: { running: 0, completed: 1, pruned: 0, failed: 0, cancelled: 0 }, best: 0, bestValue: 1, etaMs: null }) }
  const events: HostEvent[] = []
  const publish = (event: HostEvent): void => void events.push(event)
  const home = { path, store, events, methods: createArchiveMethods({ store, folder, version: '9.9', sweeps, work: createFileWork(publish), publish }) }
  opened.push(home)
  return home
}

const dataset: Dataset = {
  ...{ id: 'd1', name: 'faithful', format: 'csv', kind: 'table', rows: 2, shape: [2, 2], parts: [], classes: null, valueRange: null, sha256: 'ab12' },
  columns: [0, 1].map((at) => ({ name: `c${at}`, type: 'real', role: 'feature', missing: 0 })),
  ...{ source: [], bundled: null, description: '', createdAt: '2026-11-20T00:00:00.000Z' },
}

async function fill({ path, store }: Home): Promise<void> {
  const folder = openDataFolder(path)
  mkdirSync(folder.datasetFolder('d1'), { recursive: true })
  await fillDatasetFolder(folder.datasetFolder('d1'), { features: Float64Array.of(1, 2, 3, Math.PI), labels: null })
  store.datasets.insert(dataset)
  for (const [index, id] of ['20261120-aaaaaa', '20261120-bbbbbb'].entries()) {
    const run = sampleRun(id, { status: 'completed', notes: 'note 高斯', createdAt: `2026-11-20T0${index}:00:00.000Z` })
    store.runs.insert({ ...run, spec: { ...run.spec, seed: index, dataset: 'd1' } })
    store.metrics.append(id, [0, 1, 2].map((step) => ({ key: 'train/logLikelihood', step, value: step === 1 ? null : -Math.PI / (step + 1 + index) })))
    store.runs.update(id, { metrics: { 'train/logLikelihood': -1 / 3 } })
    const files = createRunFolder(folder.runFolder(id))
    writeFileSync(files.checkpoint('last'), Buffer.from(`checkpoint of ${id} ${'x'.repeat(5000)}`))
    writeFileSync(files.artifact('trace'), Buffer.from([1, 2, 3]))
    store.runs.putArtifact(id, { name: 'trace', kind: 'em-trace', step: null, bytes: 3 })
  }
  store.reports.put({ id: 'r1', createdAt: '2026-11-20', updatedAt: '2026-11-20', plan: { title: 't', language: 'zh', runs: ['20261120-aaaaaa'], sweep: null, blocks: [{ kind: 'card' }] } })
}

beforeEach(() => void (work = mkdtempSync(join(tmpdir(), 'latent-archive-'))))
afterEach(() => {
  for (const { store } of opened.splice(0)) store.close()
  rmSync(work, { recursive: true })
})
const archive = (): string => join(work, 'all.zip')
async function archived(): Promise<Home> {
  const home = newHome()
  await fill(home)
  await home.methods['archives.create']({ out: archive(), runs: [], sweeps: [] })
  return home
}
/** All there is below a folder, by path. */
const tree = (folder: string): Record<string, string> =>
  existsSync(folder)
    ? Object.fromEntries(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => [join(entry.parentPath, entry.name).slice(folder.length), readFileSync(join(entry.parentPath, entry.name)).toString('base64')]),
      )
    : {}
const state = ({ path, store }: Home): unknown => ({
  runs: store.runs.list('', 0, 100).runs,
  series: store.runs.list('', 0, 100).runs.map(({ id }) => [store.metrics.read(id), store.runs.artifacts(id)]),
  datasets: store.datasets.list(),
  reports: store.reports.list(),
  files: [tree(join(path, 'runs')), tree(join(path, 'datasets'))],
})

describe('an archive', () => {
  it('taken into an empty home gives the same runs, points, artifacts, data, reports and files, bit for bit', async () => {
    const from = await archived()
    const to = newHome()
    const { added } = await to.methods['archives.import']({ path: archive() })
    expect(added).toEqual({ datasets: 1, runs: 2, sweeps: 0, selections: 0, reports: 1 })
    expect(state(to)).toEqual(state(from))
  })
  it('tells every window of what came in, and how far it was', async () => {
    await archived()
    const to = newHome()
    await to.methods['archives.import']({ path: archive() })
    expect(to.events.map(({ name }) => name).filter((name) => name !== 'import.progress')).toEqual(['dataset.changed', 'run.changed', 'run.changed', 'report.changed'])
    expect(to.events.findLast(({ name }) => name === 'import.progress')!.payload).toMatchObject({ path: archive(), fraction: 1 })
  })
  it('has a place of its own by default, where nothing is yet', async () => {
    const { out } = await archived().then(({ methods }) => methods['archives.place']({}))
    expect(out).toMatch(/latent-\d{4}-\d\d-\d\d(-\d+)?\.zip$/)
    expect(existsSync(out)).toBe(false)
  })
  it('a second time adds nothing and changes nothing', async () => {
    const from = await archived()
    const before = state(from)
    const { added, present } = await from.methods['archives.import']({ path: archive() })
    expect(added).toEqual({ datasets: 0, runs: 0, sweeps: 0, selections: 0, reports: 0 })
    expect(present).toMatchObject({ datasets: 1, runs: 2, reports: 1 })
    expect(state(from)).toEqual(before)
  })
  it('never overwrites: another run of the same id stays, and the archived one gets an id of its own, also in its reports', async () => {
    await archived()
    const to = newHome()
    to.store.runs.insert(sampleRun('20261120-aaaaaa', { status: 'completed', name: 'mine', datasetSha256: 'zz', datasetId: 'other' }))
    to.store.datasets.insert({ ...dataset, id: 'own', name: 'faithful', sha256: 'other data' })
    const { runs } = await to.methods['archives.import']({ path: archive() })
    const moved = runs.find(({ from }) => from === '20261120-aaaaaa')!
    expect(moved.id).not.toBe('20261120-aaaaaa')
    expect(to.store.runs.get('20261120-aaaaaa')!.name).toBe('mine')
    expect(to.store.runs.get(moved.id)!.notes).toBe('note 高斯')
    expect(to.store.reports.list()[0]!.plan.runs).toEqual([moved.id])
    expect(to.store.datasets.list().map(({ name }) => name).sort()).toEqual(['faithful', 'faithful 2'])
  })
  it('equal data that are there already are used instead of a copy', async () => {
    await archived()
    const to = newHome()
    to.store.datasets.insert({ ...dataset, id: 'mine', name: 'my geysers' })
    await to.methods['archives.import']({ path: archive() })
    expect(to.store.datasets.list()).toHaveLength(1)
    expect(to.store.runs.list('', 0, 10).runs.map(({ datasetId, spec }) => [datasetId, spec.dataset])).toEqual([['mine', 'mine'], ['mine', 'mine']])
  })
  it('of some runs holds these with their data, and no others', async () => {
    const from = await archived()
    const out = join(work, 'one.zip')
    const { contents } = await from.methods['archives.create']({ out, runs: ['20261120-b'], sweeps: [] })
    expect(contents).toEqual({ datasets: 1, runs: 1, sweeps: 0, selections: 0, reports: 0 })
    expect(Object.keys(unzipSync(readFileSync(out))).filter((name) => name.includes('aaaaaa'))).toEqual([])
  })
  it('is a zip that others read, and the same contents are the same bytes but for the date in its manifest', async () => {
    await archived()
    const files = unzipSync(readFileSync(archive()))
    expect(Object.keys(files)).toContain('archive.json')
    expect(Buffer.from(files['runs/20261120-aaaaaa/files/artifacts/trace.safetensors']!)).toEqual(Buffer.from([1, 2, 3]))
  })
  it('is not written over a file that is there, nor in the place of a folder', async () => {
    const from = await archived()
    await expect(from.methods['archives.create']({ out: archive(), runs: [], sweeps: [] })).rejects.toMatchObject({ code: 'export/exists' })
    await expect(from.methods['archives.create']({ out: work, runs: [], sweeps: [] })).rejects.toMatchObject({ code: 'export/is-folder' })
  })
  it('leaves runs out that go on, and names them', async () => {
    const from = await archived()
    from.store.runs.insert(sampleRun('20261120-cccccc', { status: 'running' }))
    const { leftOut, contents } = await from.methods['archives.create']({ out: join(work, 'b.zip'), runs: [], sweeps: [] })
    expect([leftOut, contents.runs]).toEqual([['20261120-cccccc'], 2])
  })
})

type Files = Record<string, Uint8Array>
const text = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const manifestOf = (files: Files): { version: number; files: { name: string; bytes: number; sha256: string }[] } => JSON.parse(new TextDecoder().decode(files['archive.json'])) as never
const rewrite = (change: (files: Files) => void): void => {
  const files = unzipSync(readFileSync(archive()))
  change(files)
  writeFileSync(archive(), zipSync(files))
}
const climb = (name: string) => (): void =>
  rewrite((files) => {
    const manifest = manifestOf(files)
    files[name] = text('x')
    files['archive.json'] = text({ ...manifest, files: [...manifest.files, { name, bytes: 1, sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881' }] })
  })

describe('an archive that is refused', () => {
  it.each<[string, string, () => void]>([
    ['cut off', 'archive/damaged', () => truncateSync(archive(), readFileSync(archive()).length - 400)],
    ['cut in the middle', 'archive/damaged', () => truncateSync(archive(), 1000)],
    ['empty', 'archive/damaged', () => truncateSync(archive(), 0)],
    ['no zip at all', 'archive/damaged', () => writeFileSync(archive(), 'hello')],
    ['with a byte changed', 'archive/damaged', () => { const bytes = readFileSync(archive()); bytes[bytes.indexOf('runs/20261120-aaaaaa/files/checkpoints') + 80]! ^= 255; writeFileSync(archive(), bytes) }],
    ['with another checkpoint', 'archive/tampered', () => rewrite((files) => { const name = 'runs/20261120-aaaaaa/files/artifacts/trace.safetensors'; files[name] = Uint8Array.of(1, 2, 4) })],
    ['with a longer file', 'archive/tampered', () => rewrite((files) => { files['reports/r1.json'] = text('{}  ') })],
    ['with a file that is not named', 'archive/tampered', () => rewrite((files) => { files['reports/r2.json'] = text('{}') })],
    ['with a file missing', 'archive/tampered', () => rewrite((files) => delete files['datasets/d1/files/features.f64'])],
    ['whose run says another id', 'archive/tampered', () => rewrite((files) => { const manifest = manifestOf(files); files['archive.json'] = text({ ...manifest, files: manifest.files.map((one) => ({ ...one, name: one.name.replace('aaaaaa', 'dddddd') })) }); for (const name of Object.keys(files)) if (name.includes('aaaaaa')) { files[name.replace('aaaaaa', 'dddddd')] = files[name]!; delete files[name] } })],
    ['that climbs out', 'archive/climbs', climb('runs/../../evil.txt')],
    ['that climbs out of files', 'archive/climbs', climb('runs/20261120-aaaaaa/files/../../../evil')],
    ['with a path from the root', 'archive/climbs', climb('/tmp/evil')],
    ['with backslashes', 'archive/climbs', climb('runs\\evil\\run.json')],
    ['with another place', 'archive/climbs', climb('latent.db')],
    ['of a newer version', 'archive/newer', () => rewrite((files) => { files['archive.json'] = text({ ...manifestOf(files), version: 2 }) })],
    ['without its manifest', 'archive/not-one', () => rewrite((files) => delete files['archive.json'])],
    ['with a manifest that is none', 'archive/not-one', () => rewrite((files) => { files['archive.json'] = text('[') })],
    ['that is not there', 'archive/no-file', () => rmSync(archive())],
  ])('%s: %s', async (_, code, damage) => {
    await archived()
    damage()
    const to = newHome()
    const before = state(to)
    const failure = await Promise.resolve(to.methods['archives.import']({ path: archive() })).then(() => null, (error: unknown) => error)
    expect(failure).toMatchObject({ code })
    expect((failure as Error).message).toContain(archive())
    expect((messages as Record<string, { zh: string }>)[code]!.zh).toMatch(/\p{Script=Han}/u)
    expect(state(to)).toEqual(before)
    expect(readdirSync(join(to.path, 'temporary'))).toEqual([])
    expect(existsSync(join(work, 'evil.txt'))).toBe(false)
  })
  it('a cancelled one leaves nothing', async () => {
    await archived()
    const to = newHome()
    const importing = Promise.resolve(to.methods['archives.import']({ path: archive() }))
    await to.methods['archives.cancel']({ path: archive() })
    await new Promise((soon) => setTimeout(soon, 0))
    await to.methods['archives.cancel']({ path: archive() })
    await expect(importing).rejects.toMatchObject({ code: 'archive/cancelled' })
    expect(readdirSync(join(to.path, 'temporary'))).toEqual([])
    expect(to.store.runs.list('', 0, 10).total).toBe(0)
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '@shared/rpc/client'
import { createHost, type Host } from '../host'
import { sampleRun } from '../store/sample-run'
import { openStore } from '../store/store'
import { editRun, groupRuns, listRuns, listViews, removeView, saveView, shelveRuns, tagRuns } from './commands/run-table'
import type { Session } from './session'

const specs = { seed: [1, 2, 3, 1, 2], components: [2, 2, 2, 3, 3], value: [-10, -11, -12, -7, -9] }

describe('the table of runs from the command line', () => {
  const home = mkdtempSync(join(tmpdir(), 'latent-cli-table-'))
  let host: Host
  let session: Session
  const list = async (flags: Partial<Parameters<typeof listRuns>[1]> = {}): Promise<{ id: string; shelf: string; tags: string[] }[]> =>
    (await listRuns(session, { column: [], ...flags })).json as never
  const ids = async (flags: Partial<Parameters<typeof listRuns>[1]> = {}): Promise<string> => (await list(flags)).map(({ id }) => id).join('')

  beforeAll(() => {
    const store = openStore(join(home, 'latent.db'), home)
    for (const [index, seed] of specs.seed.entries()) {
      const { spec } = sampleRun('x')
      const model = { ...spec.model, components: specs.components[index]! } as typeof spec.model
      store.runs.insert(sampleRun('abcde'[index]!, { status: 'completed', spec: { ...spec, model, seed }, metrics: { 'train/logLikelihood': specs.value[index]! } }))
    }
    store.close()
    host = createHost({ home, resourcesFolder: resolve('resources'), workerPath: resolve('src-main/jobs/fixture-worker.mjs'), hostKind: 'cli', version: '0', checkOutputs: true })
    session = { client: createClient({ request: host.dispatch, subscribe: host.subscribe }) } as Session
  })
  afterAll(async () => {
    await host.close()
    rmSync(home, { recursive: true })
  })

  it('lists by a query and in an order, with columns of metrics and fields', async () => {
    expect(await ids()).toBe('edcba')
    expect(await ids({ sort: 'train/logLikelihood' })).toBe('deabc')
    expect(await ids({ sort: 'train/logLikelihood', ascending: true, limit: 2 })).toBe('cb')
    expect(await ids({ query: 'model.components = 3 and seed = 1' })).toBe('d')
    expect((await list({ query: 'seed = 3', column: ['model.components', 'train/logLikelihood'] }))[0]).toMatchObject({ columns: { 'model.components': 2, 'train/logLikelihood': -12 } })
    await expect(listRuns(session, { column: [], sort: 'train/logLikelyhood' })).rejects.toThrow(/nearest name is train\/logLikelihood/)
    await expect(listRuns(session, { column: [], query: 'seed >' })).rejects.toThrow(/A value is missing after “>” at character 6/)
  })

  it('groups them: everything except the seed, or by fields', async () => {
    const groups = (await groupRuns(session, { by: [], metric: ['train/logLikelihood'] })).json as { label: string; metrics: Record<string, { n: number; mean: number }> }[]
    expect(groups.map(({ label, metrics }) => [label, metrics['train/logLikelihood']])).toMatchObject([['components=3', { n: 2, mean: -8 }], ['components=2', { n: 3, mean: -11 }]])
    expect((await groupRuns(session, { by: ['seed'], metric: [] })).text).toMatch(/seed=1\s+2/)
  })

  it('tags, renames, archives, throws away and puts back', async () => {
    expect((await tagRuns(session, ['a', 'b'], ['keep', 'x'], [])).json).toEqual([{ id: 'a', tags: ['keep', 'x'] }, { id: 'b', tags: ['keep', 'x'] }])
    await tagRuns(session, ['b'], [], ['keep'])
    expect(await ids({ query: 'tag:keep' })).toBe('a')
    await editRun(session, 'a', { name: 'the first', notes: 'of many' })
    expect(await ids({ query: 'name = "the first" notes:many' })).toBe('a')
    expect((await shelveRuns(session, ['a'], 'archive', undefined)).json).toEqual({ shelf: 'archive', moved: [{ id: 'a', from: 'current' }] })
    await shelveRuns(session, [], 'trash', 'model.components = 3')
    expect([await ids(), await ids({ shelf: 'archive' }), await ids({ shelf: 'trash' }), await ids({ shelf: 'all' })]).toEqual(['cb', 'a', 'ed', 'edcba'])
    await shelveRuns(session, ['a', 'd', 'e'], 'current', undefined)
    expect(await ids()).toBe('edcba')
  })

  it('keeps views, which a window sees too, and refuses one that cannot be read', async () => {
    await saveView(session, 'threes', { query: 'model.components = 3', column: ['train/logLikelihood'] })
    expect((await listRuns(session, { view: 'threes', query: 'seed = 2', column: [] })).text).toMatch(/train\/logLikelihood[\s\S]*1 of 5 runs/)
    expect((await listViews(session)).json).toMatchObject([{ name: 'threes', view: { columns: ['metric:train/logLikelihood'] } }])
    await expect(saveView(session, 'bad', { query: 'seed = = 3', column: [] })).rejects.toThrow(/no comparison/)
    await expect(listRuns(session, { view: 'nothing', column: [] })).rejects.toThrow(/no saved view nothing. There are: threes/)
    expect((await removeView(session, 'threes')).json).toEqual([])
  })
})

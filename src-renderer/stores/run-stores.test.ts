import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { runSpecSchema } from '@shared/domain/spec'
import type { Notice, Run, RunStatus } from '@shared/domain/run'
import { type RunSummary, summaryOf } from '@shared/domain/run-table'
import type { Reply } from '@shared/rpc/client'
import type { HostEvent } from '@shared/rpc/contract'
import { notice } from '@shared/rpc/errors'
import { useConnection } from '../api/host'
import { useOpenRunStore } from './open-run'
import { useRunTableStore } from './run-table'
import { useRunsStore } from './runs'

const spec = runSpecSchema.parse({ dataset: 'faithful', model: { kind: 'gaussian-mixture' }, inference: { kind: 'em' } })
const run = (id: string, status: RunStatus = 'running'): Run => ({
  id,
  name: id,
  status,
  spec,
  datasetId: 'd',
  datasetName: 'faithful',
  datasetSha256: '',
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: null,
  endedAt: null,
  durationMs: null,
  progress: null,
  device: null,
  runtime: null,
  converged: null,
  iterations: null,
  epochs: null,
  metrics: {},
  warnings: [],
  error: null,
  tags: [],
  notes: '',
  shelf: 'current',
  environment: {},
  resumable: false,
})
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

/** A host whose replies and events come exactly when the test says. */
function scriptedHost(): { tell: (event: HostEvent) => void; breakOff: () => void; answer: (method: string, value: unknown) => void; refuse: (method: string, error: Notice) => void; asked: string[] } {
  const waiting: { method: string; resolve: (reply: Reply) => void }[] = []
  const asked: string[] = []
  let listener: (event: HostEvent) => void = () => undefined
  let gap: () => void = () => undefined
  useConnection({
    request: (method) => {
      asked.push(method)
      return new Promise((resolve) => waiting.push({ method, resolve }))
    },
    subscribe: (onEvent, onGap) => {
      listener = onEvent
      gap = onGap ?? gap
      return () => undefined
    },
    onStatus: () => undefined,
    pathOf: () => Promise.reject(new Error('no files here')),
    choosePath: null,
  })
  const reply = (method: string, answer: Reply): void => {
    const at = waiting.findIndex((request) => request.method === method)
    if (at < 0) throw new Error(`${method} was not asked`)
    waiting.splice(at, 1)[0]!.resolve(answer)
  }
  return {
    asked,
    tell: (event) => listener(event),
    breakOff: () => gap(),
    answer: (method, value) => reply(method, value === undefined ? { ok: false, error: notice('system/unreachable') } : { ok: true, value }),
    refuse: (method, error) => reply(method, { ok: false, error }),
  }
}
const points = (id: string, sequence: number): HostEvent => ({
  name: 'run.metrics',
  payload: { id, sequence, points: [{ key: 'train/kl', step: sequence, value: sequence }] },
})
const snapshot = (id: string, sequence: number, status: RunStatus = 'running'): unknown => ({
  run: run(id, status),
  sequence,
  artifacts: [],
  series: { 'train/kl': { step: Array.from({ length: sequence }, (_, at) => at + 1), value: Array.from({ length: sequence }, (_, at) => at + 1) } },
})

beforeEach(() => {
  setActivePinia(createPinia())
  vi.stubGlobal('requestAnimationFrame', (call: () => void) => setTimeout(call, 0))
  return () => vi.unstubAllGlobals()
})

describe('the run that is looked at', () => {
  const steps = (store: ReturnType<typeof useOpenRunStore>): number[] => [...(store.feed.series.get('train/kl')?.step ?? [])]

  test('points told before, during and after the snapshot are each shown once', async () => {
    const host = scriptedHost()
    const store = useOpenRunStore()
    const opened = store.open('a')
    host.tell(points('a', 2))
    host.tell(points('other', 7))
    host.tell(points('a', 3))
    host.answer('runs.open', snapshot('a', 2))
    await opened
    host.tell(points('a', 4))
    await settle()
    expect(steps(store)).toEqual([1, 2, 3, 4])
  })

  test('a batch that went missing is fetched with a new snapshot', async () => {
    const host = scriptedHost()
    const store = useOpenRunStore()
    const opened = store.open('a')
    host.answer('runs.open', snapshot('a', 1))
    await opened
    host.tell(points('a', 3))
    host.answer('runs.open', snapshot('a', 3))
    await settle()
    expect(steps(store)).toEqual([1, 2, 3])
  })

  test('after a lost connection the snapshot is taken again', async () => {
    const host = scriptedHost()
    const store = useOpenRunStore()
    const opened = store.open('a')
    host.answer('runs.open', snapshot('a', 1))
    await opened
    host.breakOff()
    host.answer('runs.open', snapshot('a', 5, 'completed'))
    await settle()
    expect(steps(store)).toEqual([1, 2, 3, 4, 5])
    expect(store.run?.status).toBe('completed')
  })

  test('an end that was told is not undone by the late reply to the action that caused it', async () => {
    const host = scriptedHost()
    const store = useOpenRunStore()
    const opened = store.open('a')
    host.answer('runs.open', snapshot('a', 0))
    await opened
    const stopping = store.act('runs.cancel')
    host.tell({ name: 'run.changed', payload: { run: run('a', 'cancelled') } })
    host.answer('runs.cancel', run('a', 'running'))
    await stopping
    expect(store.run?.status).toBe('cancelled')
  })

  test('an end that was told while the snapshot was under way is kept', async () => {
    const host = scriptedHost()
    const store = useOpenRunStore()
    const opened = store.open('a')
    host.tell({ name: 'run.changed', payload: { run: run('a', 'failed') } })
    host.answer('runs.open', snapshot('a', 0, 'running'))
    await opened
    expect(store.run?.status).toBe('failed')
  })

  test('a run that is not there ends in an error that says so, and another one opens after it', async () => {
    const host = scriptedHost()
    const store = useOpenRunStore()
    const opened = store.open('a')
    host.answer('runs.open', undefined)
    await opened
    expect(store.state).toBe('error')
    const again = store.open('b')
    host.answer('runs.open', snapshot('b', 1))
    await again
    expect(store.state).toBe('ready')
    expect(store.run?.id).toBe('b')
  })
})

describe('the list of runs', () => {
  const listed = (...runs: Run[]): RunSummary[] => runs.map(summaryOf)
  test('it stays up to date by events and never asks for history again', async () => {
    const host = scriptedHost()
    const store = useRunsStore()
    host.answer('table.summaries', listed(run('a')))
    await settle()
    for (let index = 0; index < 50; index += 1) host.tell({ name: 'run.changed', payload: { run: { ...run('a'), durationMs: index } } })
    host.tell({ name: 'run.changed', payload: { run: run('b', 'queued') } })
    await settle()
    expect(store.list.map(({ id }) => id).sort()).toEqual(['a', 'b'])
    expect(store.byId.get('a')?.durationMs).toBe(49)
    host.tell({ name: 'run.removed', payload: { id: 'a' } })
    await settle()
    expect(store.list.map(({ id }) => id)).toEqual(['b'])
    expect(host.asked).toEqual(['table.summaries'])
  })

  test('what was told while the list was under way survives it', async () => {
    const host = scriptedHost()
    const store = useRunsStore()
    host.tell({ name: 'run.changed', payload: { run: run('a', 'completed') } })
    host.tell({ name: 'run.changed', payload: { run: run('new') } })
    host.tell({ name: 'run.removed', payload: { id: 'gone' } })
    host.tell({ name: 'runs.shelved', payload: { ids: ['b'], shelf: 'archive' } })
    host.answer('table.summaries', listed(run('a'), run('gone'), run('b')))
    await settle()
    expect(Object.fromEntries([...store.byId].map(([id, { status }]) => [id, status]))).toEqual({ a: 'completed', new: 'running', b: 'running' })
    expect(store.list.map(({ id }) => id).sort()).toEqual(['a', 'new'])
  })

  test('of several searches only the last is shown, and a query that cannot be read leaves the last that could', async () => {
    const host = scriptedHost()
    const store = useRunTableStore()
    host.answer('table.summaries', listed(run('a'), run('b')))
    await settle()
    void store.search('x')
    const last = store.search('b')
    await settle()
    host.answer('table.match', { ids: ['a'] })
    await settle()
    host.answer('table.match', { ids: ['b'] })
    await last
    expect(store.rows.map(({ id }) => id)).toEqual(['b'])
    const bad = store.search('b >')
    await settle()
    host.refuse('table.match', { code: 'query/value-missing', message: 'm', details: { query: 'b >', at: 2, length: 1 } })
    await bad
    expect(store.problem?.code).toBe('query/value-missing')
    expect(store.rows.map(({ id }) => id)).toEqual(['b'])
  })

  test('sorted by a metric, runs without it stand at the end both ways, and events go on from the column', async () => {
    const host = scriptedHost()
    const store = useRunTableStore()
    host.answer('table.summaries', listed(run('a'), run('b'), run('c')))
    await settle()
    const sorted = store.sortBy({ column: 'metric:train/elbo', descending: true })
    await settle()
    host.answer('table.columns', { ids: ['a', 'b', 'c'], columns: [Float64Array.of(1, Number.NaN, 2)] })
    await sorted
    expect(store.rows.map(({ id }) => id)).toEqual(['c', 'a', 'b'])
    await store.sortBy({ column: 'metric:train/elbo', descending: false })
    expect(store.rows.map(({ id }) => id)).toEqual(['a', 'c', 'b'])
    host.tell({ name: 'run.changed', payload: { run: { ...run('b'), metrics: { 'train/elbo': 0 } } } })
    await settle()
    await store.sortBy({ column: 'metric:train/elbo', descending: false })
    expect(store.rows.map(({ id }) => id)).toEqual(['b', 'a', 'c'])
  })
})

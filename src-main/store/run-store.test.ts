import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runSchema } from '@shared/domain/run'
import { runSpecSchema } from '@shared/domain/spec'
import { sentence } from '@shared/messages/messages'
import { sampleRun } from './sample-run'
import { openStore, type Store } from './store'

interface Problem {
  code: string
  details: { at: number; length: number } & Record<string, unknown>
}
function problemOf(action: () => unknown): Problem {
  try {
    action()
  } catch (error) {
    return error as unknown as Problem
  }
  throw new Error('nothing was wrong')
}

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-store-'))
  store = openStore(join(folder, 'latent.db'), folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const vae = runSpecSchema.parse({ dataset: 'digits', model: { kind: 'vae', latent: 16 }, inference: { kind: 'gradient' }, seed: 7 })

test('a run comes back as it was stored, and a change touches only its fields', () => {
  const run = sampleRun('r1', { tags: ['a', '乙'], warnings: [{ code: 'x/y', message: 'm', details: { n: 1 } }], converged: false })
  store.runs.insert(run)
  expect(store.runs.get('r1')).toEqual(run)
  const changed = store.runs.update('r1', { status: 'failed', error: { code: 'run/crashed', message: '', details: {} }, converged: true })
  expect(changed).toEqual({ ...run, status: 'failed', error: { code: 'run/crashed', message: '', details: {} }, converged: true })
  expect(runSchema.parse(changed)).toEqual(changed)
  expect(store.runs.get('nobody')).toBeNull()
})

test('lists are newest first, and total and matching are true beyond the page', () => {
  for (let index = 0; index < 30; index++) store.runs.insert(sampleRun(`r${index}`, { status: index % 3 === 0 ? 'failed' : 'completed' }))
  const page = store.runs.list('status:failed', 2, 3)
  expect(page).toMatchObject({ total: 30, matching: 10 })
  expect(page.runs.map((run) => run.id)).toEqual(['r21', 'r18', 'r15'])
})

test.each([
  ['', ['a', 'b', 'c']],
  ['faithful', ['a', 'c']],
  ['FAITH failed', ['c']],
  ['model:vae', ['b']],
  ['model.latent >= 16', ['b']],
  ['model.covariance = full', ['a', 'c']],
  ['seed = 7', ['b']],
  ['train/elbo > -100', ['b']],
  ['elbo < -100', []],
  ['elbo > -100 and status = completed', ['b']],
  ['tag:keep', ['a']],
  ['tag != keep', ['b', 'c']],
  ['status != completed', ['a', 'c']],
  ['converged = true', ['c']],
  ['name = "two words"', ['a']],
  ['"two words"', ['a']],
  [`"x' OR 1=1 --"`, []],
  [`name = "x' OR 1=1 --"`, []],
  ['created >= 2026-11-20', ['a', 'b', 'c']],
  ['status in (completed, failed) and (model = vae or converged = yes)', ['b', 'c']],
  ['not train/elbo > -100', ['a', 'c']],
  ['not (status = failed or tag:keep)', ['b']],
  ['MODEL.LATENT=16', ['b']],
  ['model.encoder.mlp : 2', ['b']],
  ['model.covariance != tied', ['a', 'c']],
  ['train/iwae > 0', []],
  ['name:two', ['a']],
  ['“two words”', ['a']],
])('the query %j finds %j', (query, ids) => {
  store.runs.insert(sampleRun('a', { name: 'two words', tags: ['keep', 'x'] }))
  store.runs.insert(sampleRun('b', { spec: vae, datasetName: 'digits', status: 'completed', metrics: { 'train/elbo': -20.5 } }))
  store.runs.insert(sampleRun('c', { status: 'failed', converged: true }))
  const found = store.runs.list(query, 0, 100)
  expect(found.runs.map((run) => run.id).sort()).toEqual(ids)
  expect(found.matching).toBe(ids.length)
  expect(found.total).toBe(3)
})

test.each([
  ['elbo > apple', 'query/not-a-number', 'apple'],
  ['seed = x', 'query/not-a-number', 'x'],
  ['model.latnet > 3', 'query/unknown-field', 'model.latnet'],
  ['elbo >', 'query/value-missing', '>'],
  ['elbo == 3', 'query/operator', '=='],
  ['> 3', 'query/field-missing', '>'],
  ['3 > elbo', 'query/field-name', '3'],
  ['status = completed and', 'query/nothing-after', 'and'],
  ['or failed', 'query/unexpected', 'or'],
  ['(status = failed', 'query/parenthesis-open', '('],
  ['status = failed)', 'query/parenthesis-close', ')'],
  ['name = "two words', 'query/quote-open', '"two words'],
  ['status in (a, )', 'query/value-missing', ','],
  ['not', 'query/nothing-after', 'not'],
  ["x' OR 1=1 --", 'query/field-name', '1'],
])('of the bad query %j it says what is wrong and where', (query, code, part) => {
  store.runs.insert(sampleRun('b', { spec: vae, metrics: { 'train/elbo': -20.5 } }))
  const error = problemOf(() => store.runs.list(query, 0, 1))
  expect(error).toMatchObject({ code, details: { part } })
  expect(query.slice(error.details.at, error.details.at + error.details.length)).toBe(part)
  expect(sentence(code, error.details, 'zh')).toMatch(new RegExp(`第 ${error.details.at + 1} 个字符`))
})

test('a misspelt field is told the nearest name there is', () => {
  store.runs.insert(sampleRun('b', { spec: vae, metrics: { 'train/elbo': -20.5 } }))
  expect(problemOf(() => store.runs.list('model.latnet > 3', 0, 1)).details).toMatchObject({ nearest: 'model.latent' })
  expect(problemOf(() => store.runs.list('train/ebo > 3', 0, 1)).details).toMatchObject({ nearest: 'train/elbo' })
})

test('removing a run removes its points and artifacts, and only its own', () => {
  for (const id of ['r1', 'r2']) {
    store.runs.insert(sampleRun(id))
    store.metrics.append(id, [{ key: 'train/elbo', step: 0, value: 1 }])
    store.runs.putArtifact(id, { name: 'pictures-1', kind: 'pictures', step: 1, bytes: 10 })
    store.runs.putArtifact(id, { name: 'pictures-1', kind: 'pictures', step: 1, bytes: 20 })
  }
  store.runs.remove('r1')
  expect(store.runs.get('r1')).toBeNull()
  expect(store.runs.artifacts('r1')).toEqual([])
  expect(store.runs.artifacts('r2')).toEqual([{ name: 'pictures-1', kind: 'pictures', step: 1, bytes: 20 }])
  expect(store.metrics.read('r2')).toEqual({ 'train/elbo': { step: [0], value: [1] } })
})

test('10,000 runs are listed and searched without touching their points', () => {
  store.together(() => {
    for (let index = 0; index < 10_000; index++) store.runs.insert(sampleRun(`r${index}`, { metrics: { 'train/elbo': -index } }))
  })
  const start = performance.now()
  const found = store.runs.list('train/elbo > -50.5', 0, 100)
  const searched = performance.now() - start
  const all = store.runs.list('', 0, 10_000)
  console.info(`10,000 runs: search ${searched.toFixed(0)} ms, whole list ${(performance.now() - start - searched).toFixed(0)} ms`)
  expect(found.matching).toBe(51)
  expect(all.runs).toHaveLength(10_000)
})

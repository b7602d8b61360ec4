import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Selection, SelectionUnit } from '@shared/domain/selection'
import { runSpecSchema } from '@shared/domain/spec'
import { migrations } from './migrations/migrations'
import { openDatabase } from './open-database'
import { openStore, type Store } from './store'

let folder: string
let store: Store
const path = (): string => join(folder, 'latent.db')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latent-store-'))
  store = openStore(path(), folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const spec = runSpecSchema.parse({ dataset: 'd', model: { kind: 'gaussian-mixture' }, inference: { kind: 'em' } })
const selection = (id: string): Selection => ({
  ...{ id, name: id, status: 'queued', question: { kind: 'bootstrap', spec, run: 'r', resampling: 'nonparametric', replicates: 9, confidence: 0.95 } },
  ...{ datasetId: 'd', datasetName: 'd', datasetSha256: '', createdAt: `2026-01-0${id}`, startedAt: null, endedAt: null, durationMs: null, progress: null, error: null },
})
const unit = (index: number, value: number): SelectionUnit => ({ kind: 'replicate', index, parameters: { weights: [value] }, reason: null })

test('a selection and its units are there again after a restart, newest first', () => {
  store.selections.insert(selection('1'))
  store.selections.insert(selection('2'))
  store.selections.putUnit('1', unit(0, 0.5))
  store.selections.putUnit('1', unit(1, NaN))
  store.selections.update('1', { status: 'cancelled' })
  store.close()
  store = openStore(path(), folder)
  expect(store.selections.list().map(({ id }) => id)).toEqual(['2', '1'])
  expect(store.selections.get('1')).toEqual({ ...selection('1'), status: 'cancelled' })
  expect(store.selections.units('1')).toEqual([unit(0, 0.5), { ...unit(1, 0), parameters: { weights: [null] } }])
  expect(store.selections.withStatus('queued').map(({ id }) => id)).toEqual(['2'])
})

test('a unit that is fitted again takes the place of the first', () => {
  store.selections.insert(selection('1'))
  store.selections.putUnit('1', unit(3, 1))
  store.selections.putUnit('1', unit(3, 2))
  expect(store.selections.units('1')).toEqual([unit(3, 2)])
})

test('units go with their selection', () => {
  store.selections.insert(selection('1'))
  store.selections.putUnit('1', unit(0, 1))
  store.selections.remove('1')
  expect(store.selections.get('1')).toBeNull()
  expect(store.selections.units('1')).toEqual([])
})

test('a database of the first version gets a place for selections and keeps its rows', () => {
  const old = join(folder, 'old.db')
  const first = openDatabase(old, folder, migrations.slice(0, 1))
  first.exec("INSERT INTO datasets (id, name, sha256, createdAt, document) VALUES ('d', 'd', '', '', '{}')")
  first.close()
  const later = openStore(old, folder)
  later.selections.insert(selection('1'))
  expect(later.selections.list()).toHaveLength(1)
  expect(later.datasets.get('d')).not.toBeNull()
  later.close()
})

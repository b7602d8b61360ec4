import type { Dataset } from '@shared/domain/dataset'
import type { DatasetStore } from './dataset-store-types'
import type { SqliteDatabase } from './open-database'

interface Row {
  document: string
}
const parse = (row: Row): Dataset => JSON.parse(row.document) as Dataset
const parseOrNull = (row: Row | undefined): Dataset | null => (row ? parse(row) : null)

export function createDatasetStore(database: SqliteDatabase): DatasetStore {
  const insert = database.prepare(
    'INSERT INTO datasets (id, name, sha256, createdAt, document) VALUES (@id, @name, @sha256, @createdAt, @document)',
  )
  const update = database.prepare('UPDATE datasets SET name = @name, document = @document WHERE id = @id')
  const byId = database.prepare<{ id: string }, Row>('SELECT document FROM datasets WHERE id = @id')
  const byName = database.prepare<{ name: string }, Row>('SELECT document FROM datasets WHERE name = @name')
  const bySha = database.prepare<{ sha256: string }, Row>('SELECT document FROM datasets WHERE sha256 = @sha256 ORDER BY createdAt, id')
  const all = database.prepare<[], Row>('SELECT document FROM datasets ORDER BY createdAt, id')
  const remove = database.prepare<{ id: string }>('DELETE FROM datasets WHERE id = @id')
  const runsUsing = database.prepare<{ id: string }, { id: string }>('SELECT id FROM runs WHERE datasetId = @id ORDER BY number')
  return {
    insert: (dataset) => {
      const { id, name, sha256, createdAt } = dataset
      insert.run({ id, name, sha256, createdAt, document: JSON.stringify(dataset) })
    },
    update: (dataset) => void update.run({ id: dataset.id, name: dataset.name, document: JSON.stringify(dataset) }),
    get: (id) => parseOrNull(byId.get({ id })),
    findByName: (name) => parseOrNull(byName.get({ name })),
    findBySha: (sha256) => parseOrNull(bySha.get({ sha256 })),
    list: () => all.all().map(parse),
    remove: (id) => void remove.run({ id }),
    runsUsing: (id) => runsUsing.all({ id }).map((row) => row.id),
  }
}

import type { Selection, SelectionStatus, SelectionUnit } from '@shared/domain/selection'
import { unitKey } from '@shared/domain/selection-units'
import type { SqliteDatabase } from './open-database'

export interface SelectionStore {
  insert(selection: Selection): void
  get(id: string): Selection | null
  /** Writes the given fields and returns the whole selection. */
  update(id: string, change: Partial<Selection>): Selection
  remove(id: string): void
  /** Newest first. */
  list(): Selection[]
  withStatus(...statuses: SelectionStatus[]): Selection[]
  /** Keeps what a unit gave; one that is fitted again takes the place of the first. */
  putUnit(id: string, unit: SelectionUnit): void
  /** In the order they were done. */
  units(id: string): SelectionUnit[]
}

interface Row {
  document: string
}

const parsed = ({ document }: Row): Selection => JSON.parse(document) as Selection
/** SQLite has no place for a value that is not finite, and JSON neither. */
const withoutNonFinite = (_key: string, value: unknown): unknown => (typeof value === 'number' && !Number.isFinite(value) ? null : value)

export function createSelectionStore(database: SqliteDatabase): SelectionStore {
  const insert = database.prepare(
    'INSERT INTO selections (id, status, datasetId, createdAt, document) VALUES (@id, @status, @datasetId, @createdAt, @document)',
  )
  const get = database.prepare<{ id: string }, Row>('SELECT document FROM selections WHERE id = @id')
  const update = database.prepare('UPDATE selections SET status = @status, document = @document WHERE id = @id')
  const remove = database.prepare<{ id: string }>('DELETE FROM selections WHERE id = @id')
  const list = database.prepare<[], Row>('SELECT document FROM selections ORDER BY number DESC')
  const byStatus = database.prepare<{ statuses: string }, Row>(
    'SELECT document FROM selections WHERE status IN (SELECT value FROM json_each(@statuses)) ORDER BY number',
  )
  const putUnit = database.prepare(
    `INSERT INTO selectionUnits (selection, name, document) SELECT number, @name, @document FROM selections WHERE id = @id
     ON CONFLICT (selection, name) DO UPDATE SET document = excluded.document`,
  )
  const units = database.prepare<{ id: string }, Row>(
    'SELECT document FROM selectionUnits WHERE selection = (SELECT number FROM selections WHERE id = @id) ORDER BY number',
  )
  const one = (id: string): Selection | null => {
    const row = get.get({ id })
    return row ? parsed(row) : null
  }
  return {
    insert: (selection) => {
      const { id, status, datasetId, createdAt } = selection
      insert.run({ id, status, datasetId, createdAt, document: JSON.stringify(selection, withoutNonFinite) })
    },
    get: one,
    update: (id, change) => {
      const before = one(id)
      if (!before) throw new Error(`selection ${id} is not stored`)
      const selection = { ...before, ...change }
      update.run({ id, status: selection.status, document: JSON.stringify(selection, withoutNonFinite) })
      return selection
    },
    remove: (id) => void remove.run({ id }),
    list: () => list.all().map(parsed),
    withStatus: (...statuses) => byStatus.all({ statuses: JSON.stringify(statuses) }).map(parsed),
    putUnit: (id, unit) => void putUnit.run({ id, name: unitKey(unit), document: JSON.stringify(unit, withoutNonFinite) }),
    units: (id) => units.all({ id }).map(({ document }) => JSON.parse(document) as SelectionUnit),
  }
}

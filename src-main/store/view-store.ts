import type { SavedView, TableView } from '@shared/domain/run-table'
import type { SqliteDatabase } from './open-database'

/** Ways of looking at the table of runs, by name. */
export interface ViewStore {
  list(): SavedView[]
  /** In the place of one of the same name. */
  save(view: SavedView): void
  /** Whether there was one. */
  remove(name: string): boolean
}

export function createViewStore(database: SqliteDatabase): ViewStore {
  const list = database.prepare<[], { name: string; document: string }>('SELECT name, document FROM views ORDER BY name')
  const save = database.prepare('INSERT INTO views (name, document) VALUES (@name, @document) ON CONFLICT (name) DO UPDATE SET document = excluded.document')
  const remove = database.prepare('DELETE FROM views WHERE name = @name')
  return {
    list: () => list.all().map(({ name, document }) => ({ name, view: JSON.parse(document) as TableView })),
    save: ({ name, view }) => void save.run({ name, document: JSON.stringify(view) }),
    remove: (name) => remove.run({ name }).changes > 0,
  }
}

import { AppError } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { Store } from '../store/store'

/** The table of runs and the ways of looking at it that were saved. */
export function createRunTableMethods({ table, views }: Pick<Store, 'table' | 'views'>): MethodsOf<'table'> & MethodsOf<'views'> {
  return {
    'table.summaries': () => table.summaries(),
    'table.match': ({ query, shelf }) => ({ ids: table.members(query, shelf).map(({ id }) => id) }),
    'table.columns': ({ keys }) => table.columns(keys),
    'table.names': () => table.names(),
    'table.varying': ({ query, shelf }) => table.varying(query, shelf),
    'views.list': () => views.list(),
    'views.save': (view) => {
      views.save(view)
      return views.list()
    },
    'views.remove': ({ name }) => {
      if (!views.remove(name)) throw new AppError('view/not-found', { name, known: views.list().map((view) => view.name).join(', ') || '–' })
      return views.list()
    },
  }
}

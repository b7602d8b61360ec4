import { shallowRef, type ShallowRef } from 'vue'
import { isTerminal, type Shelf } from '@shared/domain/run'
import { confirmed, tell } from '../../composables/confirm'
import { count } from '../../i18n/format'
import { useWords } from '../../i18n/i18n'
import { noticeOf } from '../../stores/notice'
import { useRunTableStore } from '../../stores/run-table'
import { useRunsStore } from '../../stores/runs'

export interface Shelving {
  /** What was done last, until it is undone or forgotten. */
  done: ShallowRef<{ text: string; moved: { id: string; from: Shelf }[] } | null>
  move: (ids: readonly string[], shelf: Shelf) => Promise<void>
  undo: () => Promise<void>
  forget: () => void
  deleteForEver: (ids: readonly string[]) => Promise<void>
}

/** Runs to the archive, to the trash and back, with a way back from each. */
export function useShelving(): Shelving {
  const { t, language, say } = useWords()
  const runs = useRunsStore()
  const table = useRunTableStore()
  const done: Shelving['done'] = shallowRef(null)
  const fail = (caught: unknown): void => tell(say(noticeOf(caught)), 'error')

  async function move(ids: readonly string[], shelf: Shelf): Promise<void> {
    const able = shelf === 'trash' ? ids.filter((id) => isTerminal(runs.byId.get(id)!.status)) : [...ids]
    if (able.length < ids.length) tell(t('table.activeStay', { count: ids.length - able.length }), 'error')
    if (able.length === 0) return
    try {
      const moved = await runs.shelve(able, shelf)
      const gone = new Set(able)
      table.selected = new Set([...table.selected].filter((id) => !gone.has(id)))
      done.value = { text: t(`table.moved.${shelf}`, { count: count(moved.length, language.value) }), moved }
    } catch (caught) {
      fail(caught)
    }
  }
  async function undo(): Promise<void> {
    const last = done.value
    if (!last) return
    done.value = null
    try {
      for (const shelf of new Set(last.moved.map(({ from }) => from))) {
        await runs.shelve(last.moved.flatMap(({ id, from }) => (from === shelf && runs.byId.has(id) ? [id] : [])), shelf)
      }
    } catch (caught) {
      fail(caught)
    }
  }
  async function deleteForEver(ids: readonly string[]): Promise<void> {
    const question = { title: t('runs.removeTitle', { count: ids.length }), text: t('runs.removeText'), yes: t('table.forEver'), no: t('common.cancel') }
    if (!(await confirmed(question))) return
    try {
      for (const id of ids) await runs.remove(id)
      table.selected = new Set()
    } catch (caught) {
      fail(caught)
    }
  }
  return { done, move, undo, forget: () => void (done.value = null), deleteForEver }
}

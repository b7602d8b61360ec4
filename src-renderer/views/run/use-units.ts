import type { Run } from '@shared/domain/run'
import { type WayBack, turnsParameters, turnsPoints, usualUnits } from '@shared/domain/way-back'
import { type ComputedRef, computed, watch } from 'vue'
import { type UnitsWanted, useUnitsStore } from '../../stores/units'

/** Whether a view shows parameters of a model or rows alone, which go back through more. */
export type UnitsOf = 'parameters' | 'points'

export interface Units {
  of: UnitsOf
  /** Null where nothing was changed. */
  way: ComputedRef<WayBack | null>
  /** Whether there is a choice. */
  turns: ComputedRef<boolean>
  shown: ComputedRef<UnitsWanted>
  /** Turns an answer into the units that are shown. */
  told<T>(turn: (way: WayBack, answer: T) => T, answer: T): T
}

/** Pictures look the same in all units, unless pixels were mixed with each other. */
const isPicture = ({ imageShape, steps }: WayBack): boolean => imageShape !== null && steps.every(({ kind }) => kind === 'affine')

/** What can be shown by a way back, and what is. */
export function unitsBy(found: () => WayBack | null, of: UnitsOf): Units {
  const store = useUnitsStore()
  const way = computed(() => {
    const own = found()
    return own && !isPicture(own) ? own : null
  })
  const turns = computed(() => way.value !== null && (of === 'points' ? turnsPoints(way.value) : turnsParameters(way.value)))
  const shown = computed(() => (turns.value ? (store.wanted ?? usualUnits(way.value!)) : 'model'))
  return { of, way, turns, shown, told: (turn, answer) => (shown.value === 'file' ? turn(way.value!, answer) : answer) }
}

/** The units in which a view of a fitted run shows what it shows; not ready while it is not known which there are. */
export function useUnits(run: () => Run, of: UnitsOf): Units & { ready: ComputedRef<boolean> } {
  const store = useUnitsStore()
  const changes = computed(() => run().spec.preprocess.length > 0)
  watch(
    () => [run().id, run().status] as const,
    ([, status]) => changes.value && status === 'completed' && void store.open(run()),
    { immediate: true },
  )
  return {
    ...unitsBy(() => (changes.value && store.id === run().id ? store.way : null), of),
    ready: computed(() => !changes.value || run().status !== 'completed' || (store.id === run().id && (store.way !== null || store.error !== null))),
  }
}

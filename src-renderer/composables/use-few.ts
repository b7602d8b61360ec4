import { computed, type ComputedRef, ref, watch } from 'vue'

export interface Few<T> {
  shown: ComputedRef<readonly T[]>
  /** How many are not shown. */
  left: ComputedRef<number>
  showAll: () => void
}

/** The first so many of a long list until all of them are asked for; a new list begins short again. */
export function useFew<T>(list: () => readonly T[], atFirst: number): Few<T> {
  const isWhole = ref(false)
  watch(list, () => (isWhole.value = false))
  const shown = computed(() => (isWhole.value ? list() : list().slice(0, atFirst)))
  return { shown, left: computed(() => list().length - shown.value.length), showAll: () => void (isWhole.value = true) }
}

import { computed, onMounted, onScopeDispose, ref, type ComputedRef, type Ref } from 'vue'

export interface VisibleColumns {
  first: ComputedRef<number>
  last: ComputedRef<number>
  before: ComputedRef<number>
  after: ComputedRef<number>
  total: ComputedRef<number>
  onScroll: () => void
}

/** Which columns of given widths lie in the window of a scrolling element, beside one of `pinned` pixels that stays; one to spare on each side. */
export function useVisibleColumns(element: Readonly<Ref<HTMLElement | null>>, widths: () => readonly number[], pinned: number): VisibleColumns {
  const left = ref(0)
  const width = ref(1400)
  const onScroll = (): void => {
    left.value = element.value?.scrollLeft ?? 0
  }
  const observer = new ResizeObserver(() => (width.value = element.value?.clientWidth ?? 1400))
  onMounted(() => {
    if (element.value) observer.observe(element.value)
  })
  onScopeDispose(() => observer.disconnect())

  /** Where each column begins, and the end of the last. */
  const starts = computed(() => {
    const edges = [0]
    for (const one of widths()) edges.push(edges.at(-1)! + one)
    return edges
  })
  const total = computed(() => starts.value.at(-1)!)
  /** The last column that begins at or before a place. */
  function at(place: number): number {
    let low = 0
    let high = starts.value.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts.value[middle]! <= place) low = middle
      else high = middle - 1
    }
    return low
  }
  const count = computed(() => starts.value.length - 1)
  const first = computed(() => Math.max(0, Math.min(count.value, at(left.value)) - 1))
  const last = computed(() => Math.min(count.value, at(left.value + Math.max(0, width.value - pinned)) + 2))
  return { first, last, before: computed(() => starts.value[first.value]!), after: computed(() => total.value - starts.value[last.value]!), total, onScroll }
}

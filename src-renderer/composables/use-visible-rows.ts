import { computed, onMounted, onScopeDispose, ref, type ComputedRef, type Ref } from 'vue'

export interface VisibleRows {
  first: ComputedRef<number>
  last: ComputedRef<number>
  before: ComputedRef<number>
  after: ComputedRef<number>
  onScroll: () => void
}

/** Which rows of equal height lie in the window of a scrolling element, with a few to spare. */
export function useVisibleRows(element: Readonly<Ref<HTMLElement | null>>, rowCount: () => number, rowHeight: number): VisibleRows {
  const top = ref(0)
  const height = ref(800)
  const spare = 8
  const onScroll = (): void => {
    top.value = element.value?.scrollTop ?? 0
  }
  const observer = new ResizeObserver(() => (height.value = element.value?.clientHeight ?? 800))
  onMounted(() => {
    if (element.value) observer.observe(element.value)
  })
  onScopeDispose(() => observer.disconnect())

  const first = computed(() => Math.max(0, Math.min(rowCount() - 1, Math.floor(top.value / rowHeight) - spare)))
  const last = computed(() => Math.min(rowCount(), Math.ceil((top.value + height.value) / rowHeight) + spare))
  return {
    first,
    last,
    before: computed(() => first.value * rowHeight),
    after: computed(() => Math.max(0, rowCount() - last.value) * rowHeight),
    onScroll,
  }
}

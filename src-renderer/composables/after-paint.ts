import { ref, type Ref, watch } from 'vue'
import { oncePerFrame } from './once-per-frame'

/** Resolves when what was just set is on the screen: what is wanted next does not hold it up. At once where there is no screen. */
export const afterPaint = (): Promise<void> =>
  new Promise((next) => {
    if (typeof requestAnimationFrame === 'undefined') next()
    else oncePerFrame(() => setTimeout(next, 0))()
  })

/** Whether what is there at once is on the screen: long tables and heavy pictures come after it. Begins anew whenever `isThere` does. */
export function usePainted(isThere: () => boolean): Readonly<Ref<boolean>> {
  const isPainted = ref(false)
  watch(isThere, (there) => {
    isPainted.value = false
    // two frames: what is drawn in the first is handed to the screen before the second
    if (there) void afterPaint().then(afterPaint).then(() => (isPainted.value = isThere()))
  }, { immediate: true, flush: 'post' })
  return isPainted
}

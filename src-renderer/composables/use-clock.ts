import { onScopeDispose, readonly, ref, type Ref } from 'vue'

/** The time now, renewed every `everyMs`, for ages and running durations. */
export function useClock(everyMs: number): Readonly<Ref<number>> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), everyMs)
  onScopeDispose(() => clearInterval(timer))
  return readonly(now)
}

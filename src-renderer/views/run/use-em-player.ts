import { computed, onBeforeUnmount, ref, watch, type ComputedRef, type Ref } from 'vue'

/** At most so many iterations are played half step by half step. */
const mostHalves = 60

/** What can be shown half step by half step: 2i is iteration i after its E-step, 2i − 1 the M-step that led to it. */
export interface HalfSteps {
  id: string | null
  half: number
  iterations: number
  show: (half: number) => Promise<void>
}

export interface EmPlayer {
  iterations: ComputedRef<number>
  /** Where the slider stands; the picture follows as frames arrive. */
  iteration: ComputedRef<number>
  half: ComputedRef<number>
  /** The iteration that is shown, and which step made it. */
  shown: ComputedRef<number>
  step: ComputedRef<'E' | 'M'>
  playing: Ref<boolean>
  play: () => void
  show: (half: number) => void
}

/** Moves through the iterations of EM by hand or by itself. */
export function useEmPlayer(of: () => HalfSteps): EmPlayer {
  const wanted = ref<number | null>(null)
  const playing = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const iterations = computed(() => of().iterations)
  const half = computed(() => wanted.value ?? of().half)
  const step = computed((): 'E' | 'M' => (of().half % 2 === 0 ? 'E' : 'M'))
  const shown = computed(() => Math.ceil(of().half / 2))

  async function moveTo(next: number): Promise<void> {
    wanted.value = Math.max(0, Math.min(2 * iterations.value, next))
    const asked = wanted.value
    await of().show(asked)
    if (wanted.value === asked) wanted.value = null
  }
  function show(next: number): void {
    stop()
    void moveTo(next)
  }
  function stop(): void {
    playing.value = false
    clearTimeout(timer)
  }
  function play(): void {
    if (playing.value) return stop()
    playing.value = true
    const byHalves = iterations.value <= mostHalves
    const stride = byHalves ? 1 : 2 * Math.max(1, Math.round(iterations.value / 150))
    const pauseMs = Math.max(90, Math.min(600, 9000 / Math.max(1, (2 * iterations.value) / stride)))
    const advance = async (next: number): Promise<void> => {
      await moveTo(next)
      if (!playing.value) return
      if (half.value >= 2 * iterations.value) return stop()
      timer = setTimeout(() => void advance(half.value + stride), pauseMs)
    }
    void advance(half.value >= 2 * iterations.value ? 0 : half.value + stride)
  }
  watch(
    () => of().id,
    () => {
      stop()
      wanted.value = null
    },
  )
  onBeforeUnmount(stop)
  return { iterations, iteration: computed(() => Math.ceil(half.value / 2)), half, shown, step, playing, play, show }
}

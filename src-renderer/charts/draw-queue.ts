/** Of a frame of 16 ms; the rest is for what else the window does. */
const budgetMs = 6

/** Set where there is no window. */
export interface FrameClock {
  now: () => number
  onFrame: (call: () => void) => void
}
const windowClock: FrameClock = { now: () => performance.now(), onFrame: (call) => void requestAnimationFrame(call) }

export interface DrawQueue {
  /** Draws once, soon, however often it is asked for until then. */
  ask: (draw: () => void) => void
  forget: (draw: () => void) => void
}

/**
 * Pictures that are to be drawn anew, in the order asked for. A frame draws as many as fit its budget, at least one: where twenty charts change
 * ten times a second, none waits for long and no frame holds up the window.
 */
export function createDrawQueue({ now, onFrame }: FrameClock = windowClock): DrawQueue {
  const waiting = new Set<() => void>()
  let isScheduled = false
  const schedule = (): void => {
    if (isScheduled || waiting.size === 0) return
    isScheduled = true
    onFrame(drawSome)
  }
  function drawSome(): void {
    isScheduled = false
    const begun = now()
    for (const draw of waiting) {
      waiting.delete(draw)
      try {
        draw()
      } finally {
        schedule()
      }
      if (now() - begun >= budgetMs) return
    }
  }
  return {
    ask(draw) {
      waiting.add(draw)
      schedule()
    },
    forget: (draw) => void waiting.delete(draw),
  }
}

/** Of all charts of the window. */
export const drawQueue = createDrawQueue()

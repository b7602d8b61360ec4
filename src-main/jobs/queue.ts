/** Runs wait here for one of a few places, first come, first served. */
export interface Queue {
  add(id: string): void
  /** Takes a waiting one out; false where it is not waiting. */
  remove(id: string): boolean
  isWaiting(id: string): boolean
  size(): { waiting: number; active: number }
  /** There may be more places than before. */
  refill(): void
  /** Starts nothing any more. */
  close(): void
}

/** `start` settles when the place is free again; it does not reject. */
export function createQueue(places: () => number, start: (id: string) => Promise<void>): Queue {
  const waiting: string[] = []
  let active = 0
  let isClosed = false

  function fill(): void {
    while (!isClosed && active < places()) {
      const id = waiting.shift()
      if (id === undefined) return
      active++
      void start(id).finally(() => {
        active--
        fill()
      })
    }
  }
  return {
    add: (id) => {
      if (waiting.includes(id)) return
      waiting.push(id)
      fill()
    },
    remove: (id) => {
      const index = waiting.indexOf(id)
      if (index >= 0) waiting.splice(index, 1)
      return index >= 0
    },
    isWaiting: (id) => waiting.includes(id),
    size: () => ({ waiting: waiting.length, active }),
    refill: fill,
    close: () => {
      isClosed = true
    },
  }
}

/** How many runs go on at once, and with how many threads each. */
export function shareCores(cores: number, parallelRuns?: number): { parallelRuns: number; threadsPerRun: number } {
  const parallel = parallelRuns ?? (cores <= 2 ? 1 : Math.floor(cores / 2))
  return { parallelRuns: parallel, threadsPerRun: Math.max(1, Math.floor(cores / parallel)) }
}

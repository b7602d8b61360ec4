/**
 * Lets one call be under way at a time; of those asked for meanwhile only the newest is made. A caller that was overtaken gets undefined.
 */
export function newestWins<Input, Output>(call: (input: Input) => Promise<Output>): (input: Input) => Promise<Output | undefined> {
  let busy = false
  let waiting: { input: Input; start: () => void; drop: () => void } | undefined

  const turn = (input: Input): Promise<boolean> => {
    if (!busy) return Promise.resolve(true)
    waiting?.drop()
    return new Promise((resolve) => {
      waiting = { input, start: () => resolve(true), drop: () => resolve(false) }
    })
  }

  return async (input) => {
    const granted = turn(input)
    busy = true
    if (!(await granted)) return undefined
    try {
      return await call(input)
    } finally {
      const next = waiting
      waiting = undefined
      if (next) next.start()
      else busy = false
    }
  }
}

/** What could not be stored, tried again until it can be: a disk that is full may be freed while the program goes on. */
export interface LateWrites {
  /** Throws nothing; false where it could not be written now. A later one of the same key takes its place. */
  write(key: string, action: () => void): boolean
  /** Tries what is left at once. */
  flush(): void
  close(): void
}

const againMs = 2000

export function createLateWrites(): LateWrites {
  const left = new Map<string, () => void>()
  let timer: NodeJS.Timeout | undefined

  function attempt(key: string, action: () => void): boolean {
    try {
      action()
      left.delete(key)
      return true
    } catch (error) {
      if (!left.has(key)) process.stderr.write(`${key} could not be stored: ${(error as Error).message}\n`)
      left.set(key, action)
      timer ??= setInterval(flush, againMs).unref()
      return false
    }
  }
  function flush(): void {
    for (const [key, action] of [...left]) attempt(key, action)
    if (left.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  return {
    write: attempt,
    flush,
    close: () => {
      flush()
      clearInterval(timer)
    },
  }
}

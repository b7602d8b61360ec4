import { setImmediate } from 'node:timers/promises'

/** Thrown inside a fit when the user asked it to stop. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}

/** How a fit hears of pause and cancel: it calls `yield` often, which lets messages in every 50 ms. */
export class Control {
  #cancelled = false
  #paused: { promise: Promise<void>; release: () => void } | null = null
  #lastYield = performance.now()

  #rung: (() => void) | null = null

  constructor(readonly onPause: (paused: boolean) => void) {}

  cancel(): void {
    this.#cancelled = true
    this.resume()
    this.goOn()
  }

  pause(): void {
    if (this.#paused) return
    let release!: () => void
    const promise = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#paused = { promise, release }
  }

  resume(): void {
    this.#paused?.release()
    this.#paused = null
  }

  /** Waits until the host says that the run is worth going on with. */
  async waitForWord(): Promise<void> {
    if (!this.#cancelled) await new Promise<void>((resolve) => (this.#rung = resolve))
    if (this.#cancelled) throw new Cancelled()
  }

  goOn(): void {
    this.#rung?.()
    this.#rung = null
  }

  readonly yield = async (): Promise<void> => {
    const now = performance.now()
    if (now - this.#lastYield >= 50) {
      await setImmediate()
      this.#lastYield = performance.now()
    }
    if (this.#paused && !this.#cancelled) {
      this.onPause(true)
      await this.#paused.promise
      if (!this.#cancelled) this.onPause(false)
    }
    if (this.#cancelled) throw new Cancelled()
  }
}

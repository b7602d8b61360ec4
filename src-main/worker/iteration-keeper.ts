/** Keeps what there is of every iteration; when that would fill too much, of every second, fourth, … and of the latest. */
export class IterationKeeper<Kept extends { iteration: number }> {
  items: Kept[] = []
  stride = 1
  #bytesEach = 0

  constructor(readonly mostBytes = 64e6) {}

  fullBytes(iterations: number): number {
    return (iterations + 1) * this.#bytesEach
  }

  keep(item: Kept): void {
    const last = this.items.at(-1)
    // The latest iteration is always kept, so that the picture ends where the fit does.
    if (last && last.iteration % this.stride !== 0) this.items.pop()
    this.#bytesEach ||= bytesIn(item)
    this.items.push(item)
    while (this.items.length > 2 && this.items.length * this.#bytesEach > this.mostBytes) {
      this.stride *= 2
      this.items = this.items.filter((kept) => kept.iteration % this.stride === 0 || kept === item)
    }
  }
}

/** Of all arrays in a value, however deep. */
export function bytesIn(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce<number>((sum, part) => sum + bytesIn(part), 0)
}

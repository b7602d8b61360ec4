/** Points of one metric that only ever grow at the end; room doubles, so appending is cheap and charts read typed arrays. */
export class GrowingSeries {
  #step: Float64Array
  #value: Float64Array
  #length = 0

  constructor(step: readonly number[] = [], value: readonly (number | null)[] = []) {
    const room = Math.max(64, step.length)
    this.#step = new Float64Array(room)
    this.#value = new Float64Array(room)
    for (let index = 0; index < step.length; index += 1) this.append(step[index]!, value[index] ?? null)
  }

  get length(): number {
    return this.#length
  }

  get step(): Float64Array {
    return this.#step.subarray(0, this.#length)
  }

  get value(): Float64Array {
    return this.#value.subarray(0, this.#length)
  }

  get last(): number | null {
    return this.#length === 0 ? null : this.#value[this.#length - 1]!
  }

  /** A step at or before the last one means that a resume removed what came after: the tail is replaced. */
  append(step: number, value: number | null): void {
    while (this.#length > 0 && this.#step[this.#length - 1]! >= step) this.#length -= 1
    if (this.#length === this.#step.length) this.#grow()
    this.#step[this.#length] = step
    this.#value[this.#length] = value ?? Number.NaN
    this.#length += 1
  }

  #grow(): void {
    const step = new Float64Array(this.#step.length * 2)
    const value = new Float64Array(this.#value.length * 2)
    step.set(this.#step)
    value.set(this.#value)
    this.#step = step
    this.#value = value
  }
}

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'

/** Numbers in row-major order, in blocks of whole rows, that need not lie in memory: every walk reads them anew. */
export interface NumberBlocks {
  readonly length: number
  walk(): Iterable<Float64Array>
}

export type Numbers = Float64Array | NumberBlocks

export const isInMemory = (numbers: Numbers): numbers is Float64Array => numbers instanceof Float64Array

export const blocksOf = (numbers: Numbers): Iterable<Float64Array> => (isInMemory(numbers) ? [numbers] : numbers.walk())

/** More numbers than this stay on disk while a file is read: 512 MB. */
export const mostHeld = 2 ** 26

/** The numbers themselves where they are few, else a way to walk over them. */
export function heldWhereFew(blocks: NumberBlocks, most = mostHeld): Numbers {
  if (blocks.length > most) return blocks
  const all = new Float64Array(blocks.length)
  let at = 0
  for (const block of blocks.walk()) {
    all.set(block, at)
    at += block.length
  }
  return all
}

/** Arrays of one length, added one by one and asked for by number; beyond `most` numbers in all they go to a file, if there is one. */
export class BlockStore {
  #held: Float64Array[] = []
  #spilled = 0
  #file: number | null = null
  #cached: { index: number; block: Float64Array } | null = null

  constructor(
    readonly cells: number,
    /** Where blocks go that memory is not to hold; null keeps all. The file is ours, and goes with `close`. */
    readonly path: string | null = null,
    readonly most = mostHeld,
  ) {}

  get length(): number {
    return this.#spilled + this.#held.length
  }

  /** A new last block, to be filled; the one before it is not written to any more. */
  add(): Float64Array {
    if (this.path !== null && this.#held.length > 0 && this.length * this.cells >= this.most) this.#spill()
    const block = new Float64Array(this.cells)
    this.#held.push(block)
    return block
  }

  /** Only until the next is asked for. */
  at(index: number): Float64Array {
    if (index >= this.#spilled) return this.#held[index - this.#spilled]!
    if (this.#cached?.index === index) return this.#cached.block
    const block = this.#cached?.block ?? new Float64Array(this.cells)
    readFully(this.#file!, block, index * this.cells * 8)
    this.#cached = { index, block }
    return block
  }

  close(): void {
    if (this.#file === null) return
    closeSync(this.#file)
    this.#file = null
    rmSync(this.path!, { force: true })
  }

  #spill(): void {
    this.#file ??= openSync(this.path!, 'wx+')
    for (const block of this.#held) {
      writeFully(this.#file, block, this.#spilled * this.cells * 8)
      this.#spilled += 1
    }
    this.#held = []
  }
}

const bytesOf = (numbers: Float64Array): Uint8Array => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)

function writeFully(file: number, block: Float64Array, position: number): void {
  const bytes = bytesOf(block)
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done)
}

function readFully(file: number, block: Float64Array, position: number): void {
  const bytes = bytesOf(block)
  for (let done = 0; done < bytes.length; ) {
    const got = readSync(file, bytes, done, bytes.length - done, position + done)
    if (got === 0) throw new Error('a file of blocks became shorter while it was read')
    done += got
  }
}

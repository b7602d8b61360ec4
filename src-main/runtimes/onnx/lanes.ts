import { Worker } from 'node:worker_threads'
import { AppError } from '@shared/rpc/errors'
import type { Program } from '../../graph/program'
import type { BlockSums, NumericArray } from '../../graph/runtime'
import { sizeOf } from '../../graph/tensor'
import { addSums } from './add-sums'
import type { FeedBlock, FromLane, Sums, ToLane } from './lane-messages'

/*
 * `session.run` computes on the thread that calls it, and what lies between products is one thread's work in any case. So passes over
 * many blocks are shared out among lanes: threads of this process, each with a session and kernels of its own and a contiguous share of the
 * blocks, which lie in shared memory. Each adds up its blocks in their order, and the sums of the lanes are added in theirs: the same
 * number of threads gives the same bits.
 */

/** How long a pass goes on before it listens. */
const listenEveryMs = 50

/** A block is done sooner. */
const longestBlockMs = 2000

/** Multiplications of a whole pass below which the messages cost more than is gained. */
const leastWork = 5e7

/** Is a pass long enough to be shared out, and can its program be handed over? */
export function isWorthLanes(program: Program, blocks: readonly FeedBlock[]): boolean {
  const plain = Object.keys(program.updates).length === 0 && program.nodes.every(({ rule }) => rule === undefined)
  const fed = blocks.length > 1 && program.inputs.every(({ name }) => blocks.every((block) => block[name!]?.buffer instanceof SharedArrayBuffer))
  return plain && fed && blocks.length * workOf(program) >= leastWork
}

/** An exponential or a logarithm takes about as long as so many multiplications of a product. */
const transcendental = 32

const workOf = ({ nodes }: Program): number =>
  nodes.reduce((sum, { op, shape, inputs, attributes }) => {
    if (op === 'matmul') return sum + sizeOf(shape) * inputs[0]!.shape.at(attributes['transposeA'] === true ? -2 : -1)!
    return sum + (op === 'exp' || op === 'log' ? transcendental : 1) * sizeOf(shape)
  }, 0)

interface Asked {
  resolve(sums: Sums | null): void
  reject(error: Error): void
}

class Lane {
  readonly worker: Worker
  readonly #asked: Asked[] = []
  readonly waiting = new Int32Array(new SharedArrayBuffer(4))
  #ended: Error | null = null

  constructor(entry: string, number: number) {
    // It makes little garbage, and would otherwise let tens of megabytes of it lie.
    this.worker = new Worker(entry, { name: `lane ${number}`, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 2 } })
    this.worker.unref()
    this.worker.on('message', (message: FromLane) => {
      const { resolve, reject } = this.#asked.shift()!
      if (this.#asked.length === 0) this.worker.unref()
      if ('problem' in message) reject(new Error(message.problem))
      else resolve(message.sums)
    })
    const end = (problem: string): void => {
      this.#ended ??= new AppError('device/lane-ended', { lane: number, problem })
      for (const { reject } of this.#asked.splice(0)) reject(this.#ended)
    }
    this.worker.on('error', (error: Error) => end(error.message))
    this.worker.on('exit', (code) => end(`exit code ${code}`))
  }

  ask(message: ToLane): Promise<Sums | null> {
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject })
      // A process waits for those that are at work, and for no others.
      this.worker.ref()
      Atomics.add(this.waiting, 0, 1)
      this.worker.postMessage(message)
    })
  }
}

/** The lanes of a runtime: they start with the first pass that needs them and end with the last. */
export class Lanes {
  #lanes: Lane[] = []
  readonly #open = new Set<Int32Array>()
  #opened = 0

  /**
   * @param entry  the file that a lane runs
   */
  constructor(
    readonly entry: string,
    readonly count: number,
  ) {}

  /** The threads, while there are any. */
  get workers(): Worker[] {
    return this.#lanes.map(({ worker }) => worker)
  }

  async sumOverBlocks(program: Program, blocks: readonly FeedBlock[]): Promise<BlockSums> {
    if (this.#open.size === 0) {
      this.#lanes = Array.from({ length: this.count }, (_, index) => new Lane(this.entry, index + 1))
      process.on('exit', this.#comeToRest)
    }
    const pass = (this.#opened += 1)
    const lanes = this.#lanes.slice(0, blocks.length)
    const stop = new Int32Array(new SharedArrayBuffer(4))
    this.#open.add(stop)
    const { name, inputs, parameters, outputs, updates, nodes } = program
    const names = new Set(inputs.map((input) => input.name!))
    const shares = sharesOf(blocks.map((block) => Object.fromEntries(Object.entries(block).filter(([name]) => names.has(name)))), lanes.length)
    // The nodes first: each comes after its inputs, so that none is reached through many others.
    const sent = { nodes, name, inputs, parameters, outputs, updates }
    const dispose = (): Promise<void> => this.#close(lanes, pass, stop)
    try {
      await Promise.all(lanes.map((lane, index) => lane.ask({ kind: 'open', pass, program: sent, blocks: shares[index]!, stop, waiting: lane.waiting })))
    } catch (error) {
      await dispose()
      throw error
    }
    return new LaneSums(lanes, pass, stop, dispose)
  }

  /** ONNX Runtime brings the process down when its thread is ended in the middle of a product: lanes leave what they do before the process ends. */
  readonly #comeToRest = (): void => {
    for (const stop of this.#open) Atomics.store(stop, 0, 1)
    for (const { waiting } of this.#lanes) {
      for (let left = Atomics.load(waiting, 0); left > 0; left = Atomics.load(waiting, 0)) {
        if (Atomics.wait(waiting, 0, left, longestBlockMs) === 'timed-out') break
      }
    }
  }

  async #close(lanes: readonly Lane[], pass: number, stop: Int32Array): Promise<void> {
    // One that has ended has told so already.
    await Promise.allSettled(lanes.map((lane) => lane.ask({ kind: 'close', pass })))
    this.#open.delete(stop)
    if (this.#open.size > 0) return
    process.off('exit', this.#comeToRest)
    const ended = this.workers.map((worker) => worker.terminate())
    this.#lanes = []
    await Promise.all(ended)
  }
}

class LaneSums implements BlockSums {
  #state: Record<string, NumericArray> = {}

  constructor(
    readonly lanes: readonly Lane[],
    readonly pass: number,
    readonly stop: Int32Array,
    readonly dispose: () => Promise<void>,
  ) {}

  load(state: Readonly<Record<string, NumericArray>>): void {
    Object.assign(this.#state, state)
  }

  async sum(pause?: () => Promise<void>): Promise<Sums> {
    Atomics.store(this.stop, 0, 0)
    const { pass } = this
    const parts = this.lanes.map((lane) => lane.ask({ kind: 'sum', pass, state: this.#state }))
    try {
      const total: Sums = {}
      for (const part of await listening(Promise.all(parts), pause)) addSums(total, part!)
      return total
    } catch (error) {
      Atomics.store(this.stop, 0, 1)
      await Promise.allSettled(parts)
      throw error
    }
  }
}

/** Waits for work that other threads do, and lets messages in meanwhile. */
async function listening<T>(work: Promise<T>, pause: (() => Promise<void>) | undefined): Promise<T> {
  let done = false
  const noted = work.finally(() => (done = true))
  noted.catch(() => {})
  while (!done) {
    let timer
    const listened = new Promise<void>((resolve) => (timer = setTimeout(resolve, listenEveryMs)))
    await Promise.race([noted, listened])
    clearTimeout(timer)
    await pause?.()
  }
  return noted
}

/** Contiguous shares of nearly equal length. */
const sharesOf = <T>(items: readonly T[], count: number): T[][] =>
  Array.from({ length: count }, (_, index) => items.slice(Math.round((index * items.length) / count), Math.round(((index + 1) * items.length) / count)))

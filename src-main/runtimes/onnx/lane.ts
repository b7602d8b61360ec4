import type { MessagePort } from 'node:worker_threads'
import { type Executable, runningTotals } from '../../graph/runtime'
import type { FeedBlock, FromLane, OpenPass, Sums, ToLane } from './lane-messages'
import { createOnnxRuntime } from './onnx-runtime'

/** What a lane does: it keeps programs of its own, and sums their outputs over its share of the blocks when it is asked to. */
export function serveLane(port: MessagePort): void {
  const runtime = createOnnxRuntime({ threads: 1 })
  const passes = new Map<number, OpenPass & { executable: Executable }>()

  const answer = async (message: ToLane): Promise<Sums | null> => {
    if (message.kind === 'open') {
      passes.set(message.pass, { ...message, executable: await runtime.compile(message.program) })
      return null
    }
    const { executable, blocks, stop } = passes.get(message.pass)!
    if (message.kind === 'sum') {
      executable.load(message.state)
      return sumOfBlocks(executable, blocks, () => Atomics.load(stop, 0) === 1)
    }
    passes.delete(message.pass)
    await executable.dispose()
    return null
  }

  const tell = (message: FromLane, given: readonly Float64Array[] = []): void => port.postMessage(message, given.map(({ buffer }) => buffer as ArrayBuffer))
  let waiting: Int32Array | null = null
  const dealtWith = (): void => {
    Atomics.sub(waiting!, 0, 1)
    Atomics.notify(waiting!, 0)
  }
  let last = Promise.resolve()
  port.on('message', (message: ToLane) => {
    if (message.kind === 'open') ({ waiting } = message)
    last = last
      .then(() => answer(message))
      .finally(dealtWith)
      .then(
        (sums) => tell({ sums }, Object.values(sums ?? {})),
        (error: unknown) => tell({ problem: error instanceof Error ? error.message : String(error) }),
      )
  })
}

async function sumOfBlocks(executable: Executable, blocks: readonly FeedBlock[], stopped: () => boolean): Promise<Sums | null> {
  const totals = executable.totals ?? runningTotals(executable)
  totals.clear()
  for (const block of blocks) {
    if (stopped()) return null
    await totals.add(block)
  }
  return totals.read()
}

// A worker that reports 20 metrics and its progress ten times a second for as long as the name of its run says, e.g. "live 20" for 20 s.
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { decode } from '../src-shared/rpc/codec.ts'

const send = (message) => new Promise((resolve) => process.send(message, resolve))
const metrics = 20
const everyMs = 100
let isCancelled = false

async function train({ spec }) {
  const seconds = Number(spec.name.split(' ').at(-1))
  const total = (seconds * 1000) / everyMs
  await send({ kind: 'started', device: 'cpu', runtime: 'onnx', environment: { node: process.version } })
  const begun = performance.now()
  for (let step = 0; step < total && !isCancelled; step += 1) {
    const points = Array.from({ length: metrics }, (_, metric) => ({ key: `train/live${metric}`, step, value: Math.exp(-step / 500) * (metric + 1) + Math.sin(step * (metric + 1)) / 10 }))
    await send({ kind: 'metrics', points })
    await send({ kind: 'progress', phase: 'steps', done: step + 1, total })
    await wait(Math.max(0, begun + (step + 1) * everyMs - performance.now()))
  }
  const result = { status: isCancelled ? 'cancelled' : 'completed', converged: true, iterations: total, epochs: null, metrics: { 'train/logLikelihood': -1 } }
  await send({ kind: 'finished', result })
  process.exit(0)
}

process.on('disconnect', () => process.exit(0))
createInterface({ input: process.stdin }).on('line', async (line) => {
  const message = decode(line)
  if (message.kind === 'train') await train(message)
  else if (message.kind === 'cancel') isCancelled = true
  else if (message.kind === 'probe') {
    await send({ kind: 'probed', result: { passed: true, notice: null, msPerStep: 5, largestError: 1e-7 } })
    process.exit(0)
  }
})
await send({ kind: 'ready' })

// A worker for tests: real process, real channel, behaviour chosen by the name of the run.
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { decode } from '../../src-shared/rpc/codec.ts'

const send = (message) => new Promise((resolve) => process.send(message, resolve))
const finish = async (status) => {
  await send({
    kind: 'finished',
    result: { status, converged: true, iterations: 3, epochs: null, metrics: { 'train/logLikelihood': -1.5 } },
  })
  process.exit(0)
}
const started = (place) =>
  send({
    kind: 'started',
    device: place?.device ?? 'cpu',
    runtime: place?.runtime ?? 'onnx',
    environment: { node: process.version, pid: String(process.pid), ...(place && { chosenBecause: place.because.message }) },
  })
const point = (step) => ({ key: 'train/logLikelihood', step, value: -10 + step })

const behaviours = {
  async finish(task) {
    await started(task.place)
    for (let step = 0; step < 3; step++) {
      await send({ kind: 'metrics', points: [point(step)] })
      await send({ kind: 'progress', phase: 'iterations', done: step + 1, total: 3 })
    }
    await send({ kind: 'warning', warning: { code: 'em/best-hit-once', message: 'once', details: {} } })
    await send({ kind: 'artifact', artifact: { name: 'em-trace.safetensors', kind: 'em-trace', step: null, bytes: 12 } })
    await send({ kind: 'checkpoint' })
    await finish('completed')
  },
  async fail() {
    await started()
    await send({ kind: 'failed', error: { code: 'em/component-collapsed', message: 'collapsed', details: { component: 2 } } })
    process.exit(1)
  },
  async crash() {
    await send({ kind: 'metrics', points: [point(0), point(1)] })
    process.stderr.write(`${'x'.repeat(10_000)}\nfatal: out of luck\n`)
    setImmediate(() => process.abort())
  },
  /** Goes down on every device but the CPU, after its first point. */
  async gpuCrash(task) {
    await started(task.place)
    if (task.place.device !== 'cpu') return behaviours.crash()
    await send({ kind: 'rewind', keys: ['train/logLikelihood'], afterStep: -1 })
    await behaviours.finish(task)
  },
  async leave() {
    process.exit(0)
  },
  async hang() {
    await started()
    for (;;);
  },
  async flood() {
    await started()
    const all = []
    for (let batch = 0; batch < 2000; batch++) {
      all.push(send({ kind: 'metrics', points: Array.from({ length: 50 }, (_, index) => point(batch * 50 + index)) }))
    }
    await all.at(-1)
    await finish('completed')
  },
  async work(task) {
    await started()
    if (task.resume) await send({ kind: 'rewind', keys: ['train/logLikelihood'], afterStep: 1 })
    for (let step = task.resume ? 2 : 0; ; step++) {
      while (isPaused && !isCancelled) await wait(5)
      if (isCancelled) return finish('cancelled')
      await send({ kind: 'metrics', points: [point(step)] })
      await send({ kind: 'progress', phase: 'iterations', done: step, total: 10_000 })
      await send({ kind: 'checkpoint' })
      await wait(5)
    }
  },
  async stubborn() {
    process.on('SIGTERM', () => {})
    await started()
    for (;;) {
      await send({ kind: 'heartbeat' })
      await wait(5)
    }
  },
}

let isPaused = false
let isCancelled = false
const inspections = {
  async params(task) {
    return { pid: process.pid, run: task.runId, values: Float64Array.of(1, Number.NaN) }
  },
  async decode(task) {
    await wait(30)
    return task.operation.latent
  },
  async restarts() {
    throw Object.assign(new Error('not for this'), { code: 'run/not-for-this-model' })
  },
  async latents() {
    process.stderr.write('inspector: out of luck\n')
    setImmediate(() => process.abort())
    return new Promise(() => {})
  },
}

/** LATENT_FIXTURE_DEVICES: milliseconds of each device that works, e.g. {"onnx/cpu": 5}; "crash" and "hang" do so; the others fail. */
async function probe({ runtime, device }) {
  const behaviour = JSON.parse(process.env.LATENT_FIXTURE_DEVICES ?? '{"onnx/cpu": 5}')[`${runtime}/${device}`]
  if (behaviour === 'crash') return process.abort()
  if (behaviour === 'hang') for (;;);
  const passed = typeof behaviour === 'number'
  const notice = { code: 'device/open-failed', message: 'It could not be started: none.', details: { problem: 'none' } }
  const result = { passed, notice: passed ? null : notice, msPerStep: passed ? behaviour : null, largestError: passed ? 1e-7 : null }
  await send({ kind: 'probed', result })
  process.exit(0)
}
/** The path says what becomes of an import. */
async function importData({ source: { path } }) {
  if (path === 'crash') return process.abort()
  await send({ kind: 'progress', phase: 'rows', done: 0.5, total: 1 })
  if (path === 'hang') for (;;);
  const error = { code: 'dataset/file-empty', message: 'empty', details: { path } }
  await send(path === 'bad' ? { kind: 'importFailed', error } : { kind: 'imported', value: { sha256: path } })
  process.exit(0)
}
process.on('disconnect', () => process.exit(0))
createInterface({ input: process.stdin }).on('line', async (line) => {
  const message = decode(line)
  if (message.kind === 'train') await behaviours[message.spec.name](message)
  else if (message.kind === 'pause') await send({ kind: ((isPaused = true), 'paused') })
  else if (message.kind === 'resume') await send({ kind: ((isPaused = false), 'resumed') })
  else if (message.kind === 'cancel') isCancelled = true
  else if (message.kind === 'probe') await probe(message)
  else if (message.kind === 'import') await importData(message)
  else if (message.kind === 'inspect') {
    const { requestId, operation } = message
    try {
      await send({ kind: 'inspected', requestId, value: await inspections[operation.kind](message) })
    } catch (error) {
      await send({ kind: 'inspectFailed', requestId, error: { code: error.code, message: error.message, details: {} } })
    }
  }
})
await send({ kind: 'ready' })

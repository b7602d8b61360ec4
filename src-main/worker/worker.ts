import type { FromWorker, ToWorker, TrainTask } from '@shared/domain/worker-protocol'
import { toNotice } from '@shared/rpc/errors'
import type { Runtime } from '../graph/runtime'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { Cancelled, Control } from './control'
import { Inspector } from './inspect'
import { families } from './model-families'
import { Reporter } from './reporter'
import { openTraining } from './train-context'

/** What a worker process does with the messages it gets. `post` resolves when a message has left the process. */
export function createWorker(post: (message: FromWorker) => Promise<void>) {
  const reporter = new Reporter(post)
  const control = new Control((paused) => reporter.send({ kind: paused ? 'paused' : 'resumed' }))
  let inspector: Inspector | null = null
  let queue = Promise.resolve()

  return {
    /** Resolves to true when the process has done what it is for and can end. */
    async receive(message: ToWorker): Promise<boolean> {
      switch (message.kind) {
        case 'pause':
          control.pause()
          return false
        case 'resume':
          control.resume()
          return false
        case 'cancel':
          control.cancel()
          return false
        case 'train':
          await train(message, reporter, control)
          return true
        case 'inspect': {
          inspector ??= new Inspector(createOnnxRuntime({ threads: 1 }))
          const { requestId } = message
          const answer = queue.then(() => inspector!.answer(message))
          queue = answer.then(
            (value) => post({ kind: 'inspected', requestId, value }),
            (error: unknown) => {
              if (toNotice(error).code === 'system/internal') console.error(error)
              return post({ kind: 'inspectFailed', requestId, error: toNotice(error) })
            },
          )
          await queue
          return false
        }
        default:
          return message satisfies never
      }
    },
  }
}

async function train(task: TrainTask, reporter: Reporter, control: Control): Promise<void> {
  const heartbeat = setInterval(() => reporter.send({ kind: 'heartbeat' }), 2000)
  try {
    const runtime: Runtime = createOnnxRuntime({ threads: task.threads })
    const environment = { ...runtime.environment, node: process.version, platform: `${process.platform} ${process.arch}` }
    reporter.send({ kind: 'started', device: runtime.device, runtime: runtime.name, environment })
    const context = openTraining(task, runtime, reporter, control)
    const result = await families[task.spec.model.kind].train(context)
    reporter.send({ kind: 'finished', result })
  } catch (error) {
    if (error instanceof Cancelled) {
      reporter.send({ kind: 'finished', result: { status: 'cancelled', converged: null, iterations: null, epochs: null, metrics: {} } })
    } else {
      if (toNotice(error).code === 'system/internal') console.error(error)
      reporter.send({ kind: 'failed', error: toNotice(error) })
    }
  } finally {
    clearInterval(heartbeat)
    await reporter.settled()
  }
}

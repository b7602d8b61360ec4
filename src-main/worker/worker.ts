import type { FromWorker, ToWorker } from '@shared/domain/worker-protocol'
import { toNotice } from '@shared/rpc/errors'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { type OpenRuntime, openRuntime } from '../runtimes/open'
import type { TableReader } from '../datasets/formats/sqlite'
import { Control } from './control'
import { Inspector } from './inspect'
import { probe } from './probe'
import { Reporter } from './reporter'
import { train } from './train'

/**
 * What a worker process does with the messages it gets.
 *
 * @param post       resolves when a message has left the process
 * @param laneEntry  the file that threads run with which a fit shares its rows; without it a fit has none
 * @param tables     reads the tables of database files
 */
export function createWorker(post: (message: FromWorker) => Promise<void>, open: OpenRuntime = openRuntime, laneEntry?: string, tables?: TableReader) {
  const reporter = new Reporter(post)
  const control = new Control((paused) => reporter.send({ kind: paused ? 'paused' : 'resumed' }))
  let inspector: Inspector | null = null
  let queue = Promise.resolve()
  const createInspector = (): Inspector =>
    new Inspector(
      createOnnxRuntime({ threads: 1 }),
      { pause: control.yield, onProgress: (done, total) => reporter.progress('rows', done, total) },
      (threads) => createOnnxRuntime({ threads }),
    )

  return {
    /** Resolves to true when the process has done what it is for and can end. */
    async receive(message: ToWorker): Promise<boolean> {
      switch (message.kind) {
        case 'goOn':
          control.goOn()
          return false
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
          await train(message, { reporter, control, open: (options) => open({ ...options, laneEntry }) })
          return true
        case 'probe':
          await post({ kind: 'probed', result: await probe(message, open) })
          return true
        case 'import': {
          const { importInto } = await import('../datasets/import-task')
          const onProgress = (fraction: number): void => reporter.progress('rows', fraction, 1)
          await importInto(message, { onProgress, tables }).then(
            (value) => post({ kind: 'imported', value }),
            (error: unknown) => {
              if (toNotice(error).code === 'system/internal') console.error(error)
              return post({ kind: 'importFailed', error: toNotice(error) })
            },
          )
          return true
        }
        case 'inspect': {
          inspector ??= createInspector()
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

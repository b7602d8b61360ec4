import type { Imported, ImportTask } from '@shared/domain/worker-protocol'
import { AppError, RemoteError } from '@shared/rpc/errors'
import type { NodeCommand } from './node-command'
import { startWorker, type WorkerLimits } from './worker-process'

export interface ImportJob {
  done: Promise<Imported>
  /** Ends the process; `done` then rejects. */
  stop(): void
}

/** Starts an import; what it has done is in the folder of the task once `done` resolves. */
export type StartImport = (task: Omit<ImportTask, 'kind'>, onProgress: (fraction: number) => void) => ImportJob

/** Imports in a process of their own: the host goes on answering, and a file that brings its reader down takes nothing else with it. */
export function createImporter({ command, workerPath, limits }: { command: NodeCommand; workerPath: string; limits: WorkerLimits }): StartImport {
  return (task, onProgress) => {
    let kill = (): void => {}
    const done = new Promise<Imported>((resolve, reject) => {
      let outcome: (() => void) | null = null
      const worker = startWorker(command, workerPath, limits, {
        onMessage: (message) => {
          if (message.kind === 'progress') onProgress(message.done / message.total)
          if (message.kind === 'imported') outcome = () => resolve(message.value)
          if (message.kind === 'importFailed') outcome = () => reject(new RemoteError(message.error))
        },
        onSilent: () => {},
        onEnd: ({ code, signal, startFailure }) => {
          if (startFailure !== null) reject(new AppError('run/worker-missing', { path: command.path, reason: startFailure }))
          else if (outcome) outcome()
          else reject(new AppError('dataset/import-crashed', { path: nameOf(task), reason: signal ?? `exit ${code}` }))
        },
      })
      kill = worker.kill
      worker.send({ kind: 'import', ...task })
    })
    return { done, stop: () => kill() }
  }
}

const nameOf = ({ source }: Omit<ImportTask, 'kind'>): string => (source.kind === 'file' ? source.path : source.spec.kind)

import type { InspectOperation, InspectTask } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { openDatasetArrays } from '../files/dataset-arrays'
import { runFiles } from '../files/run-files'
import type { Runtime } from '../graph/runtime'
import { InspectedMixture } from './inspect-mixture'
import { InspectedVae } from './inspect-vae'

/** Answers questions about fitted runs; the run asked for last stays loaded. */
export class Inspector {
  #open: { key: string; subject: InspectedMixture | InspectedVae } | null = null

  constructor(readonly runtime: Runtime) {}

  async answer(task: InspectTask): Promise<unknown> {
    const subject = this.#subject(task)
    const { operation } = task
    if (subject instanceof InspectedVae) return this.#askVae(subject, operation, task)
    return this.#askMixture(subject, operation, task)
  }

  #subject(task: InspectTask): InspectedMixture | InspectedVae {
    const files = runFiles(task.runFolder)
    const { kind } = task.spec.model
    const ready = kind === 'vae' ? files.hasCheckpoint('best') || files.hasCheckpoint('last') : files.hasCheckpoint('best')
    if (!ready) throw new AppError('run/no-checkpoint', { id: task.runId, status: 'not finished' })
    const key = `${task.runId} ${files.version()}`
    if (this.#open?.key === key) return this.#open.subject
    const arrays = openDatasetArrays(task.datasetFolder, task.dataset)
    const run = { runId: task.runId, spec: task.spec, dataset: task.dataset }
    const subject = kind === 'vae' ? new InspectedVae(run, this.runtime, files, arrays) : new InspectedMixture(run, this.runtime, files, arrays)
    this.#open = { key, subject }
    return subject
  }

  async #askVae(subject: InspectedVae, operation: InspectOperation, task: InspectTask): Promise<unknown> {
    switch (operation.kind) {
      case 'params':
        return subject.params()
      case 'latents':
        return subject.latents()
      case 'item':
        return subject.item(operation.row)
      case 'decode':
        return { rows: await subject.decodeRows(operation.latent), imageShape: subject.imageShape }
      case 'sample':
        return { rows: await subject.sample(operation.count, operation.seed), imageShape: subject.imageShape }
      case 'apply':
        if (operation.output === 'encode' || operation.output === 'reconstruct') {
          return subject.apply(operation.output, operation.dataset, openDatasetArrays(operation.datasetFolder, operation.dataset))
        }
        throw misfit(operation.output, task)
      case 'data':
      case 'emFrame':
      case 'restarts':
        throw misfit(operation.kind, task)
      default:
        return operation satisfies never
    }
  }

  async #askMixture(subject: InspectedMixture, operation: InspectOperation, task: InspectTask): Promise<unknown> {
    switch (operation.kind) {
      case 'params':
        return subject.params()
      case 'data':
        return subject.data()
      case 'emFrame':
        return subject.emFrame(operation.iteration)
      case 'restarts':
        return subject.restarts()
      case 'sample':
        return { rows: subject.sample(operation.count, operation.seed), imageShape: null }
      case 'apply':
        if (operation.output === 'encode' || operation.output === 'reconstruct') throw misfit(operation.output, task)
        return subject.apply(operation.output, operation.dataset, openDatasetArrays(operation.datasetFolder, operation.dataset))
      case 'latents':
      case 'item':
      case 'decode':
        throw misfit(operation.kind, task)
      default:
        return operation satisfies never
    }
  }
}

const misfit = (operation: string, { spec }: InspectTask): AppError => new AppError('run/not-for-this-model', { operation, model: spec.model.kind })

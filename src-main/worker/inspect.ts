import type { SelectionQuestion } from '@shared/domain/selection'
import type { InspectTask } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { type OpenedArrays, openDatasetArrays } from '../files/dataset-arrays'
import { runFiles } from '../files/run-files'
import type { Runtime } from '../graph/runtime'
import type { InspectedModel } from './inspected-run'
import { families } from './model-families'
import { SelectionFits } from './select-units'

/** Answers questions about fitted runs; the run asked for last stays loaded. */
export class Inspector {
  #open: { key: string; model: InspectedModel } | null = null
  #fits: SelectionFits | null = null

  constructor(readonly runtime: Runtime) {}

  answer(task: InspectTask): Promise<unknown> {
    if (task.operation.kind === 'select') return this.#fitsOf(task, task.operation.question).fit(task.operation.unit)
    return this.#model(task).answer(task.operation)
  }

  #fitsOf(task: InspectTask, question: SelectionQuestion): SelectionFits {
    if (this.#fits?.id !== task.runId) this.#fits = new SelectionFits(task.runId, question, task, this.runtime)
    return this.#fits
  }

  #model({ runId, spec, dataset, datasetFolder, runFolder }: InspectTask): InspectedModel {
    const files = runFiles(runFolder)
    const family = families[spec.model.kind]
    if (!family.isReady(files)) throw new AppError('run/no-checkpoint', { id: runId, status: 'not finished' })
    const key = `${runId} ${files.version()}`
    if (this.#open?.key === key) return this.#open.model
    let held: OpenedArrays | null = null
    const model = family.inspect({
      runId,
      spec,
      dataset,
      datasetFolder,
      files,
      runtime: this.runtime,
      get arrays() {
        return (held ??= openDatasetArrays(datasetFolder, dataset))
      },
    })
    this.#open = { key, model }
    return model
  }
}

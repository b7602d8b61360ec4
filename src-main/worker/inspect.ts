import type { InspectTask } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { type OpenedArrays, openDatasetArrays } from '../files/dataset-arrays'
import { runFiles } from '../files/run-files'
import type { Runtime } from '../graph/runtime'
import type { InspectedModel } from './inspected-run'
import { families } from './model-families'
import { selectMixture } from './select-mixtures'

/** Answers questions about fitted runs; the run asked for last stays loaded. */
export class Inspector {
  #open: { key: string; model: InspectedModel } | null = null

  constructor(readonly runtime: Runtime) {}

  answer(task: InspectTask): Promise<unknown> {
    if (task.operation.kind === 'select') return selectMixture(task, task.operation.grid, this.runtime)
    return this.#model(task).answer(task.operation)
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

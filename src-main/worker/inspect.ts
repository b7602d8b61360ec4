import type { LatentSummary } from '@shared/domain/run'
import type { SelectionQuestion } from '@shared/domain/selection'
import type { InspectOperation, InspectTask } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { type OpenedArrays, openDatasetArrays } from '../files/dataset-arrays'
import { runFiles } from '../files/run-files'
import type { RowProgress } from '../evidence/estimate'
import type { Runtime } from '../graph/runtime'
import { alignedFits } from './alignment-answers'
import { type Inquire, inquire } from './inquire'
import { InspectedVae } from './inspect-vae'
import type { InspectedModel, InspectedRun } from './inspected-run'
import { type IterationFile, loadIterations } from './iteration-file'
import { LatentLab, type LatentOperation, isLatentOperation } from './latent-lab'
import { families } from './model-families'
import { SelectionFits } from './select-units'

type Opened = Omit<InspectTask, 'kind' | 'requestId' | 'operation'>

const mostLooked = 4

/** Answers questions about fitted runs; the run asked for last stays loaded. */
export class Inspector {
  #open: { key: string; model: InspectedModel; lab(): LatentLab; at(iteration: number): InspectedModel } | null = null
  #fits: SelectionFits | null = null

  constructor(
    readonly runtime: Runtime,
    readonly progress: RowProgress,
    /** For questions that take long: as many threads as they are given. */
    readonly open: (threads: number) => Runtime,
  ) {}

  async #inquire(task: InspectTask, operation: Inquire): Promise<unknown> {
    const latents = async (): Promise<LatentSummary> => (await this.#lookAround(task, { kind: 'latents' })) as LatentSummary
    return inquire(this.#model(task), task, operation, { runtime: this.open(operation.threads), progress: this.progress, latents })
  }

  /** Networks keep their own counsel about their codes; of other models the lab finds them by what they apply. */
  #lookAround(task: Opened, operation: LatentOperation): Promise<unknown> {
    const model = this.#model(task)
    return model instanceof InspectedVae ? model.answer(operation) : this.#open!.lab().answer(operation)
  }

  answer(task: InspectTask): Promise<unknown> {
    if (task.operation.kind === 'select') return this.#fitsOf(task, task.operation.question).fit(task.operation.unit)
    if (task.operation.kind === 'alignment') return this.#align(task, task.operation.other)
    if (task.operation.kind === 'inquire') return this.#inquire(task, task.operation)
    if (task.operation.kind === 'atIteration') return this.#atIteration(task, task.operation)
    if (isLatentOperation(task.operation)) return this.#lookAround(task, task.operation)
    return this.#model(task).answer(task.operation)
  }

  #align(task: InspectTask, other: Opened): Promise<unknown> {
    const [left, right] = [this.#model(task), this.#model(other)]
    if (!left.mixture) throw new AppError('run/not-for-this-model', { operation: 'align', model: task.spec.model.kind })
    if (!right.mixture) throw new AppError('run/not-for-this-model', { operation: 'align', model: other.spec.model.kind })
    const { fitted, total } = left.mixture()
    return alignedFits(fitted, right.mixture().fitted, total)
  }

  /** The last iterations looked at stay loaded: half a step needs two. */
  #atIteration(task: InspectTask, { iteration, operation }: Extract<InspectOperation, { kind: 'atIteration' }>): Promise<unknown> {
    this.#model(task)
    return this.#open!.at(iteration).answer(operation)
  }

  #fitsOf(task: InspectTask, question: SelectionQuestion): SelectionFits {
    if (this.#fits?.id !== task.runId) {
      void this.#fits?.dispose()
      this.#fits = new SelectionFits(task.runId, question, task, this.runtime)
    }
    return this.#fits
  }

  #model({ runId, spec, dataset, datasetFolder, runFolder }: Opened): InspectedModel {
    const files = runFiles(runFolder)
    const family = families[spec.model.kind]
    if (!family.isReady(files)) throw new AppError('run/no-checkpoint', { id: runId, status: 'not finished' })
    const key = `${runId} ${files.version()}`
    if (this.#open?.key === key) return this.#open.model
    let held: OpenedArrays | null = null
    let iterations: { file: IterationFile | null } | null = null
    const run: InspectedRun = {
      runId,
      spec,
      dataset,
      datasetFolder,
      files,
      runtime: this.runtime,
      get iterations() {
        return (iterations ??= { file: loadIterations(files) }).file
      },
      at: null,
      get arrays() {
        return (held ??= openDatasetArrays(datasetFolder, dataset))
      },
    }
    const model = family.inspect(run)
    let lab: LatentLab | null = null
    const looked = new Map<number, InspectedModel>()
    const at = (iteration: number): InspectedModel => {
      if (!run.iterations) throw new AppError('run/no-iterations', { id: runId })
      const known = looked.get(iteration) ?? family.inspect({ ...run, at: iteration })
      looked.delete(iteration)
      looked.set(iteration, known)
      if (looked.size > mostLooked) looked.delete(looked.keys().next().value!)
      return known
    }
    this.#open = { key, model, lab: () => (lab ??= new LatentLab(model, run)), at }
    return model
  }
}

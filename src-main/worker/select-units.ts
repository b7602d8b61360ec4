import type { CovarianceStructure } from '@shared/domain/models/mixtures'
import type { Notice } from '@shared/domain/run'
import { type SelectionQuestion, type SelectionUnit, cellSpec } from '@shared/domain/selection'
import type { UnitTask } from '@shared/domain/selection-units'
import type { InspectTask } from '@shared/domain/worker-protocol'
import { AppError } from '@shared/rpc/errors'
import { checkSpecAgainstData } from '../datasets/check-spec'
import { openDatasetArrays } from '../files/dataset-arrays'
import { type CompiledPool, compiledPool } from '../graph/compiled-pool'
import type { Runtime } from '../graph/runtime'
import { CollapsedComponent } from '../models/mixtures/mixture-family'
import { fitCell, judgeHeldOut } from './select-fits'
import { type Fitted, type ResamplePlan, fitToData, likelihoodRatio, replicate } from './select-resamples'
import type { QuietFit } from './select-mixtures'
import { type HeldData, chosenRows, foldOf, trainingRows, wholly } from './select-rows'

/** Fits the units of one selection; data, and the fit that resamples are drawn from, stay loaded. */
export class SelectionFits {
  readonly runtime: CompiledPool
  readonly #data: HeldData
  readonly #known = new Map<number, Promise<Fitted>>()
  /** By the fold that is left out; −1 is none. */
  readonly #hierarchies = new Map<number, NonNullable<QuietFit['hierarchies']>>()

  constructor(
    readonly id: string,
    readonly question: SelectionQuestion,
    readonly place: Pick<InspectTask, 'dataset' | 'datasetFolder' | 'runFolder'>,
    runtime: Runtime,
  ) {
    // Structures share their programs.
    this.runtime = compiledPool(runtime)
    this.#data = { dataset: place.dataset, arrays: openDatasetArrays(place.datasetFolder, place.dataset) }
  }

  /** A unit that cannot be fitted says why, and the others go on. */
  async fit(unit: UnitTask): Promise<SelectionUnit> {
    const { question } = this
    switch (unit.kind) {
      case 'cell': {
        const nothing = { rows: 0, logLikelihood: null, freeParameters: 0, certainty: null, converged: false, spurious: true }
        const { value, reason } = await explained(() => this.#cell(unit.components, unit.structure))
        return { ...unit, ...(value ?? nothing), reason: reason ?? (value?.logLikelihood === null ? collapsed() : null) }
      }
      case 'fold': {
        const { value, reason } = await explained(() => this.#fold(unit.components, unit.structure, unit.fold))
        return { ...unit, ...(value ?? { rows: 0, sum: null, squares: null }), reason: reason ?? (value ? null : collapsed()) }
      }
      case 'ratio': {
        if (question.kind !== 'ratio-test') throw new Error('a likelihood ratio belongs to a test')
        const structure = question.structures[0] ?? null
        const base = (): Promise<Fitted> => this.#fitted(unit.components, cellSpec(question.spec, unit.components, structure), question.restarts)
        const { value, reason } = await explained(async () => likelihoodRatio(this.#plan(), question, unit, await base()))
        return { ...unit, ...(value ?? { smaller: null, larger: null }), reason: reason ?? (value?.larger === null ? collapsed() : null) }
      }
      case 'replicate': {
        if (question.kind !== 'bootstrap') throw new Error('a resample belongs to a bootstrap')
        const { inference } = question.spec
        const base = (): Promise<Fitted> => this.#fitted(0, question.spec, 'restarts' in inference ? inference.restarts : 3)
        const { value, reason } = await explained(async () => replicate(this.#plan(), question, unit.index, await base()))
        return { ...unit, parameters: value, reason }
      }
      default:
        return unit satisfies never
    }
  }

  async dispose(): Promise<void> {
    await this.runtime.drain()
  }

  #plan(): ResamplePlan {
    const { question, runtime, place } = this
    return { spec: question.spec, data: this.#data, runtime, runFolder: place.runFolder }
  }

  #fitted(size: number, spec: ResamplePlan['spec'], restarts: number): Promise<Fitted> {
    const known = this.#known.get(size) ?? fitToData({ ...this.#plan(), spec }, restarts)
    this.#known.set(size, known)
    return known
  }

  #spec(components: number, structure: CovarianceStructure | null): ResamplePlan['spec'] {
    const spec = cellSpec(this.question.spec, components, structure)
    const [issue] = checkSpecAgainstData(spec, this.#data.dataset)
    if (issue) throw issue.error
    return spec
  }

  #hierarchy(fold: number): NonNullable<QuietFit['hierarchies']> {
    const known = this.#hierarchies.get(fold) ?? { wanted: 'components' in this.question ? this.question.components : [], found: null }
    this.#hierarchies.set(fold, known)
    return known
  }

  #restarts(): number {
    return 'restarts' in this.question ? this.question.restarts : 1
  }

  #cell(components: number, structure: CovarianceStructure | null) {
    const spec = this.#spec(components, structure)
    const data = chosenRows(this.#data, trainingRows(spec, this.#data))
    return fitCell({ ...this.#plan(), spec: wholly(spec), data, restarts: this.#restarts(), hierarchies: this.#hierarchy(-1) })
  }

  #fold(components: number, structure: CovarianceStructure | null, fold: number) {
    if (this.question.kind !== 'grid') throw new Error('a fold belongs to a grid')
    const spec = this.#spec(components, structure)
    const data = foldOf(this.#data, spec, fold, this.question.folds)
    return judgeHeldOut({ ...this.#plan(), spec: wholly(spec), data, restarts: this.#restarts(), hierarchies: this.#hierarchy(fold) })
  }
}

const collapsed = (): Notice => new AppError('selection/all-collapsed', {}).toJSON()

/** What can be told in words is told; anything else is a bug and ends the selection. */
async function explained<T>(work: () => Promise<T>): Promise<{ value: T | null; reason: Notice | null }> {
  try {
    return { value: await work(), reason: null }
  } catch (error) {
    if (error instanceof CollapsedComponent) return { value: null, reason: new AppError('em/component-collapsed', { component: error.component + 1 }).toJSON() }
    if (!(error instanceof AppError)) throw error
    return { value: null, reason: error.toJSON() }
  }
}

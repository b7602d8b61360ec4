import { type CovarianceStructure, takesMissing } from '@shared/domain/models/mixtures'
import { type Selection, type SelectionCell, type SelectionGrid, chooseCell } from '@shared/domain/selection'
import type { RunSpec } from '@shared/domain/spec'
import type { InspectTask } from '@shared/domain/worker-protocol'
import { permutation } from '@shared/math/random'
import { AppError } from '@shared/rpc/errors'
import { type PreparedData, prepareData } from '../datasets/prepare'
import { openDatasetArrays } from '../files/dataset-arrays'
import type { Runtime } from '../graph/runtime'
import { hasMissing } from '../inference/missing-gaussian'
import { type Restart, bestRestart } from '../inference/restarts'
import { searchRestarts } from '../inference/search'
import { type Hierarchy, hierarchyOf, isCheap } from '../inference/starts'
import { logScales, toStandard } from '../inference/standard-units'
import type { Mixture, Standardization } from '../models/mixtures/mixture-family'
import { type AnyFamily, checkValues } from './mixture-families'
import { modelPosterior, modelProblem } from './mixture-posterior'
import { criteria } from './mixture-figures'
import { familyAndUnits } from './mixture-setting'

interface Grid extends SelectionGrid {
  spec: RunSpec
  task: InspectTask
  data: PreparedData
  runtime: Runtime
  hierarchy: Hierarchy
}

/** Fits a mixture in every cell of components × structures and says which the criteria prefer. */
export async function selectMixture(task: InspectTask, grid: SelectionGrid, runtime: Runtime): Promise<Selection> {
  const started = performance.now()
  const { spec, dataset, datasetFolder } = task
  const data = prepareData(dataset, openDatasetArrays(datasetFolder, dataset), spec, 'float64')
  checkValues(spec.model.kind, data)
  if (hasMissing(data.train.features as Float64Array)) checkStructures(grid)
  const rows = { features: data.train.features as Float64Array, columns: data.features }
  const hierarchy = isCheap(data.train.rows, data.features) ? hierarchyOf(rows, grid.components) : new Map<number, Int32Array>()
  const cells: SelectionCell[] = []
  for (const structure of grid.structures.length > 0 ? grid.structures : [null]) {
    for (const components of grid.components) {
      if (components > data.train.rows) continue
      cells.push(await fitCell({ ...grid, spec: specOf(spec, components, structure), task, data, runtime, hierarchy }, components, structure))
    }
  }
  const best = {
    bic: chooseCell(cells, 'bic'),
    icl: chooseCell(cells, 'icl'),
    aic: chooseCell(cells, 'aic'),
    crossValidated: chooseCell(cells, 'crossValidated'),
  }
  return { rows: data.train.rows, cells, best, durationMs: performance.now() - started }
}

function checkStructures({ structures }: SelectionGrid): void {
  const unable = structures.filter((covariance) => !takesMissing({ kind: 'gaussian-mixture', covariance }))
  if (unable.length > 0) throw new AppError('selection/missing-values', { structures: unable })
}

const specOf = (spec: RunSpec, components: number, structure: CovarianceStructure | null): RunSpec => ({
  ...spec,
  model: { ...spec.model, components, ...(structure ? { covariance: structure } : {}) } as RunSpec['model'],
})

async function fitCell(grid: Grid, components: number, structure: CovarianceStructure | null): Promise<SelectionCell> {
  const { data, task, spec } = grid
  const { family, units } = familyAndUnits({ spec, dataset: task.dataset }, data)
  const features = data.train.features as Float64Array
  const { best, certainty, weight } = await fit(grid, family, features, units)
  const rows = data.train.rows
  const total = best === null || best.logLikelihood === null ? null : best.logLikelihood * weight - sumOf(logScales(features, units))
  const figures = total === null ? { bic: null, icl: null, aic: null } : criteria(total, certainty, family.freeParameters, rows)
  return {
    components,
    structure,
    logLikelihood: total,
    freeParameters: family.freeParameters,
    ...figures,
    crossValidated: grid.folds > 1 && total !== null ? await crossValidate(grid, family, features, units) : null,
    converged: best?.converged ?? false,
    spurious: best?.spurious ?? true,
  }
}

async function fit(grid: Grid, family: AnyFamily, raw: Float64Array, units: Standardization) {
  const { runtime, spec, restarts } = grid
  const { tolerance, maxIterations } = spec.inference.kind === 'em' ? spec.inference : { tolerance: 1e-8, maxIterations: 1000 }
  const features = toStandard(raw, units)
  const rows = { runtime, model: spec.model, family, features }
  const problem = await modelProblem(rows, {})
  try {
    const all = await searchRestarts({
      problem,
      rows: { features, columns: family.columns },
      seed: spec.seed,
      initialization: spec.inference.kind === 'em' ? spec.inference.initialization : 'auto',
      restarts,
      hierarchy: grid.hierarchy,
      responsibilities: async (mixture) => (await modelPosterior({ ...rows, mixture })).responsibilities,
      options: { tolerance, maxIterations },
    })
    const best: Restart<Mixture> | null = bestRestart(all)
    return { best, certainty: best ? (await problem.expect(best.parameters!, null)).certainty : 0, weight: problem.weight }
  } finally {
    await problem.dispose()
  }
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)

/** Mean log-likelihood per row of parts that were left out in turn; null where a fit without a part collapsed. */
async function crossValidate(grid: Grid, family: AnyFamily, features: Float64Array, units: Standardization): Promise<number | null> {
  const { columns } = family
  const rows = features.length / columns
  const folds = Math.min(grid.folds, rows)
  const order = permutation(rows, { seed: grid.spec.seed, stream: 'select/folds' })
  const pick = (belongs: (place: number) => boolean): Float64Array => {
    const chosen = [...order].filter((_, place) => belongs(place)).sort((a, b) => a - b)
    const part = new Float64Array(chosen.length * columns)
    chosen.forEach((row, index) => part.set(features.subarray(row * columns, (row + 1) * columns), index * columns))
    return part
  }
  let total = 0
  for (let fold = 0; fold < folds; fold += 1) {
    const part = pick((place) => place % folds !== fold)
    const { best } = await fit({ ...grid, hierarchy: new Map() }, family, part, units)
    if (!best) return null
    const left = pick((place) => place % folds === fold)
    const rows = { runtime: grid.runtime, model: grid.spec.model, family, features: toStandard(left, units) }
    const { logDensity } = await modelPosterior({ ...rows, mixture: best.parameters! })
    total += sumOf(logDensity) - sumOf(logScales(left, units))
  }
  return total / rows
}

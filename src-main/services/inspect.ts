import type { Dataset } from '@shared/domain/dataset'
import { compareParameters, type TruthScore } from '@shared/domain/truth-score'
import type { InspectOperation } from '@shared/domain/worker-protocol'
import type { MethodName, MethodOutput } from '@shared/rpc/contract'
import { hasDensityOfCodes } from '@shared/domain/spec'
import { AppError } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { DataFolder } from '../files/data-folder'
import { readTruth } from '../files/dataset-arrays'
import type { Inspector } from '../jobs/inspector'
import type { Store } from '../store/store'
import { findRun } from './run-ids'

export interface InspectServiceOptions {
  store: Store
  folder: DataFolder
  inspector: Inspector
  findDataset(nameOrId: string): Promise<Dataset>
}

export function createInspectMethods({ store, folder, inspector, findDataset }: InspectServiceOptions): MethodsOf<'inspect'> {
  const ownDataset = (id: string, name: string): Dataset => {
    const dataset = store.datasets.get(id)
    if (!dataset) throw new AppError('dataset/not-found', { name })
    return dataset
  }
  function opened(id: string) {
    const run = findRun(store.runs, id)
    const dataset = ownDataset(run.datasetId, run.datasetName)
    return { runId: run.id, spec: run.spec, dataset, datasetFolder: folder.datasetFolder(dataset.id), runFolder: folder.runFolder(run.id) }
  }
  async function ask<M extends MethodName>(id: string, operation: InspectOperation): Promise<MethodOutput<M>> {
    const value = await inspector.ask({ ...opened(id), operation })
    // the worker answers each operation with the value that the contract gives the method of the same name
    return value as MethodOutput<M>
  }

  const at = (iteration: number | undefined, operation: InspectOperation): InspectOperation =>
    iteration === undefined ? operation : { kind: 'atIteration', iteration, operation }

  async function applyTo(id: string, name: string | undefined): Promise<{ dataset: Dataset; datasetFolder: string }> {
    const run = findRun(store.runs, id)
    const dataset = name === undefined ? ownDataset(run.datasetId, run.datasetName) : await findDataset(name)
    return { dataset, datasetFolder: folder.datasetFolder(dataset.id) }
  }

  async function score(id: string): Promise<TruthScore> {
    const run = findRun(store.runs, id)
    const dataset = ownDataset(run.datasetId, run.datasetName)
    const truth = readTruth(folder.datasetFolder(dataset.id))
    if (!truth) throw new AppError('dataset/no-truth', { name: dataset.name })
    const { metrics, spec } = run
    const inOtherUnits = spec.preprocess.length > 0
    const fitted = inOtherUnits ? {} : await ask<'inspect.params'>(id, { kind: 'params' })
    const [own, known] = [metrics['train/logLikelihood'] ?? null, truth.logLikelihood]
    return {
      logLikelihood: own === null || known === null || inOtherUnits ? null : { run: own, truth: known },
      adjustedRandIndex: metrics['train/ari'] ?? null,
      normalizedMutualInformation: metrics['train/nmi'] ?? null,
      ...compareParameters(fitted, truth),
    }
  }

  return {
    'inspect.params': ({ id, iteration }) => ask<'inspect.params'>(id, at(iteration, { kind: 'params' })),
    'inspect.iterations': ({ id }) => ask<'inspect.iterations'>(id, { kind: 'iterations' }),
    'inspect.score': ({ id }) => score(id),
    'inspect.data': ({ id }) => ask<'inspect.data'>(id, { kind: 'data' }),
    'inspect.wayBack': ({ id }) => ask<'inspect.wayBack'>(id, { kind: 'wayBack' }),
    'inspect.emFrame': ({ id, iteration }) => ask<'inspect.emFrame'>(id, { kind: 'emFrame', iteration }),
    'inspect.restarts': ({ id }) => ask<'inspect.restarts'>(id, { kind: 'restarts' }),
    'inspect.givenUp': ({ id }) => ask<'inspect.givenUp'>(id, { kind: 'givenUp' }),
    'inspect.boundCurve': ({ id, iteration, direction }) => ask<'inspect.boundCurve'>(id, { kind: 'boundCurve', iteration, direction }),
    'inspect.imputation': ({ id }) => ask<'inspect.imputation'>(id, { kind: 'imputation' }),
    'inspect.completion': ({ id, rows, hidden }) => ask<'inspect.completion'>(id, { kind: 'completion', rows, hidden }),
    'inspect.propagation': ({ id }) => ask<'inspect.propagation'>(id, { kind: 'propagation' }),
    'inspect.latents': ({ id }) => ask<'inspect.latents'>(id, { kind: 'latents' }),
    'inspect.modelRows': ({ id, rows }) => ask<'inspect.modelRows'>(id, { kind: 'modelRows', rows }),
    'inspect.neighbours': ({ id, of, count }) => ask<'inspect.neighbours'>(id, { kind: 'neighbours', of, count }),
    'inspect.reconstructionErrors': ({ id }) => ask<'inspect.reconstructionErrors'>(id, { kind: 'reconstructionErrors' }),
    'inspect.item': ({ id, row }) => ask<'inspect.item'>(id, { kind: 'item', row }),
    'inspect.decode': ({ id, latent, condition }) => ask<'inspect.decode'>(id, { kind: 'decode', latent, ...(condition ? { condition } : {}) }),
    'inspect.topics': ({ id, words, iteration }) => ask<'inspect.topics'>(id, at(iteration, { kind: 'topics', words })),
    'inspect.states': async ({ id, dataset, horizon, parameters = null, iteration }) =>
      ask<'inspect.states'>(id, at(iteration, { kind: 'states', horizon, parameters, ...(await applyTo(id, dataset)) })),
    'inspect.sample': ({ id, count, seed, condition, fitted }) => {
      const { model } = opened(id).spec
      if (fitted !== undefined && !hasDensityOfCodes(model.kind)) throw new AppError('latent/no-density', { model: model.kind })
      return ask<'inspect.sample'>(id, { kind: 'sample', count, seed, ...(condition ? { condition } : {}), ...(fitted === undefined ? {} : { fitted }) })
    },
    'inspect.exportOnnx': ({ id, out }) => ask<'inspect.exportOnnx'>(id, { kind: 'export', out }),
    'inspect.apply': async ({ id, dataset, output, given, target, iteration }) =>
      ask<'inspect.apply'>(id, at(iteration, { kind: 'apply', output, ...(given ? { given } : {}), ...(target ? { target } : {}), ...(await applyTo(id, dataset)) })),
    'inspect.conditional': ({ id, given, target }) => ask<'inspect.conditional'>(id, { kind: 'conditional', given, target }),
    'inspect.merges': ({ id }) => ask<'inspect.merges'>(id, { kind: 'merges' }),
    'inspect.alignedRestarts': ({ id }) => ask<'inspect.alignedRestarts'>(id, { kind: 'alignedRestarts' }),
    'inspect.alignment': ({ id, other }) => ask<'inspect.alignment'>(id, { kind: 'alignment', other: opened(other) }),
  }
}

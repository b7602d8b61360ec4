import { describe, expect, it } from 'vitest'
import { covarianceStructures } from '@shared/domain/models/mixtures'
import { runSpecSchema } from '@shared/domain/spec'
import { createOnnxRuntime } from '../runtimes/onnx/onnx-runtime'
import { selectMixture } from './select-mixtures'
import { type StoredDataset, storeDataset } from './training-fixture'

const runtime = createOnnxRuntime({ threads: 1 })

function select({ dataset, folder }: StoredDataset, components: number[], options: { structures?: boolean; folds?: number } = {}) {
  const spec = runSpecSchema.parse({
    dataset: dataset.name,
    model: { kind: 'gaussian-mixture', regularization: 0 },
    inference: { kind: 'em' },
  })
  const grid = { components, structures: options.structures === false ? [] : [...covarianceStructures], restarts: 3, folds: options.folds ?? 0 }
  const operation = { kind: 'select' as const, grid }
  const task = { kind: 'inspect' as const, requestId: 1, runId: '', spec, dataset, datasetFolder: folder, runFolder: '', operation }
  return selectMixture(task, grid, runtime)
}

describe('a grid of components and structures', () => {
  // R 4.2, mclust 6.0: mclustBIC(x)
  it('chooses what mclust chooses by BIC on iris', async () => {
    const { best, cells } = await select(await storeDataset('iris.csv', { label: 'target' }), [1, 2, 3])
    expect(best.bic).toEqual({ components: 2, structure: 'VEV', value: expect.closeTo(-561.7285, 2) })
    expect(cells).toHaveLength(42)
  })

  it('chooses what mclust chooses by BIC on faithful', async () => {
    const { best } = await select(await storeDataset('faithful.csv'), [2, 3, 4])
    expect(best.bic).toEqual({ components: 3, structure: 'EEE', value: expect.closeTo(-2314.296, 2) })
  })

  it('compares held-out rows where folds are asked for', async () => {
    const { best, cells } = await select(await storeDataset('faithful.csv'), [1, 2], { structures: false, folds: 5 })
    expect(best.crossValidated!.components).toBe(2)
    expect(cells[1]!.crossValidated!).toBeGreaterThan(cells[0]!.crossValidated! + 0.5)
    for (const cell of cells) expect(cell.crossValidated!).toBeLessThan(cell.logLikelihood! / 272)
  })
})

import type { Dataset } from '@shared/domain/dataset'
import { isMixture } from '@shared/domain/models/mixtures'
import { type Selection, selectionRequestSchema } from '@shared/domain/selection'
import { AppError } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { DataFolder } from '../files/data-folder'
import type { Inspector } from '../jobs/inspector'
import type { DeviceService } from './devices'
import { checkSpec, specError } from './spec-check'

export interface SelectionServiceOptions {
  folder: DataFolder
  /** A process of its own: a grid takes longer than a slider can wait. */
  selector: Inspector
  devices: Pick<DeviceService, 'confirm'>
  findDataset(nameOrId: string): Promise<Dataset>
}

export function createSelectionMethods({ folder, selector, devices, findDataset }: SelectionServiceOptions): MethodsOf<'selection'> {
  return {
    'selection.mixture': async (request) => {
      const { spec: input, ...grid } = selectionRequestSchema.parse(request)
      const { spec, dataset, issues } = await checkSpec(input, { checkDevice: devices.confirm, findDataset })
      if (!spec || !dataset || issues.length > 0) throw specError(issues)
      const { model } = spec
      if (!isMixture(model) || model.kind === 'k-means') throw new AppError('selection/not-a-mixture', { model: model.kind })
      if (grid.structures.length > 0 && model.kind !== 'gaussian-mixture') throw new AppError('selection/no-structures', { model: model.kind })
      const value = await selector.ask({
        runId: 'selection',
        spec,
        dataset,
        datasetFolder: folder.datasetFolder(dataset.id),
        runFolder: '',
        operation: { kind: 'select', grid },
      })
      // the worker answers with the value that the contract gives this method
      return value as Selection
    },
  }
}

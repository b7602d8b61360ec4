import type { TrainTask } from '@shared/domain/worker-protocol'
import { type OpenedArrays, openDatasetArrays } from '../files/dataset-arrays'
import { type RunFiles, createRunFolder } from '../files/run-files'
import type { Runtime } from '../graph/runtime'
import type { Control } from './control'
import type { Reporter } from './reporter'

/** All that a fit of any kind works with. */
export interface TrainContext {
  task: TrainTask
  /** Reads the arrays of the dataset. Nobody keeps them: a fit works on what preprocessing made of them. */
  readArrays(): OpenedArrays
  files: RunFiles
  runtime: Runtime
  reporter: Reporter
  control: Control
}

export const openTraining = (task: TrainTask, runtime: Runtime, reporter: Reporter, control: Control): TrainContext => ({
  task,
  runtime,
  reporter,
  control,
  readArrays: () => openDatasetArrays(task.datasetFolder, task.dataset),
  files: createRunFolder(task.runFolder),
})

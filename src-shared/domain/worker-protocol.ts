import type { MetricPoint } from '../rpc/contract'
import type { Dataset } from './dataset'
import type { ApplyOutput, Artifact, Notice } from './run'
import type { RunSpec } from './spec'

/** What the host says to a worker process (as lines of text on its stdin) and hears from it (`process.send`, `serialization: 'advanced'`). */

export interface TrainTask {
  kind: 'train'
  runId: string
  spec: RunSpec
  dataset: Dataset
  /** Folder of the dataset's arrays and folder of the run's checkpoints and artifacts. */
  datasetFolder: string
  runFolder: string
  /** Continue from the last checkpoint of runFolder where there is one. */
  resume: boolean
  /** Threads this run may use: already resolved, ≥ 1. */
  threads: number
}

export interface InspectTask {
  kind: 'inspect'
  requestId: number
  runId: string
  spec: RunSpec
  dataset: Dataset
  datasetFolder: string
  runFolder: string
  operation: InspectOperation
}

export type InspectOperation =
  | { kind: 'params' }
  | { kind: 'data' }
  | { kind: 'emFrame'; iteration: number }
  | { kind: 'restarts' }
  | { kind: 'latents' }
  | { kind: 'item'; row: number }
  | { kind: 'decode'; latent: number[][] }
  | { kind: 'states'; horizon: number; dataset: Dataset; datasetFolder: string }
  | { kind: 'sample'; count: number; seed: number }
  /** `dataset` and `datasetFolder`: the data to apply to, possibly not the run's own. */
  | { kind: 'apply'; output: ApplyOutput; dataset: Dataset; datasetFolder: string }

export type ToWorker = TrainTask | InspectTask | { kind: 'pause' } | { kind: 'resume' } | { kind: 'cancel' }

export interface TrainResult {
  status: 'completed' | 'cancelled'
  converged: boolean | null
  iterations: number | null
  epochs: number | null
  metrics: Record<string, number | null>
}

export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'started'; device: string; runtime: string; environment: Record<string, string> }
  | { kind: 'heartbeat' }
  | { kind: 'progress'; phase: string; done: number; total: number }
  | { kind: 'metrics'; points: MetricPoint[] }
  /** After a resume: drop the stored points of these keys with a step above afterStep. */
  | { kind: 'rewind'; keys: string[]; afterStep: number }
  | { kind: 'warning'; warning: Notice }
  | { kind: 'artifact'; artifact: Artifact }
  | { kind: 'checkpoint' }
  | { kind: 'paused' }
  | { kind: 'resumed' }
  | { kind: 'finished'; result: TrainResult }
  | { kind: 'failed'; error: Notice }
  | { kind: 'inspected'; requestId: number; value: unknown }
  | { kind: 'inspectFailed'; requestId: number; error: Notice }

import type { MetricPoint } from '../rpc/contract'
import type { ConditionalRequest } from './conditional'
import type { Dataset, ImportOptions } from './dataset'
import type { Place } from './devices'
import type { GeneratorSpec, TruthSummary } from './generator'
import type { HeldOut } from './held-out'
import type { Direction } from './inside'
import type { ApplyOutput, Artifact, ChainParameters, Notice } from './run'
import type { SelectionQuestion } from './selection'
import type { UnitTask } from './selection-units'
import type { InquiryQuestion } from './inquiry'
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
  /** Epochs after which it asks whether to go on, and waits for the answer. */
  rungs?: number[]
  /** Where it is computed and why there; without it, ONNX Runtime on the CPU. */
  place?: Place & { because: Notice }
}

/** Opens a runtime and runs its self-test: the one thing this process is for, since a broken driver may take it down. */
export interface ProbeTask extends Place {
  kind: 'probe'
  threads: number
}

/** What a self-test found; notice says why it was not passed. */
export interface Probed {
  passed: boolean
  notice: Notice | null
  msPerStep: number | null
  largestError: number | null
}

/** Reads a file, or generates data, and writes the arrays into a folder of its own: the one thing this process is for. */
export interface ImportTask {
  kind: 'import'
  source: { kind: 'file'; path: string; options: ImportOptions } | { kind: 'generator'; spec: GeneratorSpec }
  /** An empty folder. */
  folder: string
}

/** A dataset without what the host gives it. */
export interface Imported {
  described: Pick<Dataset, 'format' | 'kind' | 'rows' | 'shape' | 'classes' | 'valueRange' | 'source' | 'columns' | 'parts' | 'leftOut'>
  sha256: string
  truth: TruthSummary | null
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

/** A class by its name, or numbers in the order of the condition's names. */
export type ConditionAsked = string | number[]

export type InspectOperation =
  | { kind: 'params' }
  | { kind: 'data' }
  | { kind: 'wayBack' }
  | { kind: 'emFrame'; iteration: number }
  | { kind: 'restarts' }
  /** Starts of a mixture that did not become restarts. */
  | { kind: 'givenUp' }
  /** The iterations whose parameters are kept. */
  | { kind: 'iterations' }
  /** What the model would have told had the fit ended there. */
  | { kind: 'atIteration'; iteration: number; operation: InspectOperation }
  | { kind: 'boundCurve'; iteration: number; direction: Direction }
  | { kind: 'imputation' }
  | { kind: 'completion'; rows: number[]; hidden: number[] }
  | { kind: 'propagation' }
  /** Density of one or two columns given values of others. */
  | { kind: 'conditional'; given: ConditionalRequest['given']; target: string[] }
  | { kind: 'merges' }
  | { kind: 'alignedRestarts' }
  /** Components of another fitted run beside this one's. */
  | { kind: 'alignment'; other: Omit<InspectTask, 'kind' | 'requestId' | 'operation'> }
  | { kind: 'latents' }
  | { kind: 'item'; row: number }
  /** Rows of the dataset as the model sees them. */
  | { kind: 'modelRows'; rows: number[] }
  /** The rows nearest in x to a row of the dataset, which is left out, or to what a latent decodes to. */
  | { kind: 'neighbours'; of: { row: number } | { latent: number[] }; count: number }
  | { kind: 'reconstructionErrors' }
  | { kind: 'decode'; latent: number[][]; condition?: ConditionAsked }
  | { kind: 'topics'; words: number }
  | { kind: 'states'; horizon: number; parameters: ChainParameters | null; dataset: Dataset; datasetFolder: string }
  /** fitted: codes come from a mixture of so many Gaussians, fitted to the codes of the training rows, and not from the prior. */
  | { kind: 'sample'; count: number; seed: number; condition?: ConditionAsked; fitted?: number }
  /** Needs no run: fits one unit of a selection, whose id takes the place of the run's. */
  | { kind: 'select'; question: SelectionQuestion; unit: UnitTask }
  /** Takes long, and tells how far it is; `dataset`: the data it is about, possibly not the run's own. */
  | { kind: 'inquire'; question: InquiryQuestion; dataset: Dataset; datasetFolder: string; threads: number }
  /** The fitted parts as ONNX files; `out` is a file ending in .onnx or a folder. */
  | { kind: 'export'; out: string }
  /** `dataset` and `datasetFolder`: the data to apply to, possibly not the run's own. */
  | { kind: 'apply'; output: ApplyOutput; dataset: Dataset; datasetFolder: string; given?: string[]; target?: string[] }

export type ToWorker = TrainTask | InspectTask | ProbeTask | ImportTask | { kind: 'goOn' } | { kind: 'pause' } | { kind: 'resume' } | { kind: 'cancel' }

export interface TrainResult {
  status: 'completed' | 'cancelled'
  converged: boolean | null
  iterations: number | null
  epochs: number | null
  metrics: Record<string, number | null>
  /** Absent where nothing is held out. */
  heldOut?: Record<string, HeldOut>
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
  /** One of the task's rungs is reached, and its metrics are told. */
  | { kind: 'rung'; step: number }
  | { kind: 'paused' }
  | { kind: 'resumed' }
  | { kind: 'finished'; result: TrainResult }
  | { kind: 'failed'; error: Notice }
  | { kind: 'inspected'; requestId: number; value: unknown }
  | { kind: 'inspectFailed'; requestId: number; error: Notice }
  | { kind: 'probed'; result: Probed }
  | { kind: 'imported'; value: Imported }
  | { kind: 'importFailed'; error: Notice }

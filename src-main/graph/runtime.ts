import type { DeviceKind, RuntimeName } from '@shared/domain/devices'
import type { Program } from './program'

/** What a runtime offers to inference. Implementations live in `runtimes/`; models and inference see only this. */

export type NumericArray = Float32Array | Float64Array
/** What is fed: scalars as numbers, indices as int32. */
export type Feed = NumericArray | Int32Array | number

export interface Executable {
  readonly program: Program
  /** Sets state by name. Every parameter must have been set before the first run. Arrays are taken over: do not write to them afterwards. */
  load(state: Readonly<Record<string, NumericArray>>): void
  /** State by name, as it is after the last step; valid until the next run. */
  read(): Promise<Record<string, NumericArray>>
  /**
   * Computes the outputs and the next state. The next state replaces the present one when `keep` (given the outputs) says so, always by
   * default: a step whose loss is not a number need not be taken. Outputs are valid until the next run.
   */
  run(feeds: Readonly<Record<string, Feed>>, keep?: (outputs: Record<string, NumericArray>) => boolean): Promise<Record<string, NumericArray>>
  dispose(): Promise<void>
}

/** The outputs of a program, each added up over blocks of rows. */
export interface BlockSums {
  /** Sets state by name, as of an executable. */
  load(state: Readonly<Record<string, NumericArray>>): void
  /**
   * One pass over all blocks. The order of the additions depends on the number of threads and on nothing else.
   *
   * @param pause  called again and again meanwhile; what it throws ends the pass
   */
  sum(pause?: () => Promise<void>): Promise<Record<string, Float64Array>>
  dispose(): Promise<void>
}

export interface Runtime {
  readonly name: RuntimeName
  readonly device: DeviceKind
  readonly threads: number
  /** Versions and device, for the record of a run. */
  readonly environment: Readonly<Record<string, string>>
  compile(program: Program): Promise<Executable>
  /**
   * Passes over blocks with all threads, each with a share of the blocks of its own; null where one thread, or threads inside the products,
   * are as fast.
   *
   * @param blocks  what each is fed with, by name, in shared memory: it is read where it lies
   */
  sumOverBlocks?(program: Program, blocks: readonly Readonly<Record<string, Float64Array>>[]): Promise<BlockSums | null>
}

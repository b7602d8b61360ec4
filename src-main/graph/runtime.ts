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
  /** Where the runtime can add outputs up faster than whoever asks for them. */
  totals?: RunningTotals
  dispose(): Promise<void>
}

/** Outputs of a program in float64 that are sums over rows, added up over runs. */
export interface RunningTotals {
  clear(): void
  /** Runs the program and adds its outputs up; also gives those of this run that are no sums over rows. */
  add(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, NumericArray>>
  /** Copies of the sums, by output. */
  read(): Record<string, Float64Array>
}

/** The same of any executable whose outputs are all sums over rows. */
export function runningTotals(executable: Executable): RunningTotals {
  let totals: Record<string, Float64Array> = {}
  return {
    clear: () => void (totals = {}),
    add: async (feeds) => {
      for (const [name, part] of Object.entries(await executable.run(feeds))) {
        const total = (totals[name] ??= new Float64Array(part.length))
        for (let index = 0; index < total.length; index += 1) total[index]! += part[index]!
      }
      return {}
    },
    read: () => totals,
  }
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

/**
 * Rows softly assigned to components whose log-densities are linear forms of the row's features, many times with other coefficients. With
 * a_nk = Σ_j features_jn natural_jk and r_nk = weight_n exp(a_nk)/Σ_k exp(a_nk).
 */
export interface SoftAssignment {
  /** Coefficients, [features, components]; written by the caller before each pass. */
  readonly natural: Float64Array
  /**
   * One pass, at once.
   *
   * @param sums  written: Σ_n r_nk features_jn, [components, features]
   * @returns     Σ_n weight_n log Σ_k exp(a_nk), nats
   */
  sum(sums: Float64Array): number
  /** r_nk of the last pass, [components, rows]. */
  shares(): Float64Array
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
  /**
   * For so few rows that calls cost more than their arithmetic.
   *
   * @param features  [features, rows]; the first is 1 everywhere
   * @param weight    how often each row counts, [rows]
   */
  softAssignment?(features: Float64Array, weight: Float64Array, components: number): SoftAssignment
}

import type { RunFiles } from '../files/run-files'
import type { NumericArray } from '../graph/runtime'
import { type VaeCheckpoint, saveCheckpoint } from './vae-files'

type Progress = Omit<VaeCheckpoint, 'state'>

/**
 * The last checkpoint of a run. It is written every two seconds at most; what came after the last one written is held in memory and written
 * when training ends for any reason, so that a stopped run goes on from its last whole epoch.
 */
export class CheckpointKeeper {
  #held: { progress: Progress; state: Record<string, NumericArray> } | null = null
  #written = performance.now()

  constructor(
    readonly files: RunFiles,
    readonly onWrite: () => void,
  ) {}

  keep(progress: Progress, state: Record<string, NumericArray>): void {
    const copy = Object.fromEntries(Object.entries(state).map(([name, values]) => [name, values.slice()]))
    this.#held = { progress: { ...progress }, state: copy }
    if (performance.now() - this.#written > 2000) this.write()
  }

  write(): void {
    if (!this.#held) return
    saveCheckpoint(this.files, 'last', this.#held.progress, this.#held.state)
    this.#held = null
    this.#written = performance.now()
    this.onWrite()
  }
}

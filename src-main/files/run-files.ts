import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Where a run's files lie inside its folder. */
export interface RunFiles {
  checkpoint(which: 'best' | 'last'): string
  artifact(name: string): string
  hasCheckpoint(which: 'best' | 'last'): boolean
  hasArtifact(name: string): boolean
  /** Changes whenever a checkpoint is written. */
  version(): string
}

export function runFiles(folder: string): RunFiles {
  const checkpoint = (which: 'best' | 'last'): string => join(folder, 'checkpoints', `${which}.safetensors`)
  const artifact = (name: string): string => join(folder, 'artifacts', `${name}.safetensors`)
  return {
    checkpoint,
    artifact,
    hasCheckpoint: (which) => existsSync(checkpoint(which)),
    hasArtifact: (name) => existsSync(artifact(name)),
    version: () => (['best', 'last'] as const).map((which) => statSync(checkpoint(which), { throwIfNoEntry: false })?.mtimeMs ?? 0).join(' '),
  }
}

export function createRunFolder(folder: string): RunFiles {
  mkdirSync(join(folder, 'checkpoints'), { recursive: true })
  mkdirSync(join(folder, 'artifacts'), { recursive: true })
  return runFiles(folder)
}

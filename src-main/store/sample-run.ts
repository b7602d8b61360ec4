import { runSpecSchema } from '@shared/domain/spec'
import type { Run } from '@shared/domain/run'

/** A queued run for tests, before anything happened to it. */
export function sampleRun(id: string, change: Partial<Run> = {}): Run {
  return {
    id,
    name: `run ${id}`,
    status: 'queued',
    spec: runSpecSchema.parse({ dataset: 'faithful', model: { kind: 'gaussian-mixture' }, inference: { kind: 'em' } }),
    datasetId: 'd1',
    datasetName: 'faithful',
    datasetSha256: 'ab12',
    createdAt: '2026-11-20T00:00:00.000Z',
    startedAt: null,
    endedAt: null,
    durationMs: null,
    progress: null,
    device: null,
    runtime: null,
    converged: null,
    iterations: null,
    epochs: null,
    metrics: {},
    heldOut: {},
    warnings: [],
    error: null,
    tags: [],
    notes: '',
    shelf: 'current',
    environment: {},
    resumable: false,
    ...change,
  }
}

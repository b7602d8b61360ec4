import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Dataset, ImportOptions } from '@shared/domain/dataset'
import { type RunSpec, runSpecSchema } from '@shared/domain/spec'
import type { FromWorker, InspectOperation } from '@shared/domain/worker-protocol'
import { readData } from '../datasets/read'
import { writeDatasetArrays } from '../files/dataset-arrays'
import { createWorker } from './worker'

/** For tests: a dataset on disk as a worker finds it, and a worker whose messages are kept. */

export interface StoredDataset {
  dataset: Dataset
  folder: string
}

const scratch = (): string => mkdtempSync(join(tmpdir(), 'latent-worker-'))

export async function storeDataset(path: string, options: ImportOptions = {}, valueRange: [number, number] = [0, 255]): Promise<StoredDataset> {
  const data = await readData(resolve('resources/datasets', path), options, { meaning: { valueRange } })
  const folder = join(scratch(), 'dataset')
  await writeDatasetArrays(folder, data)
  const { features: _features, pixels: _pixels, labels: _labels, ...described } = data
  const dataset = { ...described, id: 'd1', name: path, sha256: 'test', bundled: null, description: '', createdAt: '2026-01-01T00:00:00Z' }
  return { dataset, folder }
}

export interface Trained {
  messages: FromWorker[]
  runFolder: string
  spec: RunSpec
  /** Values of a metric in the order of its steps. */
  series(key: string): (number | null)[]
  finished(): Extract<FromWorker, { kind: 'finished' }>['result']
  inspect<T>(operation: InspectOperation): Promise<T>
}

export async function train(
  stored: StoredDataset,
  spec: object,
  options: { runFolder?: string; resume?: boolean; onMessage?: (message: FromWorker, worker: ReturnType<typeof createWorker>) => void } = {},
): Promise<Trained> {
  const messages: FromWorker[] = []
  const runFolder = options.runFolder ?? scratch()
  const parsed = runSpecSchema.parse({ dataset: stored.dataset.name, ...spec })
  const worker = createWorker(async (message) => {
    messages.push(structuredClone(message))
    options.onMessage?.(message, worker)
  })
  const shared = { runId: 'r1', spec: parsed, dataset: stored.dataset, datasetFolder: stored.folder, runFolder }
  await worker.receive({ kind: 'train', ...shared, resume: options.resume ?? false, threads: 1 })
  let requestId = 0
  return {
    messages,
    runFolder,
    spec: parsed,
    series: (key) =>
      messages
        .flatMap((message) => (message.kind === 'metrics' ? message.points : []))
        .filter((point) => point.key === key)
        .sort((a, b) => a.step - b.step)
        .map(({ value }) => value),
    finished() {
      const last = messages.find((message) => message.kind === 'finished')
      if (last?.kind !== 'finished') throw new Error(`the run did not finish: ${JSON.stringify(messages.at(-1))}`)
      return last.result
    },
    async inspect<T>(operation: InspectOperation) {
      requestId += 1
      await worker.receive({ kind: 'inspect', requestId, ...shared, operation })
      const answer = messages.find((message) => 'requestId' in message && message.requestId === requestId)
      if (answer?.kind === 'inspected') return answer.value as T
      throw new Error(answer?.kind === 'inspectFailed' ? answer.error.message : 'no answer')
    },
  }
}

import { join } from 'node:path'
import type { Run } from '@shared/domain/run'
import { resolveSweep } from '@shared/domain/resolve-sweep'
import { type RunSpec, runSpecSchema } from '@shared/domain/spec'
import type { Trial } from '@shared/domain/sweep'
import { notice } from '@shared/rpc/errors'
import { sampleRun } from '../src-main/store/sample-run'
import { openStore } from '../src-main/store/store'

export interface GeneratedStore {
  runs: number
  /** Metrics that every run has. */
  common: number
  /** Metrics that one run in two hundred has. */
  rare: number
  /** So many of the runs have points too: of so many metrics, so many each. */
  withPoints: number
  metrics: number
  points: number
}

const seedsPerPoint = 5
const covariances = ['full', 'tied', 'diagonal', 'spherical'] as const
const words = ['base', 'wide', 'deep', 'noisy', 'long', 'short', 'warm', 'cold']

/** The same number each time for the same place. */
const noise = (a: number, b: number): number => {
  const x = Math.sin(a * 12.9898 + b * 78.233) * 43758.5453
  return x - Math.floor(x)
}

const specs = new Map<number, RunSpec>()
function specOf(point: number): RunSpec {
  const known = specs.get(point)
  if (known) return known
  const learningRate = 10 ** (-4 + (2 * (point % 113)) / 113)
  const spec = runSpecSchema.parse(
    point % 2 === 1
      ? { dataset: 'digits', model: { kind: 'vae', latent: 2 + (point % 31) }, inference: { kind: 'gradient', batchSize: 16 + (point % 97), optimizer: { adam: { learningRate } } } }
      : { dataset: 'faithful', model: { kind: 'gaussian-mixture', components: 1 + (point % 12), covariance: covariances[point % 4], regularization: 1e-6 * (1 + (point % 211)) }, inference: { kind: 'em' } },
  )
  specs.set(point, spec)
  return spec
}

function generatedRun(index: number, { common, rare }: GeneratedStore): Run {
  const point = Math.floor(index / seedsPerPoint)
  const seed = 1 + (index % seedsPerPoint)
  const isVae = point % 2 === 1
  const spec = { ...specOf(point), seed }
  const metrics: Record<string, number> = { [isVae ? 'train/elbo' : 'train/logLikelihood']: -100 - (point % 89) / 10 + noise(index, 0), 'made/constant': 1 }
  for (let metric = 0; metric < common; metric += 1) metrics[`made/metric${metric}`] = Number((noise(index, metric + 1) * 100).toPrecision(6))
  for (let metric = index % 200; metric < rare; metric += 200) metrics[`made/rare${metric}`] = Number(noise(index, -metric - 1).toPrecision(6))
  const created = Date.UTC(2026, 0, 1) + index * 60_000
  return sampleRun(`20260101-${index.toString(36).padStart(6, '0')}`, {
    ...{ name: `${words[point % words.length]} ${point}`, status: index % 50 === 49 ? 'failed' : 'completed', spec, metrics },
    ...(isVae ? { datasetId: 'digits', datasetName: 'digits', epochs: 20 } : { datasetId: 'faithful', iterations: 5 + (point % 90), converged: point % 7 !== 0 }),
    ...{ createdAt: new Date(created).toISOString(), startedAt: new Date(created).toISOString(), endedAt: new Date(created + 9000).toISOString() },
    ...{ durationMs: 1000 + (index % 997) * 13, device: 'cpu', runtime: 'onnx', tags: index % 20 === 0 ? ['kept'] : [] },
  })
}

/** All runs of such a store, oldest first. */
export const generatedRuns = (wanted: GeneratedStore): Run[] => Array.from({ length: wanted.runs }, (_, index) => generatedRun(index, wanted))

/** Writes runs into a data folder that no host has open, by the store's own calls. */
export function generateStore(home: string, wanted: GeneratedStore): { ingestPerSecond: number | null } {
  const store = openStore(join(home, 'latent.db'), home)
  store.together(() => {
    for (let index = 0; index < wanted.runs; index += 1) store.runs.insert(generatedRun(index, wanted))
  })
  const newest = Array.from({ length: wanted.withPoints }, (_, back) => generatedRun(wanted.runs - 1 - back, wanted))
  const batch = 500
  const began = performance.now()
  for (const [at, run] of newest.entries()) {
    for (let metric = 0; metric < wanted.metrics; metric += 1) {
      for (let from = 0; from < wanted.points; from += batch) {
        const key = `made/metric${metric}`
        const value = (step: number): number => at * 0.01 + 10 * Math.exp(-step / 200) + noise(step, at)
        store.metrics.append(run.id, Array.from({ length: Math.min(batch, wanted.points - from) }, (_, index) => ({ key, step: from + index, value: value(from + index) })))
      }
    }
    store.metrics.settle(run.id)
  }
  const points = wanted.withPoints * wanted.metrics * wanted.points
  const ingestPerSecond = points > 0 ? points / ((performance.now() - began) / 1000) : null
  store.close()
  return { ingestPerSecond }
}

const sweepSpec = {
  dataset: 'digits',
  ...{ split: { train: 0.8, validation: 0.2 }, model: { kind: 'vae' }, inference: { kind: 'gradient', epochs: 50 } },
  sweep: {
    parameters: {
      'model.latent': { integer: [2, 64] },
      'model.encoder.mlp.0': { values: [32, 64, 128, 256] },
      'model.decoder.mlp.0': { values: [32, 64, 128, 256] },
      'model.likelihood': { values: ['bernoulli', 'gaussian'] },
      'inference.optimizer.adam.learningRate': { logUniform: [1e-4, 1e-2] },
      'inference.objective.elbo.beta': { uniform: [0.5, 2] },
      'inference.objective.elbo.warmup': { integer: [0, 10] },
      'inference.batchSize': { values: [32, 64, 128] },
      'inference.epochs': { integer: [5, 50] },
      'inference.clip': { uniform: [0.5, 5] },
    },
    ...{ sampler: 'tpe', pruner: 'asha', objective: { metric: 'validation/elbo', direction: 'maximize' } },
  },
}
type Range = { values: (number | string)[] } | { integer: number[] } | { uniform: number[] } | { logUniform: number[] }
function drawn(range: Range, share: number): number | string {
  if ('values' in range) return range.values[Math.floor(share * range.values.length)]!
  const [low, high] = ('integer' in range ? range.integer : 'uniform' in range ? range.uniform : range.logUniform) as [number, number]
  if ('integer' in range) return low + Math.floor(share * (high - low + 1))
  return 'uniform' in range ? low + share * (high - low) : low * (high / low) ** share
}

/** A sweep over ten parameters that is over, three in five of whose trials were pruned; its runs are gone. */
export function generateSweep(home: string, { id, trials }: { id: string; trials: number }): void {
  const store = openStore(join(home, 'latent.db'), home)
  const { plan, base } = resolveSweep({ ...sweepSpec, sweep: { ...sweepSpec.sweep, trials } })
  const began = Date.UTC(2026, 0, 1)
  const at = (index: number): string => new Date(began + index * 2000).toISOString()
  store.together(() => {
    store.sweeps.insert({ id, name: 'ten parameters', status: 'completed', spec: base, plan: plan!, datasetName: 'digits', createdAt: at(0), endedAt: at(trials), error: null, enqueued: [] })
    for (let index = 0; index < trials; index += 1) {
      const parameters = Object.fromEntries(Object.entries(sweepSpec.sweep.parameters).map(([path, range], axis) => [path, drawn(range, noise(index, axis + 1))]))
      const [rate, beta] = [parameters['inference.optimizer.adam.learningRate'] as number, parameters['inference.objective.elbo.beta'] as number]
      const value = -30 - 4 * Math.abs(Math.log10(rate) + 3) - 3 * Math.abs(beta - 1) + 2 * noise(index, 0)
      const isPruned = value < -31.5
      const trial: Trial = {
        ...{ index, parameters, status: isPruned ? 'pruned' : 'completed', values: [value], source: 'sampler', runs: [], epochs: isPruned ? 4 : 50 },
        ...{ reason: isPruned ? notice('sweep/pruned-by-asha', { rule: 'asha', step: 4, metric: 'validation/elbo', value, threshold: value + 1, kept: 10, count: 40 }) : null },
        ...{ startedAt: at(index), endedAt: at(index + 1) },
      }
      store.sweeps.insertTrial(id, trial)
    }
  })
  store.close()
}

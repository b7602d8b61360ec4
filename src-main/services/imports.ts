import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { type ForeignRun, foreignKind } from '@shared/domain/foreign-run'
import type { Notice, Run } from '@shared/domain/run'
import { type RunSpec, runSpecSchema } from '@shared/domain/spec'
import type { HostEvent } from '@shared/rpc/contract'
import { notice } from '@shared/rpc/errors'
import type { MethodsOf } from '@shared/rpc/handlers'
import type { Store } from '../store/store'
import type { FileWork } from './file-work'
import { seriesSha256 } from './report-source'
import { newRunId } from './run-ids'

export interface ImportServiceOptions {
  store: Store
  work: FileWork
  publish(event: HostEvent): void
}

/** Runs of other programs as finished runs with their points; what was imported before is not imported again. */
export function createImportMethods({ store, work, publish }: ImportServiceOptions): MethodsOf<'imports'> {
  function knownFingerprints(): Map<string, string> {
    const known = new Map<string, string>()
    for (const shelf of ['current', 'archive', 'trash'] as const) {
      for (let offset = 0; ; ) {
        const { runs } = store.runs.list('', offset, 1000, shelf)
        if (runs.length === 0) break
        for (const { id, environment } of runs) if (environment[fingerprintName]) known.set(environment[fingerprintName], id)
        offset += runs.length
      }
    }
    return known
  }
  function add(foreign: ForeignRun, fingerprint: string): Run {
    const run = runOf(foreign, fingerprint, store)
    const points = Object.entries(foreign.series).flatMap(([key, { step, value }]) => step.map((at, index) => ({ key, step: at, value: value[index] ?? null })))
    store.together(() => {
      store.runs.insert(run)
      if (points.length > 0) store.metrics.append(run.id, points)
      store.metrics.settle(run.id)
    })
    const stored = store.runs.get(run.id)!
    publish({ name: 'run.changed', payload: { run: stored } })
    return stored
  }
  return {
    'imports.runs': async ({ path: wanted }) => {
      const path = resolve(wanted)
      const { readForeignRuns } = await import('./foreign-runs')
      const taken = await work.during(path, async ({ check, onProgress }) => {
        const told = (fraction: number): void => {
          check()
          onProgress(fraction)
        }
        // reading takes about as long as storing
        const found = await readForeignRuns(path, (fraction) => told(fraction / 2))
        return await takeAll(found, (fraction) => told(0.5 + fraction / 2))
      })
      return { runs: taken.map(({ run: { id, name, warnings }, foreign: { program, source }, isNew }) => ({ id, name, program, source, isNew, warnings })) }
    },
  }

  /** Each run in one transaction; where one fails, or the import is cancelled, those before it go again. */
  async function takeAll(found: readonly ForeignRun[], onProgress: (fraction: number) => void): Promise<{ foreign: ForeignRun; run: Run; isNew: boolean }[]> {
    const known = knownFingerprints()
    const taken: { foreign: ForeignRun; run: Run; isNew: boolean }[] = []
    try {
      for (const foreign of found) {
        onProgress(taken.length / found.length)
        await new Promise<void>((resume) => setImmediate(resume))
        const fingerprint = fingerprintOf(foreign)
        const there = known.get(fingerprint)
        const run = there === undefined ? add(foreign, fingerprint) : store.runs.get(there)!
        known.set(fingerprint, run.id)
        taken.push({ foreign, run, isNew: there === undefined })
      }
      return taken
    } catch (error) {
      for (const { run, isNew } of taken) {
        if (!isNew) continue
        store.runs.remove(run.id)
        publish({ name: 'run.removed', payload: { id: run.id } })
      }
      throw error
    }
  }
}

const fingerprintName = 'importedSha256'
const fingerprintOf = ({ program, name, series, parameters }: ForeignRun): string =>
  createHash('sha256').update(JSON.stringify([program, name, seriesSha256(series), parameters])).digest('hex')

/** Where this workbench wrote the run, its specification came along; elsewhere the parameters are all there is. */
function specOf({ name, tags, parameters }: ForeignRun): RunSpec {
  const own = tags['latent.spec']
  if (own !== undefined) {
    try {
      return runSpecSchema.parse(JSON.parse(own))
    } catch {
      // of a version that had other fields: the parameters say it too
    }
  }
  const values = Object.fromEntries(Object.entries(parameters).map(([key, text]) => [key, numberOrText(text)]))
  const seed = Number(parameters['seed'] ?? parameters['random_state'] ?? 0)
  const spec = {
    ...{ name, dataset: foreignDataset, split: { train: 1, validation: 0, seed: 0 }, preprocess: [], seed: Number.isSafeInteger(seed) && seed >= 0 ? seed : 0 },
    ...{ model: { kind: foreignKind, parameters: values }, inference: { kind: foreignKind }, device: 'auto', runtime: 'auto' },
  }
  // no model of this workbench: what shows runs by their kind has a row for it, what fits them never sees it
  return spec as unknown as RunSpec
}
const foreignDataset = '—'
const numberOrText = (text: string): number | string => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text)

function runOf(foreign: ForeignRun, fingerprint: string, store: Store): Run {
  const { program, name, source, status, start, end, series, tags, notes } = foreign
  const sha256 = tags['latent.datasetSha256'] ?? ''
  const dataset = sha256 === '' ? null : store.datasets.findBySha(sha256)
  const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
  const spec = specOf(foreign)
  const isOwn = (spec.model.kind as string) !== foreignKind
  return {
    ...{ id: newRunId(new Date()), name, status, spec, datasetId: dataset?.id ?? '', datasetName: tags['latent.dataset'] ?? dataset?.name ?? foreignDataset, datasetSha256: sha256 },
    ...{ createdAt: time(start) ?? new Date().toISOString(), startedAt: time(start), endedAt: time(end ?? start), durationMs: start !== null && end !== null ? end - start : null },
    ...{ progress: null, device: null, runtime: null, converged: null, iterations: null, epochs: null, metrics: {}, heldOut: {}, warnings: warningsOf(foreign), error: null },
    ...{ tags: [...(tags['latent.tags']?.split(', ').filter(Boolean) ?? []), program], notes, shelf: 'current' as const, resumable: false },
    environment: {
      ...{ importedFrom: program, importedSource: source, [fingerprintName]: fingerprint },
      ...Object.fromEntries(Object.entries(tags).flatMap(([key, value]) => (key.startsWith('latent.environment.') ? [[key.slice('latent.environment.'.length), value]] : isOwn || key.startsWith('mlflow.note') ? [] : [[`tag.${key}`, value]]))),
      ...Object.fromEntries(Object.keys(series).length === 0 ? [['importedPoints', '0']] : []),
    },
  }
}

function warningsOf({ takenBack, passedBy, isCutOff }: ForeignRun): Notice[] {
  return [
    ...(isCutOff ? [notice('import/cut-off', {})] : []),
    ...(takenBack > 0 ? [notice('import/taken-back', { count: takenBack })] : []),
    ...(passedBy > 0 ? [notice('import/passed-by', { count: passedBy })] : []),
  ]
}

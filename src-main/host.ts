import { availableParallelism, hostname } from 'node:os'
import { dirname, join } from 'node:path'
import type { RuntimeInfo, SystemInfo } from '@shared/domain/system'
import type { HostEvent } from '@shared/rpc/contract'
import { notice } from '@shared/rpc/errors'
import { clearTemporary, openDataFolder } from './files/data-folder'
import { acquireHostLock, type HostLock } from './files/host-lock'
import { createInquiryRunner } from './jobs/inquiry-runner'
import { createImporter } from './jobs/importer'
import { createProber, probeTimeoutMs } from './jobs/probe'
import { createInspector, inspectorAnswerMs, inspectorIdleMs } from './jobs/inspector'
import { findNodeCommand } from './jobs/node-command'
import { shareCores } from './jobs/queue'
import { createLateWrites } from './jobs/late-writes'
import { createProposer } from './jobs/proposer'
import { createRunRecorder } from './jobs/run-recorder'
import { createSelectionRunner } from './jobs/selection-runner'
import { createSlurm } from './jobs/slurm/slurm-commands'
import { createSlurmExecutor, slurmTiming } from './jobs/slurm/slurm-executor'
import { createSupervisor } from './jobs/supervisor'
import { type WorkerLimits, workerLimits } from './jobs/worker-process'
import { createEventHub } from './rpc/event-hub'
import { type HttpServer, startHttp } from './rpc/http'
import { createRouter, type Dispatch } from './rpc/router'
import { describeMachine, describeRuntimes } from './runtimes/describe'
import { createArchiveMethods } from './services/archives'
import { createCompareMethods } from './services/compare'
import { createDatasetService } from './services/datasets'
import { createDeviceService } from './services/devices'
import { createExampleMethods } from './services/examples'
import { createExportMethods } from './services/exports'
import { createFileWork } from './services/file-work'
import { createImportMethods } from './services/imports'
import { createInquiryMethods } from './services/inquiries'
import { createInspectMethods } from './services/inspect'
import { createPlaceCheck } from './services/places'
import { createReportMethods } from './services/reports'
import { newBatchId } from './services/run-ids'
import { createRunTableMethods } from './services/run-table'
import { createRunMethods } from './services/runs'
import { createSelectionMethods } from './services/selections'
import { createSettingsService } from './services/settings'
import { createSweepConductor, type RunActions, type SweepConductor } from './services/sweep-conductor'
import { createSweepRecorder } from './services/sweep-recorder'
import { createSweepMethods, recoverSweeps } from './services/sweeps'
import { createSystemMethods } from './services/system'
import { foreignTables } from './store/foreign-tables'
import { storageError } from './store/storage-error'
import { openStore, type Store } from './store/store'

export interface HostOptions {
  /** The data folder. */
  home: string
  /** Bundled data lie in its folder datasets. */
  resourcesFolder: string
  /** The built worker: one process of it per run. */
  workerPath: string
  hostKind: SystemInfo['host']
  version: string
  /** Node for workers; without one, the best that is found. */
  nodePath?: string | null
  parallelRuns?: number
  runtimes?: RuntimeInfo[]
  limits?: WorkerLimits
  /** For tests: replies are parsed by the contract too. */
  checkOutputs?: boolean
}

export interface Host {
  dispatch: Dispatch
  subscribe(listener: (event: HostEvent) => void): () => void
  /** Listens on 127.0.0.1, and says so in the lock, so that the command line can join. */
  listen(options: { port?: number; rendererFolder: string | null }): Promise<HttpServer>
  /** Nothing runs, nothing waits, nobody is being answered. */
  idle(): boolean
  /** Interrupts runs that go on, after their checkpoint; resolves when all processes are gone and the folder is free. */
  close(): Promise<void>
}

/** The whole application, without a window. Throws where the data folder cannot be had. */
export function createHost(options: HostOptions): Host {
  const folder = openDataFolder(options.home)
  const lock = acquireHostLock(folder, new Date().toISOString())
  try {
    clearTemporary(folder)
    return build(options, folder, lock, openStore(folder.database, folder.home))
  } catch (error) {
    lock.release()
    throw error
  }
}

function build(options: HostOptions, folder: ReturnType<typeof openDataFolder>, lock: HostLock, store: Store): Host {
  const { workerPath, resourcesFolder, limits = workerLimits, runtimes = describeRuntimes(), checkOutputs = false } = options
  const cores = availableParallelism()
  const command = findNodeCommand(options.nodePath ?? process.env['LATENT_NODE'] ?? null)
  const hub = createEventHub()
  const late = createLateWrites()
  const recorder = createRunRecorder(store, hub.publish, late)
  const settings = createSettingsService(folder, hub.publish)
  const { threadsPerRun: threads } = shareCores(cores, options.parallelRuns)
  const prober = createProber({ command, workerPath, limits, threads, timeoutMs: probeTimeoutMs })
  const cacheKey = `${options.version} · ${describeMachine(hostname())} · ${threads} threads`
  const devices = createDeviceService({ folder, candidates: runtimes, cacheKey, prober, settings: settings.get, publish: hub.publish })
  const slurm = createSlurm()
  const places = createPlaceCheck(devices, slurm)
  const jobEntry = join(dirname(workerPath), 'slurm-job.js')
  const timing = slurmTiming(Number(process.env['LATENT_SLURM_POLL_MS'] || 5000))
  const cluster = createSlurmExecutor({ slurm, folder, command, jobEntry, newBatchId: () => newBatchId(new Date()), timing, onBug: reportBug })
  const supervisor = createSupervisor({
    ...{ store, folder, recorder, command, workerPath, cores, parallelRuns: options.parallelRuns, limits },
    settings: settings.orDefault,
    choosePlace: devices.choose,
    cluster,
    rungsOf: (run) => conductor.rungsOf(run),
  })
  hub.subscribe(({ name }) => name === 'settings.changed' && supervisor.refill())
  const inspector = createInspector({ command, workerPath, limits: { ...limits, answerMs: inspectorAnswerMs }, idleMs: inspectorIdleMs })
  const selectionRunner = createSelectionRunner({ store, folder, publish: hub.publish, command, workerPath, cores, limits })
  const startImport = createImporter({ command, workerPath, limits })
  const datasets = createDatasetService({ store: store.datasets, files: folder, startImport, publish: hub.publish, resourcesFolder, tables: foreignTables })
  const { findDataset } = datasets
  const inquiryRunner = createInquiryRunner({ store, folder, publish: hub.publish, command, workerPath, cores, limits, findDataset })
  const runMethods = createRunMethods({ store, folder, recorder, supervisor, places, findDataset })
  const runActions: RunActions = {
    start: async (spec) => runMethods['runs.start']({ spec }),
    resume: async (id) => runMethods['runs.resume']({ id }),
    cancel: async (id) => runMethods['runs.cancel']({ id }),
    update: async (change) => runMethods['runs.update'](change),
    follow: supervisor.enqueue,
  }
  const sweepRecorder = createSweepRecorder(store.sweeps, hub.publish, late)
  const proposer = createProposer(join(dirname(workerPath), 'proposer.js'))
  const conductor: SweepConductor = createSweepConductor({ store, home: folder.home, recorder: sweepRecorder, runs: runActions, proposer, onBug: reportBug })
  hub.subscribe(conductor.hear)
  const inspectMethods = createInspectMethods({ store, folder, inspector, findDataset })
  const params = async (id: string): Promise<Record<string, unknown>> => inspectMethods['inspect.params']({ id })
  const sweepMethods = createSweepMethods({ store, recorder: sweepRecorder, conductor, runs: runActions, places, findDataset, flush: late.flush })
  const fileWork = createFileWork(hub.publish)
  const route = createRouter(
    {
      ...createSystemMethods(() => describeSystem(options, folder.home, cores, devices.runtimes())),
      ...devices.methods,
      ...settings.methods,
      ...datasets.methods,
      ...createExampleMethods(resourcesFolder),
      ...runMethods,
      ...sweepMethods,
      ...createSelectionMethods({ store, runner: selectionRunner, publish: hub.publish, devices, findDataset }),
      ...createCompareMethods(store, folder),
      ...createRunTableMethods(store),
      ...createInquiryMethods({ store, runner: inquiryRunner, publish: hub.publish }),
      ...inspectMethods,
      ...createExportMethods({ store, params }),
      ...createImportMethods({ store, work: fileWork, publish: hub.publish }),
      ...createArchiveMethods({ store, folder, version: options.version, work: fileWork, sweeps: sweepMethods, publish: hub.publish }),
      ...createReportMethods({ store, folder, resourcesFolder, version: options.version, inspect: inspectMethods, sweeps: sweepMethods, publish: hub.publish }),
    },
    { checkOutputs, explain: (error) => storageError(error, folder.home), onBug: reportBug },
  )
  const servers = new Set<HttpServer>()
  let answering = 0
  let closing: Promise<void> | null = null

  const dispatch: Dispatch = async (method, input) => {
    if (closing) return { ok: false, error: notice('system/unreachable') }
    answering++
    try {
      return await route(method, input)
    } finally {
      answering--
    }
  }
  async function close(): Promise<void> {
    await conductor.close()
    await Promise.all([supervisor.close(), inspector.close(), selectionRunner.close(), inquiryRunner.close(), datasets.close(), devices.close()])
    await Promise.all([...servers].map((server) => server.close()))
    late.close()
    store.close()
    lock.release()
  }
  // before its runs: they are judged by their sweep from their first word on
  recoverSweeps(store, sweepRecorder, options.hostKind === 'cli' ? null : conductor)
  // a command that lists runs must not start some and interrupt them when it is done
  supervisor.recover({ startQueued: options.hostKind !== 'cli' })
  selectionRunner.recover({ startQueued: options.hostKind !== 'cli' })
  inquiryRunner.recover({ startQueued: options.hostKind !== 'cli' })
  return {
    dispatch,
    subscribe: hub.subscribe,
    listen: async ({ port, rendererFolder }) => {
      const server = await startHttp({ dispatch, hub, folder, rendererFolder, port, onBug: reportBug })
      servers.add(server)
      lock.publish({ port: server.port, token: server.token })
      return server
    },
    idle: () => supervisor.isIdle() && conductor.isIdle() && selectionRunner.isIdle() && inquiryRunner.isIdle() && answering === 0,
    close: () => (closing ??= close()),
  }
}

function describeSystem(options: HostOptions, home: string, cores: number, runtimes: RuntimeInfo[]): SystemInfo {
  const electron = process.versions['electron']
  return {
    version: options.version,
    node: process.versions.node,
    ...(electron !== undefined && { electron }),
    platform: `${process.platform} ${process.arch}`,
    cores,
    runtimes,
    home,
    host: options.hostKind,
  }
}

function reportBug(place: string, error: unknown): void {
  process.stderr.write(`${place}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}

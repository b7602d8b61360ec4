import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { AppError } from '@shared/rpc/errors'

/** All paths inside the data folder. Nothing else joins a path to it. */
export interface DataFolder {
  readonly home: string
  readonly database: string
  readonly lock: string
  /** What is known of this machine's devices. */
  readonly devices: string
  readonly settings: string
  datasetFolder(id: string): string
  runFolder(id: string): string
  checkpointsFolder(runId: string): string
  artifactsFolder(runId: string): string
  /** What one submission to a cluster needs, and what its jobs print. */
  batchFolder(id: string): string
  /** Where a file sent by a browser goes; its name stays readable but cannot leave the folder. */
  uploadFile(batch: string, name: string): string
  /** A fresh, empty folder on the same volume; renaming it to its place is atomic. The caller moves or removes it. */
  temporaryFolder(): string
}

const nameOfEntry = /^[\w-][\w.-]{0,199}$/

/** Ids and names of files come over the wire: they name one entry of one folder, never a path. */
export function isEntryName(name: string): boolean {
  return nameOfEntry.test(name) && basename(name) === name
}

function entry(folder: string, name: string): string {
  if (!isEntryName(name)) throw new AppError('system/bad-name', { name })
  return join(folder, name)
}

/** Keeps letters of every language; what a path or a file system could read as more than a name becomes an underscore. */
function fileName(name: string): string {
  const plain = name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '_').slice(0, 120)
  if (/^\.*\s*$/.test(plain)) throw new AppError('system/bad-name', { name })
  return plain
}

/** Where data live unless --home says otherwise. */
export function defaultHome(environment: NodeJS.ProcessEnv): string {
  return resolve(environment['LATENT_HOME'] || join(homedir(), '.latent-workbench'))
}

/** Creates the folder where it is missing; what cannot be written is an error the user can mend. */
export function openDataFolder(path: string): DataFolder {
  const home = resolve(path)
  const temporary = join(home, 'temporary')
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    for (const folder of [join(home, 'datasets'), join(home, 'runs'), join(home, 'uploads'), temporary])
      mkdirSync(folder, { recursive: true })
    accessSync(home, constants.W_OK)
  } catch (error) {
    throw new AppError('system/home-unwritable', { home, reason: (error as Error).message })
  }
  const runFolder = (id: string): string => entry(join(home, 'runs'), id)
  return {
    home,
    database: join(home, 'latent.db'),
    lock: join(home, 'host.lock'),
    devices: join(home, 'devices.json'),
    settings: join(home, 'settings.json'),
    datasetFolder: (id) => entry(join(home, 'datasets'), id),
    runFolder,
    checkpointsFolder: (id) => join(runFolder(id), 'checkpoints'),
    artifactsFolder: (id) => join(runFolder(id), 'artifacts'),
    batchFolder: (id) => entry(join(home, 'batches'), id),
    uploadFile: (batch, name) => join(entry(join(home, 'uploads'), batch), fileName(name)),
    temporaryFolder: () => mkdtempSync(join(temporary, 'part-')),
  }
}

/** Leftovers of imports and uploads that were cut off. Only the owner of the lock may call this. */
export function clearTemporary(folder: DataFolder): void {
  for (const name of ['temporary', 'uploads']) {
    rmSync(join(folder.home, name), { recursive: true, force: true })
    mkdirSync(join(folder.home, name), { recursive: true })
  }
}

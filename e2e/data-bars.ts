import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient } from '@shared/rpc/client'
import { writeCsv, writeIdx, writeNpy, writePictureFolder, writeWideCsv } from '../src-main/datasets/bar-files'
import { connectHttp } from '../src-main/rpc/http-client'
import { workersOf } from './processes'
import { type Figure, figuresTable, percentile } from './scale-measures'
import { newHome, removeHome, repository, startServer } from './workbench'

/**
 * `npm run bench:data`: the bars of an import, from the request to the answer of the local server, as a window asks it. Meant for a quiet machine;
 * what holds on any machine (bytes read, processor time) is in src-main/datasets/bars.test.ts.
 */
const figures: Figure[] = []
function told(name: string, value: number, unit: string, bar: number | null): void {
  figures.push({ name, value, unit, bar })
  if (bar !== null) expect.soft(value, name).toBeLessThanOrEqual(bar)
}

const home = newHome()
const files = join(home, 'files')
let client: Client
let pid = 0
let close = (): Promise<void> => Promise.resolve()

beforeAll(async () => {
  mkdirSync(files)
  const { server, url } = await startServer(join(home, 'home'))
  const { port, searchParams } = new URL(url)
  const transport = connectHttp({ port: Number(port), token: searchParams.get('token')! })
  client = createClient(transport)
  pid = server.pid!
  close = async () => {
    transport.close()
    server.kill()
    await new Promise((ended) => server.once('exit', ended))
  }
  await client.call('datasets.list', {})
})
afterAll(async () => {
  console.info(`\n${figuresTable(figures)}\n`)
  mkdirSync(join(repository, 'bench-results'), { recursive: true })
  writeFileSync(join(repository, 'bench-results', 'data.json'), `${JSON.stringify(figures, null, 2)}\n`)
  await close()
  removeHome(home)
}, 60_000)

const clocked = async (task: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now()
  await task()
  return performance.now() - begun
}
const look = (path: string): Promise<number> => clocked(() => client.call('datasets.sniff', { path }))
const take = (path: string): Promise<number> => clocked(() => client.call('datasets.import', { path }))

/** How long other requests took while something went on, in ms. */
async function answeredWhile(task: Promise<unknown>): Promise<number[]> {
  let isDone = false
  void task.finally(() => (isDone = true)).catch(() => {})
  const times: number[] = []
  while (!isDone) {
    times.push(await clocked(() => client.call('datasets.list', {})))
    await new Promise((wake) => setTimeout(wake, 10))
  }
  await task
  return times
}

/** The most memory that a worker of the host was seen to have, in MB, as Linux counts it. */
async function mostMemoryWhile(task: Promise<unknown>): Promise<number> {
  let isDone = false
  void task.finally(() => (isDone = true)).catch(() => {})
  let most = 0
  while (!isDone) {
    for (const worker of workersOf(pid)) most = Math.max(most, residentMost(worker))
    await new Promise((wake) => setTimeout(wake, 100))
  }
  await task
  return most
}
function residentMost(worker: number): number {
  const path = `/proc/${worker}/status`
  return existsSync(path) ? Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(path, 'utf8'))?.[1] ?? 0) / 1024 : 0
}

describe('imports of large files', () => {
  it('a CSV of 98 MB is previewed at once and imported while the host answers', async () => {
    const path = join(files, 'rows.csv')
    writeCsv(path, 560_000)
    await look(path)
    told('CSV, 98 MB: preview', await look(path), 'ms', 300)
    let seconds = 0
    const answers = await answeredWhile(take(path).then((time) => (seconds = time / 1000)))
    told('CSV, 98 MB: import', seconds, 's', 5)
    told('CSV, 98 MB: other requests meanwhile, the slowest', Math.max(...answers), 'ms', 50)
    told('CSV, 98 MB: other requests meanwhile, median', percentile(answers, 0.5), 'ms', null)
    rmSync(path)
  })

  it('4,000 columns', async () => {
    const path = join(files, 'wide.csv')
    writeWideCsv(path, 4000, 1000)
    told('CSV, 4,000 columns × 1,000 rows: import', (await take(path)) / 1000, 's', 3)
    rmSync(path)
  })

  it('60,000 pictures in IDX', async () => {
    const folder = join(files, 'idx')
    writeIdx(folder, 60_000)
    told('IDX, 60,000 pictures of 28 × 28: import', (await take(folder)) / 1000, 's', 1)
    rmSync(folder, { recursive: true })
  })

  it('a folder of 20,000 pictures is there to be looked at', async () => {
    const folder = join(files, 'pictures')
    writePictureFolder(folder, 20_000, readFileSync(join(repository, 'src-main', 'datasets', 'fixtures', 'pictures', 'cat', 'a.png')))
    told('folder of 20,000 pictures: preview, first time', (await look(folder)) / 1000, 's', 1)
    told('folder of 20,000 pictures: preview', (await look(folder)) / 1000, 's', 1)
    rmSync(folder, { recursive: true })
  })

  it('an array of 2 GB is imported in little memory', async () => {
    const path = join(files, 'large.npy')
    writeNpy(path, 2 * 2 ** 30)
    let seconds = 0
    told('NPY, 2 GB: most memory of the import', await mostMemoryWhile(take(path).then((time) => (seconds = time / 1000))), 'MB', 700)
    told('NPY, 2 GB: import', seconds, 's', null)
    rmSync(path)
  })
})

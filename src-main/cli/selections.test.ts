import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildOnce, latent, type Outcome, repository } from './fixture-command'

const home = mkdtempSync(join(tmpdir(), 'latent-selections-'))
const call = (...args: string[]): Promise<Outcome> => latent([...args, '--json'], { home })
const json = <T>({ stdout }: Outcome): T => JSON.parse(stdout) as T
interface Grid {
  id: string
  status: string
  rows: number
  cells: { components: number; structure: string; bic: number; crossValidated: number | null; standardError: number | null }[]
  best: { bic: { components: number; structure: string; value: number } | null }
}

const structures = ['EVE', 'VVE', 'EEV', 'VEV', 'EVV', 'VVV']
/** Linux tells what environment a process was started with. */
const processesOf = (folder: string): string[] =>
  process.platform !== 'linux'
    ? []
    : readdirSync('/proc').filter((pid) => {
        try {
          return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`LATENT_HOME=${folder}`)
        } catch {
          return false
        }
      })

beforeAll(() => {
  buildOnce()
  writeFileSync(join(home, 'iris.json'), JSON.stringify({ dataset: 'iris', model: { kind: 'gaussian-mixture', regularization: 0 }, inference: { kind: 'em' } }))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('latent select', () => {
  it('gives every cell and what each criterion prefers, with held-out likelihoods and their errors', async () => {
    const answer = await call('select', 'iris.json', '--components', '1..3', '--structures', 'VEV,VVV', '--folds', '3')
    expect(answer.status).toBe(0)
    const { status, rows, cells, best } = json<Grid>(answer)
    expect({ status, rows }).toEqual({ status: 'completed', rows: 150 })
    expect(cells.map(({ structure, components }) => `${structure} ${components}`)).toEqual(['VEV 1', 'VEV 2', 'VEV 3', 'VVV 1', 'VVV 2', 'VVV 3'])
    // R 4.2, mclust 6.0: mclustBIC(iris[, 1:4])
    expect(best.bic).toEqual({ components: 2, structure: 'VEV', value: expect.closeTo(-561.7285, 2) })
    for (const { crossValidated, standardError } of cells) {
      expect(crossValidated).toBeLessThan(0)
      expect(standardError).toBeGreaterThan(0)
    }
  })

  it('Ctrl-C ends it with 130, leaves no process and no file behind, and what was fitted is not fitted again', async () => {
    const args = ['select', 'iris.json', '--components', '1..6', '--structures', structures.join(), '--json']
    const child = spawn(process.execPath, [join(repository, 'out', 'main', 'cli.js'), ...args], { cwd: home, env: { ...process.env, LATENT_HOME: home, LC_ALL: 'C' } })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    const ended = new Promise<number | null>((done) => child.on('close', done))
    // until both workers are at it
    await expect.poll(() => readdirSync(join(home, 'temporary')).length, { timeout: 20_000 }).toBeGreaterThan(0)
    await new Promise((wake) => setTimeout(wake, 1500))
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(readdirSync(join(home, 'temporary'))).toEqual([])
    expect(processesOf(home)).toEqual([])
    const { id, status, cells } = JSON.parse(stdout) as Grid
    expect(status).toBe('cancelled')
    expect(cells.length).toBeLessThan(6 * structures.length)
    const resumed = json<Grid>(await call('selections', 'resume', id))
    expect(resumed).toMatchObject({ id, status: 'completed' })
    expect(resumed.cells).toHaveLength(6 * structures.length)
    for (const cell of cells) expect(resumed.cells).toContainEqual(cell)
  })

  it('is listed, shown alike later, and removed', async () => {
    const [newest] = json<Grid[]>(await call('selections', 'list'))
    const shown = json<Grid>(await call('selections', 'show', newest!.id))
    expect(shown.best.bic).toMatchObject({ components: 2, structure: 'VEV' })
    expect((await call('selections', 'remove', newest!.id)).status).toBe(0)
    const gone = await call('selections', 'show', newest!.id)
    expect(gone.status).toBe(1)
    expect(json<{ error: { code: string } }>(gone).error.code).toBe('selection/not-found')
  })

  it('says what it cannot do', async () => {
    const codeOf = async (spec: object, ...args: string[]): Promise<string> => {
      const path = join(home, 'other.json')
      writeFileSync(path, JSON.stringify(spec))
      const { stdout, status } = await call('select', path, ...args)
      expect(status).toBe(1)
      return (JSON.parse(stdout) as { error: { code: string } }).error.code
    }
    expect(await codeOf({ dataset: 'digits', model: { kind: 'plsa' } })).toBe('selection/no-size')
    expect(await codeOf({ dataset: 'earthquakes', model: { kind: 'hmm', emissions: 'poisson' } }, '--folds', '3')).toBe('selection/no-folds')
    expect(await codeOf({ dataset: 'iris', model: { kind: 'gaussian-mixture' }, executor: 'slurm' })).toBe('selection/computed-here')
    expect(await codeOf({ dataset: 'faithful', model: { kind: 'poisson-mixture' } }, '--components', '1..2')).toBe('selection/nothing-fitted')
  })
})

describe('latent bootstrap and test-components', () => {
  it('gives standard errors of the parameters of a run', async () => {
    writeFileSync(join(home, 'two.json'), JSON.stringify({ dataset: 'faithful', model: { kind: 'gaussian-mixture', components: 2 }, inference: { kind: 'em' } }))
    const run = json<{ id: string }>(await call('run', 'two.json'))
    const found = json<{ replicates: number; parameters: { name: string; estimate: number; standardError: number }[] }>(await call('bootstrap', run.id, '--replicates', '100'))
    expect(found.replicates).toBe(100)
    // se of a mixing weight of clearly separate groups: √(.356 · .644 / 272) = .0290
    const weight = found.parameters.find(({ name }) => name === 'weights[1]')!
    expect(Math.min(weight.estimate, 1 - weight.estimate)).toBeCloseTo(0.356, 2)
    expect(weight.standardError).toBeGreaterThan(0.022)
    expect(weight.standardError).toBeLessThan(0.036)
  })

  it('tests K against K + 1 until one is not rejected', async () => {
    const found = json<{ tests: { components: number; pValue: number }[]; chosen: number | null }>(
      await call('test-components', 'two.json', '--components', '2..3', '--structure', 'EEE', '--replicates', '9', '--level', '0.15'),
    )
    expect(found.tests[0]).toMatchObject({ components: 2, pValue: 0.1 })
    expect(found.tests).toHaveLength(2)
  })
})

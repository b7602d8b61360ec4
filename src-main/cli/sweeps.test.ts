import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sentence } from '@shared/messages/messages'
import { buildOnce, latent, type Outcome } from './fixture-command'

const homes: string[] = []
const newHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), 'latent-sweep-'))
  homes.push(home)
  return home
}
const home = newHome()
/** A disk of its own, so small that it can be filled; null where none can be had. */
function smallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'latent-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    rmSync(folder, { recursive: true })
    return null
  }
}
const disk = process.platform === 'linux' && process.getuid?.() === 0 ? smallDisk() : null
if (!disk) console.log('skipped: a full disk in mid-sweep: only root can mount a small one')
function fillUp(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (const size of [65536, 512]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size, 1))
      } catch {
        // full to so many bytes
      }
    }
  } finally {
    closeSync(file)
  }
}
const releaseDisk = (): void => {
  if (!disk) return
  execFileSync('umount', ['--lazy', disk])
  rmSync(disk, { recursive: true, force: true })
}

beforeAll(() => buildOnce())
afterAll(() => {
  releaseDisk()
  homes.forEach((folder) => rmSync(folder, { recursive: true, force: true }))
})

interface Trial {
  index: number
  parameters: Record<string, unknown>
  value: number | null
  status: string
  prunedBy?: { message: string }
  error?: { message: string }
  runs: string[]
  epochs?: number
}
interface Sweep {
  id: string
  status: string
  objective: object
  trials: Trial[]
  best: Trial | null
  error?: { message: string }
  epochs?: number
}
const json = <T>({ stdout }: Outcome): T => JSON.parse(stdout.trim().split('\n').at(-1)!) as T
const mixture = { dataset: 'faithful', split: { train: 0.7, validation: 0.3 }, model: { kind: 'gaussian-mixture', covariance: 'full' }, inference: { kind: 'em', restarts: 2 } }
const objective = { metric: 'validation/logLikelihood' }
const sweepOf = (sweep: object, base: object = mixture): string => JSON.stringify({ ...base, sweep: { objective, ...sweep } })
const run = (input: string, ...args: string[]): Promise<Outcome> => latent(['sweep', '-', ...args, '--json'], { home, input })

const space = { 'model.components': { integer: [1, 5] }, 'model.regularization': { logUniform: [1e-6, 1] } }
const vae = {
  ...{ dataset: 'digits', split: { train: 0.8, validation: 0.2 }, preprocess: ['scale'] },
  ...{ model: { kind: 'vae', latent: 2, encoder: { mlp: [32] }, decoder: { mlp: [32] } }, inference: { kind: 'gradient', batchSize: 64, epochs: 8 } },
}
const vaeSpace = { 'model.latent': { integer: [2, 8] }, 'inference.optimizer.adam.learningRate': { logUniform: [1e-4, 1e-2] } }

describe('a sweep from the command line', () => {
  it('tries every point of a grid once, names the best, and its trials are runs like any other', async () => {
    const outcome = await run(sweepOf({ parameters: { 'model.components': { values: [1, 2] }, 'model.covariance': { values: ['full', 'diagonal'] } }, sampler: 'grid', seeds: [1, 2] }))
    expect(outcome.status).toBe(0)
    const sweep = json<Sweep>(outcome)
    expect(sweep).toMatchObject({ status: 'completed', objective: { metric: 'validation/logLikelihood', direction: 'maximize' } })
    expect(sweep.trials.map(({ parameters }) => Object.values(parameters).join(' '))).toEqual(['1 full', '1 diagonal', '2 full', '2 diagonal'])
    expect(sweep.best).toMatchObject({ index: 2, parameters: { 'model.components': 2, 'model.covariance': 'full' } })
    expect(sweep.trials.every(({ runs, status }) => runs.length === 2 && status === 'completed')).toBe(true)
    const values = await Promise.all(sweep.best!.runs.map(async (id) => json<{ metrics: Record<string, number> }>(await latent(['runs', 'show', id, '--json'], { home })).metrics['validation/logLikelihood']!))
    expect(sweep.best!.value).toBeCloseTo((values[0]! + values[1]!) / 2, 12)
    expect(json<Sweep>(await latent(['sweeps', 'show', sweep.id, '--json'], { home }))).toEqual(sweep)
    expect(json<{ id: string }[]>(await latent(['sweeps', 'list', '--json'], { home }))[0]).toMatchObject({ id: sweep.id, counts: { completed: 4 } })
    // of the 20 trials that nobody asked for, as many are planned as there are points
    expect((await latent(['sweeps', 'list'], { home })).stdout).toMatch(/ 4\/4 \(4 completed\)/)
  })

  it('ends trials that fall behind, says which rule and threshold, and spends fewer epochs', async () => {
    const sweep = json<Sweep>(await run(sweepOf({ parameters: vaeSpace, sampler: 'random', pruner: 'asha', trials: 8, objective: { metric: 'validation/elbo' } }, vae)))
    expect(sweep.status).toBe('completed')
    const pruned = sweep.trials.filter(({ status }) => status === 'pruned')
    expect(pruned.length).toBeGreaterThan(3)
    for (const { prunedBy, epochs, value } of pruned) {
      expect(prunedBy!.message).toMatch(/^Successive halving at epoch [14]: validation\/elbo was -\d+(\.\d+)?; to be among the best \d of \d trials there it took -\d/)
      expect([1, 4]).toContain(epochs)
      expect(value).toBeLessThan(sweep.best!.value!)
    }
    expect(sweep.epochs).toBeLessThan(0.6 * 8 * 8)
  })

  it('goes on exactly where it was after the host was killed, with trials at once and a pruner too', async () => {
    const plan = { parameters: vaeSpace, sampler: 'tpe', pruner: 'median', trials: 16, parallel: 2, seed: 5, objective: { metric: 'validation/elbo' } }
    const shorter = { ...vae, inference: { ...vae.inference, epochs: 4 } }
    const unbroken = json<Sweep>(await latent(['sweep', '-', '--json'], { home: newHome(), input: sweepOf(plan, shorter) }))
    expect(unbroken.trials).toHaveLength(16)
    const broken = newHome()
    const killed = await latent(['sweep', '-', '--stream', '--json'], {
      home: broken,
      input: sweepOf(plan, shorter),
      onStdout: (text, kill) => text.trim().split('\n').length >= 12 && kill('SIGKILL'),
    })
    expect(killed.status).toBeNull()
    const left = json<Sweep>(await latent(['sweeps', 'show', 'latest', '--json'], { home: broken }))
    expect(left.status).toBe('interrupted')
    expect(left.trials.length).toBeLessThan(16)
    const resumed = json<Sweep>(await latent(['sweep', 'resume', left.id, '--json'], { home: broken }))
    const told = ({ trials }: Sweep): object[] => trials.map(({ parameters, value, status }) => ({ parameters, value, status }))
    expect(told(resumed)).toEqual(told(unbroken))
  }, 180_000)

  it('stops when the user interrupts it, and takes more trials when it goes on', async () => {
    const plan = { parameters: space, sampler: 'random', trials: 30 }
    let asked = false
    const onStdout = (text: string, kill: (signal: NodeJS.Signals) => void): void => {
      if (asked || text.trim().split('\n').length < 3) return
      // a second interruption would end it at once, without its last words
      asked = true
      kill('SIGINT')
    }
    const stopped = await latent(['sweep', '-', '--stream', '--json'], { home, input: sweepOf(plan), onStdout })
    expect(stopped.status).toBe(130)
    const { id, status, trials } = json<Sweep>(stopped)
    expect(status).toBe('cancelled')
    expect(trials.length).toBeLessThan(30)
    const more = 32 - 30
    const going = await latent(['sweep', 'resume', id, '--trials', String(more), '--stream', '--json'], { home })
    expect(going.stdout.trim().split('\n').length).toBeGreaterThan(32 - trials.length)
    const resumed = json<Sweep>(going)
    expect(resumed).toMatchObject({ status: 'completed' })
    expect(resumed.trials).toHaveLength(32)
    expect(resumed.trials.slice(0, trials.length).map(({ parameters }) => parameters)).toEqual(trials.map(({ parameters }) => parameters))
  })

  it('tries a point of the user next, and the best once more with other seeds', async () => {
    const { id } = json<Sweep>(await run(sweepOf({ parameters: space, sampler: 'random', trials: 2 })))
    expect(await latent(['sweep', 'enqueue', id, 'model.components=9', 'model.regularization=0.01', '--json'], { home })).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('model.components = 9 lies outside its range'),
    })
    await latent(['sweep', 'enqueue', id, 'model.components=2', 'model.regularization=0.01', '--json'], { home })
    const { trials } = json<Sweep>(await latent(['sweep', 'resume', id, '--json'], { home }))
    expect(trials[2]).toMatchObject({ parameters: { 'model.components': 2, 'model.regularization': 0.01 }, source: 'user', status: 'completed' })
    const again = json<{ seed: number }[]>(await latent(['sweep', 'rerun', id, '--seeds', '11,12', '--json'], { home }))
    expect(again.map(({ seed }) => seed)).toEqual([11, 12])
  })
})

describe('bad input', () => {
  it.each<[string, string, RegExp, RegExp]>([
    ['a path that does not exist', sweepOf({ parameters: { 'model.latnet': { integer: [2, 8] } }, objective: { metric: 'validation/elbo' } }, vae), /model.latnet is not a field .*Did you mean model.latent\?/, /model.latnet 不是.*model.latent/],
    ['an empty space', sweepOf({ parameters: {} }), /names no parameter/, /搜索空间为空/],
    ['bounds reversed', sweepOf({ parameters: { 'model.regularization': { uniform: [1, 0] } } }), /lower bound 1 must be below the upper one 0/, /下界 1 必须小于上界 0/],
    ['log of a negative', sweepOf({ parameters: { 'model.regularization': { logUniform: [-1, 1] } } }), /bounds above 0/, /必须大于 0，但下界为 -1/],
    ['an objective that no run reports', sweepOf({ parameters: space, objective: { metric: 'validation/logLikelyhood' } }), /No run reports validation\/logLikelyhood.*logLikelihood/, /没有运行会报告 validation\/logLikelyhood/],
    ['a validation part that is not there', sweepOf({ parameters: space }, { ...mixture, split: { train: 1 } }), /split.validation is 0/, /split.validation 为 0/],
    ['a grid over real numbers', sweepOf({ parameters: space, sampler: 'grid' }), /model.regularization are ranges of real numbers/, /model.regularization 是实数范围/],
    ['conditions that no point meets', sweepOf({ parameters: space, constraints: ['model.components > 10'] }), /None of 10000 points/, /10000 个点都不满足约束/],
    ['values that no trial can have', sweepOf({ parameters: { 'model.components': { integer: [300, 400] } } }), /fewer than the 3\d\d components/, /少于/],
    ['a sweep that is none', JSON.stringify(mixture), /has no `sweep` part/, /没有 sweep 部分/],
    ['a cluster that is not here', sweepOf({ parameters: space }, { ...mixture, executor: 'slurm' }), /Slurm’s program sinfo is not on this machine/, /本机没有 Slurm 程序 sinfo/],
  ])('%s: one sentence in both languages, exit status 1, nothing begun', async (_, input, says, saysInChinese) => {
    const before = json<unknown[]>(await latent(['sweeps', 'list', '--json'], { home })).length
    const outcome = await latent(['sweep', '-', '--json'], { home, input, environment: { PATH: '' } })
    expect(outcome.status).toBe(1)
    const { code, message, details } = json<{ error: { code: string; message: string; details: Record<string, unknown> } }>(outcome).error
    expect(message).toMatch(says)
    expect(sentence(code, details, 'zh')).toMatch(saysInChinese)
    expect(json<unknown[]>(await latent(['sweeps', 'list', '--json'], { home })).length).toBe(before)
  })

  it('a sweep whose first trials all fail ends, with the reason they share', async () => {
    const outcome = await run(sweepOf({ parameters: space, sampler: 'random', trials: 50, stopAfterFailures: 3, objective: { metric: 'train/ari' } }))
    expect(outcome.status).toBe(1)
    const { status, trials, error } = json<Sweep>(outcome)
    expect(status).toBe('failed')
    expect(trials).toHaveLength(3)
    expect(error!.message).toMatch(/first 3 trials all failed.*3 of them said: The run ended without train\/ari\. It reports: .*train\/bic/)
  })

  it('a trial that takes too long is ended and the sweep goes on', async () => {
    const slow = { ...vae, inference: { ...vae.inference, epochs: 100_000 } }
    const { trials } = json<Sweep>(await run(sweepOf({ parameters: vaeSpace, sampler: 'random', trials: 2, maxMinutes: 0.03, stopAfterFailures: 0, objective: { metric: 'validation/elbo' } }, slow)))
    expect(trials.map(({ status }) => status)).toEqual(['failed', 'failed'])
    expect(trials[0]!.error!.message).toMatch(/longer than 0.03 minutes/)
  })

  it('two sweeps at once come to their ends, each with its own trials', async () => {
    const both = await Promise.all([1, 2].map((seed) => run(sweepOf({ parameters: space, sampler: 'random', trials: 4, seed }))))
    const sweeps = both.map((outcome) => json<Sweep>(outcome))
    expect(both.map(({ status }) => status)).toEqual([0, 0])
    for (const { trials } of sweeps) expect(trials.map(({ status }) => status)).toEqual(Array(4).fill('completed'))
    expect(new Set(sweeps.flatMap(({ trials }) => trials.flatMap(({ runs }) => runs))).size).toBe(8)
  })
})

describe.skipIf(!disk)('a full disk in mid-sweep', () => {
  const plan = { parameters: space, sampler: 'random', trials: 8 }

  it.each([
    ['C', /^✗ The disk that holds the data folder \S+ is full\./m],
    ['zh_CN.UTF-8', /^✗ 数据文件夹 \S+ 所在的磁盘已满。/m],
  ])('ends the sweep with one sentence (%s), loses no trial, and lets it go on when there is room again', async (language, says) => {
    const onDisk = join(disk!, language)
    const filler = join(disk!, 'filler')
    const going = latent(['sweep', '-'], { home: onDisk, cwd: tmpdir(), input: sweepOf(plan), environment: { LC_ALL: language } })
    const runsThere = (): number => (existsSync(join(onDisk, 'runs')) ? readdirSync(join(onDisk, 'runs')).length : 0)
    while (runsThere() < 3) await wait(20)
    fillUp(filler)
    const full = await going
    expect(full.status).toBe(1)
    expect(full.stdout).toMatch(says)
    rmSync(filler)
    const left = json<Sweep>(await latent(['sweeps', 'show', 'latest', '--json'], { home: onDisk, cwd: tmpdir() }))
    expect(left.status).toBe('interrupted')
    const resumed = json<Sweep>(await latent(['sweep', 'resume', left.id, '--json'], { home: onDisk, cwd: tmpdir() }))
    const whole = json<Sweep>(await latent(['sweep', '-', '--json'], { home, input: sweepOf(plan) }))
    expect(resumed.trials.map(({ parameters, value, status }) => ({ parameters, value, status }))).toEqual(whole.trials.map(({ parameters, value, status }) => ({ parameters, value, status })))
  })
})

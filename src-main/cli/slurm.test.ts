import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sentence } from '@shared/messages/messages'
import { type Attempt, hasSpoken, lastAttempt, readLines } from '../files/slurm-files'
import { type Cluster, startCluster, until, whyNoCluster } from '../jobs/slurm/fixture-cluster'
import { buildOnce, latent, type Outcome } from './fixture-command'

const problem = whyNoCluster()
if (problem) console.log(`skipped: Slurm: ${problem}`)

interface Trial {
  index: number
  value: number | null
  status: string
  error?: { code: string; message: string }
  prunedBy?: { message: string }
  runs: string[]
}
interface Sweep {
  id: string
  status: string
  trials: Trial[]
  error?: { code: string }
}
interface RunFigures {
  id: string
  status: string
  epochs: number
  warnings: { code: string; message: string }[]
  environment: Record<string, string>
}
const json = <T>({ stdout }: Outcome): T => JSON.parse(stdout.trim().split('\n').at(-1)!) as T

const vae = {
  ...{ dataset: 'digits', split: { train: 0.8, validation: 0.2 }, preprocess: ['scale'], threads: 1 },
  ...{ model: { kind: 'vae', latent: 2, encoder: { mlp: [32] }, decoder: { mlp: [32] } }, inference: { kind: 'gradient', batchSize: 64, epochs: 8 } },
}
const sweep = {
  ...{ parameters: { 'model.latent': { integer: [2, 8] }, 'inference.optimizer.adam.learningRate': { logUniform: [1e-4, 1e-2] } } },
  ...{ sampler: 'random', pruner: { asha: { minimum: 4 } }, trials: 12, parallel: 4, objective: { metric: 'validation/elbo' } },
}
const slurm = { kind: 'slurm', partition: 'lab' }

describe.skipIf(problem !== null)(`sweeps on a real Slurm${problem ? ` (skipped: ${problem})` : ''}`, () => {
  const homes: string[] = []
  const newHome = (): string => {
    const home = mkdtempSync(join(tmpdir(), 'latent-cluster-'))
    homes.push(home)
    return home
  }
  let cluster: Cluster
  /** Slurm knows no limit below a minute, so that this one goes on while the next tests are under way. */
  let limited: { home: string; sweep: Promise<Outcome> }
  beforeAll(async () => {
    buildOnce()
    cluster = await startCluster()
    const home = newHome()
    const plan = { parameters: { 'inference.epochs': { values: [4, 100_000] } }, sampler: 'grid', trials: 2, parallel: 2, objective: { metric: 'validation/elbo' } }
    const spec = { ...vae, executor: { kind: 'slurm', partition: 'brief', time: '0:01:00' }, sweep: plan }
    limited = { home, sweep: latent(['sweep', '-', '--json'], { home, input: JSON.stringify(spec), environment: cluster.environment }) }
  })
  afterAll(async () => {
    await cluster?.end()
    homes.forEach((folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }))
  })
  const at = (home: string, ...args: string[]): Promise<Outcome> => latent([...args, '--json'], { home, environment: cluster.environment })
  const running = (): string[] => cluster.ask('squeue', '--noheader', '--array', '--partition=lab', '--states=running', '--format=%F_%K').split('\n').filter(Boolean)

  it('accounts for all 12 trials with one job killed, the host killed and Slurm restarted, and with the values of this machine', async () => {
    const home = newHome()
    let kill: (signal: NodeJS.Signals) => void = () => {}
    const killed = latent(['sweep', '-', '--stream', '--json'], {
      ...{ home, input: JSON.stringify({ ...vae, executor: slurm, sweep }), environment: cluster.environment },
      onStdout: (_text, signal) => (kill = signal),
    })
    await until(() => attemptsIn(home).length > 5 && attemptsIn(home).some(({ attempt }) => hasSpoken(attempt) && !hasAsked(attempt)), 60_000)
    kill('SIGKILL')
    expect((await killed).status).toBeNull()
    // its jobs wait for a word at their rungs, and there is nobody to give it
    await until(() => waiting(home).length > 0 && waiting(home).length === running().length, 60_000)
    const left = json<Sweep>(await at(home, 'sweeps', 'show', 'latest'))
    expect(left).toMatchObject({ status: 'interrupted', error: { code: 'sweep/left-at-cluster' } })
    const alone = json<Sweep>(await latent(['sweep', '-', '--json'], { home: newHome(), input: JSON.stringify({ ...vae, sweep }) }))
    const isKept = ({ run }: { run: string }): boolean => alone.trials[left.trials.findIndex(({ runs }) => runs.includes(run))]!.status === 'completed'
    const victim = waiting(home).find(isKept) ?? waiting(home)[0]!
    process.kill(cluster.processOf(victim.job), 'SIGKILL')
    // what Slurm knows when it stops is not to depend on which of the two is quicker
    await until(() => /JobState=FAILED/.test(cluster.ask('scontrol', '--oneliner', 'show', 'job', victim.job)))
    await cluster.restartController()
    const ended = json<Sweep>(await at(home, 'sweep', 'resume', left.id))
    const { index: lost, ...end } = ended.trials.find(({ runs }) => runs.includes(victim.run))!
    // its word at the rung was its last one: it is told to stop like any other, or is missed where it was to go on
    if (isKept(victim)) {
      expect(end).toMatchObject({ status: 'failed', error: { code: 'slurm/killed', message: expect.stringMatching(/^Job \d+_\d was killed on the node \S+ \(signal 9\)/) as string } })
    } else expect(end).toMatchObject({ status: 'pruned', value: alone.trials[lost]!.value })
    const told = ({ trials }: Sweep): object[] => trials.flatMap(({ index, value, status }) => (index === lost ? [] : { index, value, status }))
    expect(ended.trials).toHaveLength(12)
    expect(told(ended)).toEqual(told(alone))
    // nobody computed twice, and all were jobs of arrays
    for (const { runs } of ended.trials) {
      expect(runs).toHaveLength(1)
      expect(readdirSync(join(home, 'runs', runs[0]!, 'slurm'))).toHaveLength(1)
    }
    expect(running()).toEqual([])
  }, 120_000)

  it('refuses a partition that is not there before anything is sent, with the nearest there is', async () => {
    const home = newHome()
    const outcome = await latent(['sweep', '-', '--json'], { home, input: JSON.stringify({ ...vae, executor: { kind: 'slurm', partition: 'lap' }, sweep }), environment: cluster.environment })
    expect(outcome.status).toBe(1)
    const { code, message, details } = json<{ error: { code: string; message: string; details: Record<string, unknown> } }>(outcome).error
    expect(message).toMatch(/^The cluster has no partition lap\. Did you mean lab\? It has lab, brief\./)
    expect(sentence(code, details, 'zh')).toMatch(/^集群没有名为 lap 的分区。是否指 lab？/)
    expect(existsSync(join(home, 'batches'))).toBe(false)
  })

  it('cancels its jobs with the sweep', async () => {
    const home = newHome()
    const endless = { ...vae, executor: slurm, inference: { ...vae.inference, epochs: 100_000 }, sweep: { ...sweep, pruner: 'none', trials: 6, parallel: 6 } }
    const going = latent(['sweep', '-', '--json'], { home, input: JSON.stringify(endless), environment: cluster.environment })
    await until(() => running().length === 4)
    await at(home, 'sweep', 'stop', 'latest')
    const { status, trials } = json<Sweep>(await going)
    expect(status).toBe('cancelled')
    expect(trials).toHaveLength(6)
    // squeue may tell for a moment of what scancel has ended
    await until(() => cluster.ask('squeue', '--noheader', '--partition=lab', '--states=running,pending').trim() === '')
  }, 60_000)

  it('accounts for a trial whose time is up by what Slurm says, keeps its checkpoint and goes on from it when asked', async () => {
    const { home, sweep: going } = limited
    const { status, trials } = json<Sweep>(await going)
    expect(status).toBe('completed')
    expect(trials).toMatchObject([{ status: 'completed' }, { status: 'failed', error: { code: 'slurm/time-limit', message: expect.stringMatching(/^Slurm ended job \d+_1 at its time limit \(00:01:00\)/) as string } }])
    const [run] = trials[1]!.runs as [string]
    const { 'validation/elbo': series } = json<Record<string, { step: number[] }>>(await at(home, 'metrics', run))
    expect(series!.step).toEqual(Array.from({ length: series!.step.length }, (_, index) => series!.step[0]! + index))
    let printed = ''
    let interrupt: (signal: NodeJS.Signals) => void = () => {}
    const resumed = latent(['resume', run, '--stream', '--json'], {
      ...{ home, environment: cluster.environment },
      onStdout: (text, signal) => {
        printed = text
        interrupt = signal
      },
    })
    await until(() => printed.includes('"validation/elbo"'), 60_000)
    interrupt('SIGINT')
    expect(json<RunFigures>(await resumed)).toMatchObject({ id: run, status: 'cancelled' })
    const { 'validation/elbo': whole } = json<Record<string, { step: number[] }>>(await at(home, 'metrics', run))
    // every epoch once, from the first attempt through the second
    expect(whole!.step).toEqual(Array.from({ length: whole!.step.length }, (_, index) => series!.step[0]! + index))
  }, 180_000)

  it('sends a run again whose node failed, and it goes on from its checkpoint with every epoch once', async () => {
    const home = newHome()
    const long = { ...vae, executor: slurm, inference: { ...vae.inference, epochs: 400 } }
    const run = latent(['run', '-', '--json'], { home, input: JSON.stringify(long), environment: cluster.environment })
    await until(() => running().length === 1)
    await until(() => said(home).some((line) => line.includes('"checkpoint"')))
    cluster.ask('scontrol', 'update', `nodename=${cluster.node}`, 'state=down', 'reason=test')
    await until(isBackInService)
    const { id, status, warnings } = json<RunFigures>(await run)
    expect(status).toBe('completed')
    expect(warnings).toMatchObject([{ code: 'slurm/sent-again' }])
    const { 'validation/elbo': series } = json<Record<string, { step: number[] }>>(await at(home, 'metrics', id))
    expect(series!.step).toEqual(Array.from({ length: series!.step.length }, (_, index) => series!.step[0]! + index))
    expect(series!.step.at(-1)).toBe(400)
    expect(json<RunFigures>(await at(home, 'runs', 'show', id)).environment['slurmJob']).toMatch(/^\d+_0$/)
  }, 60_000)

  /** To resume is refused while the node gives up its jobs, and where its daemon has registered again by itself. */
  const isBackInService = (): boolean => {
    if (/State=\S*DOWN/.test(cluster.ask('scontrol', '--oneliner', 'show', 'node', cluster.node))) cluster.ask('scontrol', 'update', `nodename=${cluster.node}`, 'state=resume')
    return true
  }

  const attemptsIn = (home: string): (NonNullable<ReturnType<typeof lastAttempt>> & { run: string })[] => {
    const runs = existsSync(join(home, 'runs')) ? readdirSync(join(home, 'runs')) : []
    return runs.flatMap((run) => {
      const last = lastAttempt(join(home, 'runs', run))
      return last ? [{ run, ...last }] : []
    })
  }
  const said = (home: string): string[] => attemptsIn(home).flatMap(({ attempt }) => readLines(attempt.said))
  const hasAsked = ({ said: path }: Attempt): boolean => readLines(path).some((line) => line.includes('"rung"'))
  /** Runs that have asked whether to go on, and have no answer; each with its job. */
  const waiting = (home: string): { run: string; job: string }[] =>
    attemptsIn(home)
      .filter(({ attempt, place }) => !place.isOver && hasAsked(attempt) && readLines(attempt.told).length === 0)
      .map(({ run, place }) => ({ run, job: `${place.jobId}_${place.index}` }))
})

import { execFileSync, type ExecFileSyncOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** A real cluster of one machine: munged, slurmctld and slurmd of our own, with everything they write in a folder of their own. */
export interface Cluster {
  environment: Record<string, string>
  node: string
  /** One of Slurm's programs, e.g. `squeue`. */
  ask(program: string, ...args: string[]): string
  /** Of the script of a job, `array_index`. */
  processOf(job: string): number
  restartController(): Promise<void>
  /** Ends every daemon, and every job with them. */
  end(): Promise<void>
}

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'scancel', 'sinfo']
const paths = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']

/** Why no cluster can be started here; null where one can. */
export function whyNoCluster(): string | null {
  const missing = programs.filter((name) => !paths.some((path) => existsSync(join(path, name))))
  if (missing.length > 0) return `${missing.join(', ')} not installed (apt-get install slurm-wlm munge)`
  return process.getuid?.() === 0 ? null : 'its daemons need root'
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** With so many processors in the partition `lab`, and two more in `brief`. */
export async function startCluster(cpus = 4): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'latent-slurm-'))
  for (const name of ['state', 'spool', 'munge']) mkdirSync(join(folder, name), { mode: 0o700 })
  writeFileSync(join(folder, 'munge', 'key'), randomBytes(128), { mode: 0o400 })
  const node = hostname().split('.')[0]!
  const config = join(folder, 'slurm.conf')
  writeFileSync(config, configuration({ folder, node, cpus, controllerPort: await freePort(), nodePort: await freePort() }))
  const environment = { SLURM_CONF: config, LATENT_SLURM_POLL_MS: '400' }
  const options: ExecFileSyncOptions = { env: { ...process.env, ...environment, PATH: `${process.env['PATH']}:${paths.join(':')}` }, stdio: ['ignore', 'pipe', 'pipe'] }
  const ask = (program: string, ...args: string[]): string => execFileSync(program, args, { ...options, encoding: 'utf8' })
  const munge = (name: string): string => join(folder, 'munge', name)
  const pidFiles = [join(folder, 'slurmd.pid'), join(folder, 'slurmctld.pid'), munge('pid')]

  const end = async (): Promise<void> => {
    try {
      ask('scancel', '--user=root')
      await wait(200)
    } catch {
      // a controller that does not answer has no jobs to end
    }
    for (const file of pidFiles) stop(file)
    await wait(300)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  try {
    ask('munged', '--force', `--key-file=${munge('key')}`, `--socket=${munge('socket')}`, `--pid-file=${munge('pid')}`, `--log-file=${munge('log')}`, `--seed-file=${munge('seed')}`)
    ask('slurmctld', '-f', config)
    ask('slurmd', '-f', config)
    await until(() => /\bidle\b/.test(ask('sinfo', '--noheader')))
  } catch (error) {
    await end()
    throw error
  }
  return {
    environment,
    node,
    ask,
    processOf: (job) => {
      const number = /JobId=(\d+)/.exec(ask('scontrol', '--oneliner', 'show', 'job', job))![1]!
      return Number(/^\s*(\d+)\s+\d+\s+batch/m.exec(ask('scontrol', 'listpids', number))![1])
    },
    restartController: async () => {
      stop(pidFiles[1]!)
      await wait(700)
      ask('slurmctld', '-f', config)
      await until(() => ask('sinfo', '--noheader') !== '')
    },
    end,
  }
}

function stop(pidFile: string): void {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM')
  } catch {
    // it never started, or is gone
  }
}

/** Polls what only another process can tell. */
export async function until(condition: () => boolean, mostMs = 20_000): Promise<void> {
  const end = performance.now() + mostMs
  for (;;) {
    try {
      if (condition()) return
    } catch {
      // a daemon that is just starting refuses
    }
    if (performance.now() > end) throw new Error('waited in vain')
    await wait(50)
  }
}

const configuration = ({ folder, node, cpus, controllerPort, nodePort }: { folder: string; node: string; cpus: number; controllerPort: number; nodePort: number }): string => `
ClusterName=latent
SlurmctldHost=${node}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
ReturnToService=2
MpiDefault=none
KillWait=5
NodeName=${node} NodeAddr=127.0.0.1 CPUs=${cpus + 2} RealMemory=1000 State=UNKNOWN
PartitionName=lab Nodes=${node} Default=YES MaxTime=60 MaxCPUsPerNode=${cpus} State=UP
PartitionName=brief Nodes=${node} MaxTime=1 State=UP
`

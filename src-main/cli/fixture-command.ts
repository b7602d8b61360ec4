import { execFileSync, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '..', '..')

/** Tests call the command as it is built, in a process of its own. */
export function buildOnce(): void {
  execFileSync(process.execPath, [join(repository, 'tools', 'build.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] })
}

export interface Outcome {
  status: number | null
  stdout: string
  stderr: string
}

export interface CommandOptions {
  home: string
  input?: string
  cwd?: string
  /** Sees stdout grow, and may send the process a signal. */
  onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void
  environment?: Record<string, string>
}

export function latent(args: string[], { home, input = '', cwd = home, onStdout, environment = {} }: CommandOptions): Promise<Outcome> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(repository, 'out', 'main', 'cli.js'), ...args], {
      cwd,
      env: { ...process.env, LATENT_HOME: home, LANG: 'C', LC_ALL: 'C', ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      onStdout?.(stdout, (signal) => void child.kill(signal))
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('close', (status) => done({ status, stdout, stderr }))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

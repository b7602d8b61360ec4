import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A Python process that times the same work with the libraries people use today. */
export interface Peer {
  versions: Record<string, string>
  /** Milliseconds of each repetition, or why it could not be done. */
  time(request: Record<string, unknown>): Promise<{ ms: number[] } | { error: string }>
  close(): void
}

const candidates = process.platform === 'win32' ? ['python', 'py'] : ['python3', '/usr/bin/python3']

/** A Python that has the package; null where there is none. */
export function findPython(packageName: string): string | null {
  return candidates.find((python) => spawnSync(python, ['-c', `import ${packageName}`], { stdio: 'ignore' }).status === 0) ?? null
}

export async function startPeer(python: string, script: string, threads: number): Promise<Peer> {
  const count = String(threads)
  const child = spawn(python, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count },
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (request: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await lines.next()
    if (done) throw new Error('the peer process ended')
    return JSON.parse(value)
  }
  return {
    versions: (await ask({ case: 'versions' })) as Record<string, string>,
    time: async (request) => (await ask(request)) as { ms: number[] } | { error: string },
    close: () => void child.stdin.end(),
  }
}

import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const libraries = ['sklearn', 'torch', 'jax', 'mclust'] as const
export type Library = (typeof libraries)[number]

/** A process of Python or R that times the same work with a library people use today. */
export interface Peer {
  versions: Record<string, string>
  /** Milliseconds of each repetition, or why it could not be done. */
  time(request: Record<string, unknown>): Promise<{ ms: number[] } | { error: string }>
  close(): void
}

const pythons = process.platform === 'win32' ? ['python', 'py'] : ['python3', '/usr/bin/python3']
const works = (program: string, args: string[]): boolean => spawnSync(program, args, { stdio: 'ignore' }).status === 0

/**
 * The command that starts a peer for a library; null where no interpreter has it. LATENT_BENCH_PYTHON and LATENT_BENCH_RSCRIPT name the one
 * interpreter to use.
 *
 * @param folder  of the peers' scripts
 */
export function findPeer(library: Library, folder: string): string[] | null {
  if (library === 'mclust') {
    const rscript = process.env['LATENT_BENCH_RSCRIPT'] ?? 'Rscript'
    return works(rscript, ['-e', 'library(mclust)']) ? [rscript, join(folder, 'peer.R')] : null
  }
  const chosen = process.env['LATENT_BENCH_PYTHON']
  const python = (chosen ? [chosen] : pythons).find((candidate) => works(candidate, ['-c', `import ${library}`]))
  return python ? [python, join(folder, 'peer.py'), library] : null
}

export async function startPeer([program, ...args]: string[], threads: number): Promise<Peer> {
  const count = String(threads)
  const child = spawn(program!, args, {
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

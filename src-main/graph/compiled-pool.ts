import type { Program } from './program'
import type { Executable, Runtime } from './runtime'
import type { Tensor } from './tensor'

/*
 * A runtime that keeps what was compiled. Searches over many mixtures of few rows compile the same programs again and again, which takes as
 * long as running them. An executable that was disposed of waits for the next program of the same structure, so that none serves two at once.
 */

export interface CompiledPool extends Runtime {
  /** Disposes of all that wait. */
  drain(): Promise<void>
}

/** Executables that wait at most; the one that has waited longest goes first. */
const mostWaiting = 24

export function compiledPool(runtime: Runtime): CompiledPool {
  const waiting: { structure: string; executable: Executable }[] = []
  return {
    ...runtime,
    ...(runtime.sumOverBlocks ? { sumOverBlocks: runtime.sumOverBlocks.bind(runtime) } : {}),
    async compile(program) {
      // What a program has updated would stay in it.
      if (Object.keys(program.updates).length > 0) return runtime.compile(program)
      const structure = structureOf(program)
      const at = waiting.findIndex((one) => one.structure === structure)
      const executable = at >= 0 ? waiting.splice(at, 1)[0]!.executable : await runtime.compile(program)
      return lent(executable, async () => {
        waiting.push({ structure, executable })
        if (waiting.length > mostWaiting) await waiting.shift()!.executable.dispose()
      })
    },
    async drain() {
      for (const { executable } of waiting.splice(0)) await executable.dispose()
    },
  }
}

const lent = (executable: Executable, dispose: () => Promise<void>): Executable => ({
  program: executable.program,
  load: (state) => executable.load(state),
  read: () => executable.read(),
  run: (feeds, keep) => executable.run(feeds, keep),
  dispose,
})

/** Equal for programs that compute the same from inputs and parameters of the same names. */
export function structureOf({ nodes, outputs }: Program): string {
  const number = new Map<Tensor, number>(nodes.map((node, index) => [node, index]))
  const shown = nodes.map(({ op, inputs, attributes, shape, type, name, values }) => [op, inputs.map((source) => number.get(source)!), attributes, shape, type, name, values])
  return JSON.stringify([shown, Object.entries(outputs).map(([name, tensor]) => [name, number.get(tensor)!])])
}

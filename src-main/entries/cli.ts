import { watchInterruptions } from '../cli/interruptions'
import { runCommandLine } from '../cli/program'
import { programPaths } from './program-paths'

/** A reader that has seen enough (`| head`) ends the command without a word. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const interruptions = watchInterruptions()
const status = await runCommandLine(process.argv.slice(2), { program: programPaths(import.meta.dirname), interruptions })
interruptions.end()
process.stdout.write('', () => process.exit(status))

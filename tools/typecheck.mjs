// npm run typecheck: each environment against its own tsconfig, all at once.
import { join } from 'node:path'
import { runToEnd } from './processes.mjs'
import { findNode, main, root } from './project.mjs'

const tsc = join('@typescript', 'native', 'bin', 'tsc')
const vueTsc = join('vue-tsc', 'bin', 'vue-tsc.js')
const environments = [
  ['shared', tsc],
  ['main', tsc],
  ['renderer', vueTsc],
  ['e2e', tsc],
]

await main(async () => {
  const wanted = process.argv.slice(2)
  const results = await Promise.all(
    environments
      .filter(([name]) => wanted.length === 0 || wanted.includes(name))
      .map(async ([name, compiler]) => {
        let output = ''
        const { status } = await runToEnd(findNode(), [join(root, 'node_modules', compiler), '-p', `tsconfig.${name}.json`], {
          cwd: root,
          stdio: ['ignore', 'pipe', 'inherit'],
          onStdout: (text) => (output += text),
        })
        return { name, status, output }
      }),
  )
  for (const { name, status, output } of results) {
    console.log(`types of ${name}: ${status === 0 ? 'ok' : 'errors'}`)
    if (output) console.log(output.trimEnd())
  }
  return results.some(({ status }) => status !== 0) ? 1 : 0
})

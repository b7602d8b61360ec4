// npm run bench: times the engine on this machine, beside scikit-learn and PyTorch where they are installed.
import { join } from 'node:path'
import { runToEnd } from './processes.mjs'
import { ensureBuilt, ensureInstalled, findNode, main, root } from './project.mjs'

const say = (line) => console.error(line)

await main(async () => {
  await ensureInstalled({ say, output: 2 })
  await ensureBuilt({ say, output: 2 })
  return (await runToEnd(findNode(), [join(root, 'out', 'main', 'bench.js'), ...process.argv.slice(2)], { cwd: root })).status
})

// npm run bench:search: how well the samplers of sweeps search, beside the bars of the project (30 seeds; some minutes).
import { join } from 'node:path'
import { runToEnd } from './processes.mjs'
import { ensureBuilt, ensureInstalled, findNode, main, root } from './project.mjs'

const say = (line) => console.error(line)

await main(async () => {
  await ensureInstalled({ say, output: 2 })
  await ensureBuilt({ say, output: 2 })
  return (await runToEnd(findNode(), [join(root, 'out', 'main', 'bench-search.js'), ...process.argv.slice(2)], { cwd: root })).status
})

// npm run e2e -- browser|electron: the journeys alone. npm run screenshots: every screen, into docs/screenshots.
import { ensureBuilt, ensureInstalled, main, ToolError } from './project.mjs'
import { report } from './steps.mjs'
import { journeysIn, screenshots, targets } from './targets.mjs'

const say = (line) => console.log(line)

await main(async () => {
  const wanted = process.argv.slice(2)
  const unknown = wanted.find((name) => name !== 'screenshots' && !targets.includes(name))
  if (unknown) throw new ToolError(`There is no target ${unknown}; there are ${targets.join(', ')}.`)
  await ensureInstalled({ say })
  await ensureBuilt({ say })
  const results = []
  if (wanted.includes('screenshots')) results.push(await screenshots(say))
  else for (const target of wanted.length ? wanted : targets) results.push(await journeysIn(target, say))
  return report(results)
})

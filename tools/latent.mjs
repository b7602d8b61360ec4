#!/usr/bin/env node
// npm run -s latent -- ARGS: the command line. stdout is for results only.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { endWithShell, runToEnd } from './processes.mjs'
import { ensureBuilt, ensureInstalled, findNode, main, root, runsHere, startWhereCalled } from './project.mjs'

const say = (line) => console.error(line)
const program = join(root, 'out', 'main', 'cli.js')

await main(async () => {
  startWhereCalled('latent')
  endWithShell()
  await ensureInstalled({ say, output: 2 })
  await ensureBuilt({ say, output: 2 })
  if (!runsHere()) return (await runToEnd(findNode(), [program, ...process.argv.slice(2)])).status
  process.argv[1] = program
  await import(pathToFileURL(program).href)
  return process.exitCode
})

// npm test: everything there is to test, on a fresh clone too. Its last line is `N passed, N failed`, with `, N skipped` where some were.
import { installSystemPackages } from './electron.mjs'
import { endWithShell } from './processes.mjs'
import { ensureInstalled, main } from './project.mjs'
import { build, lint, report, typecheck, unitTests } from './steps.mjs'
import { journeysIn, skipped, targets } from './targets.mjs'

const say = (line) => console.log(line)

await main(async () => {
  endWithShell()
  await ensureInstalled({ say })
  const results = []
  // One after another: the tests measure time, and two cores are soon busy.
  for (const step of [build, typecheck, lint, unitTests]) results.push(await step())
  const [built] = results
  if (!built.failed) await installSystemPackages(say)
  for (const target of targets) {
    results.push(built.failed ? skipped(`journeys in ${target}`, 'the build failed', say) : await journeysIn(target, say))
  }
  return report(results)
})

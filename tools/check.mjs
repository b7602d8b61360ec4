// npm run check: types, lint and unit tests, for the moment before a commit. `npm test` also drives the windows.
import { ensureInstalled, main } from './project.mjs'
import { lint, report, typecheck, unitTests } from './steps.mjs'

await main(async () => {
  await ensureInstalled({ say: console.log })
  return report([await typecheck(), await lint(), await unitTests()])
})

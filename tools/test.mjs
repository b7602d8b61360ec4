// npm test: everything there is to test, on a fresh clone too. Its last line is `N passed, N failed`, with `, N skipped` where some were.
import { findBrowser, findElectron, installSystemPackages } from './electron.mjs'
import { ensureInstalled, main } from './project.mjs'
import { build, journeys, lint, report, typecheck, unitTests } from './steps.mjs'

const say = (line) => console.log(line)
const skipped = (name, reason) => {
  say(`\n── ${name}: SKIPPED, because ${reason}`)
  return { name, passed: 0, failed: 0, skipped: 1, reason }
}

async function journeysInBrowser() {
  const browser = findBrowser()
  if (!browser) return skipped('journeys in browser', 'there is no Chromium or Chrome on this machine, and it could not be installed')
  return journeys('browser', { LATENT_BROWSER: browser })
}

async function journeysInElectron() {
  const electron = findElectron()
  if (!electron)
    return skipped('journeys in electron', 'there is no Electron runtime (node_modules/electron/dist, or ELECTRON_OVERRIDE_DIST_PATH)')
  return journeys('electron', { LATENT_ELECTRON: electron })
}

await main(async () => {
  await ensureInstalled({ say })
  const results = []
  // One after another: the tests measure time, and two cores are soon busy.
  for (const step of [build, typecheck, lint, unitTests]) results.push(await step())
  if (results[0].failed) {
    for (const target of ['browser', 'electron']) results.push(skipped(`journeys in ${target}`, 'the build failed'))
  } else {
    await installSystemPackages(say)
    results.push(await journeysInBrowser(), await journeysInElectron())
  }
  return report(results)
})

import { findBrowser, findElectron, findProgram, hasDisplay } from './electron.mjs'
import { journeys, takeScreenshots } from './steps.mjs'

export const targets = ['browser', 'electron']

export function skipped(name, reason, say) {
  say(`\n── ${name}: SKIPPED, because ${reason}`)
  return { name, passed: 0, failed: 0, skipped: 1, reason }
}

const noBrowser = 'there is no Chromium or Chrome on this machine, and it could not be installed'
const noElectron = 'there is no Electron runtime (node_modules/electron/dist, or ELECTRON_OVERRIDE_DIST_PATH)'
const noDisplay = 'there is neither a display nor Xvfb'

/** The journeys in one host, or why they can't be walked here. */
export async function journeysIn(target, say, timeout) {
  const name = `journeys in ${target}`
  const program = target === 'browser' ? findBrowser() : findElectron()
  if (!program) return skipped(name, target === 'browser' ? noBrowser : noElectron, say)
  if (target === 'electron' && !hasDisplay() && !findProgram('Xvfb')) return skipped(name, noDisplay, say)
  return journeys(name, { LATENT_E2E_TARGET: target, [target === 'browser' ? 'LATENT_BROWSER' : 'LATENT_ELECTRON']: program }, timeout)
}

export async function screenshots(say) {
  const browser = findBrowser()
  return browser ? takeScreenshots({ LATENT_BROWSER: browser }) : skipped('screenshots', noBrowser, say)
}

import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** What is no journey, and the variable that asks for it. */
const longRuns = [
  ['LATENT_SCREENSHOTS', 'e2e/screenshots.ts'],
  ['LATENT_SCALE', 'e2e/scale.ts'],
  ['LATENT_DATA_BARS', 'e2e/data-bars.ts'],
] as const

/** Journeys run one after another, each in the target that LATENT_E2E_TARGET names: browser or electron. */
export default defineConfig({
  resolve: { alias: { '@shared': resolve('src-shared') } },
  test: {
    root: resolve('.'),
    include: [longRuns.find(([name]) => process.env[name])?.[1] ?? 'e2e/**/*.journey.ts'],
    globalSetup: ['e2e/display.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
})

import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Journeys run one after another, each in the target that LATENT_E2E_TARGET names: browser or electron. */
export default defineConfig({
  resolve: { alias: { '@shared': resolve('src-shared') } },
  test: {
    root: resolve('.'),
    include: [process.env['LATENT_SCREENSHOTS'] ? 'e2e/screenshots.ts' : process.env['LATENT_SCALE'] ? 'e2e/scale.ts' : 'e2e/**/*.journey.ts'],
    globalSetup: ['e2e/display.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
})

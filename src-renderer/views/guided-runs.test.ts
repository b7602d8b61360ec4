import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { guidedRuns } from './guided-runs'

test.each(guidedRuns)('$example is one of the ready-made experiments', ({ example }) => {
  expect(existsSync(`resources/experiments/${example}.yaml`)).toBe(true)
})

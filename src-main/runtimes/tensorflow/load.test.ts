import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { nativeProblem } from './load'

it('a missing package and a missing library are told apart, with the way out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tensorflow-'))
  expect(nativeProblem(null)).toBe('@tensorflow/tfjs-node-gpu is not installed')
  expect(nativeProblem(folder)).toContain('npm run setup:cuda')
  mkdirSync(join(folder, 'lib', 'napi-v8'), { recursive: true })
  expect(nativeProblem(folder)).toContain('npm run setup:cuda')
  writeFileSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), '')
  expect(nativeProblem(folder)).toBeNull()
})
